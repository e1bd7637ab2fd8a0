import { createCipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** The key that seals the accounts, as `CREDENTIALS_KEYS` names it. */
export const BENCH_KEY = createHash('sha256').update('bench').digest('base64url');
export const CREDENTIALS_KEYS = `bench:${BENCH_KEY}`;
/** A secret of the length that Meta gives an app. */
export const APP_SECRET = createHash('md5').update('bench').digest('hex');
/** The usual length of a long-lived token. */
const TOKEN_CHARS = 191;
const SEAL_TYPE = 'ig-account+jwe';
const IV_BYTES = 12;

const sealingKey = Buffer.from(
  hkdfSync(
    'sha256',
    Buffer.from(BENCH_KEY, 'base64url'),
    '',
    `instagram-authenticating-proxy/seal/v1/${SEAL_TYPE}`,
    32,
  ),
);

/** How the ids of accounts and posts begin; numbers with leading zeros follow. */
export const ACCOUNT_PREFIX = '178414';
export const ACCOUNT_DIGITS = 11;
export const MEDIA_PREFIX = '1789';
export const MEDIA_DIGITS = { account: 7, post: 6 };

/** The id of the account with this number. */
function toAccountId(account: number): string {
  return `${ACCOUNT_PREFIX}${String(account).padStart(ACCOUNT_DIGITS, '0')}`;
}

/** The id of one of an account's posts. */
export function toMediaId(account: number, post: number): string {
  const { account: digits, post: postDigits } = MEDIA_DIGITS;
  const numbers = [String(account).padStart(digits, '0'), String(post).padStart(postDigits, '0')];
  return `${MEDIA_PREFIX}${numbers.join('')}`;
}

/**
 * Seals an account as the service does (docs/protocol.md, "The sealed account"). Its own sealing
 * would take a minute for 100,000 accounts.
 */
export function sealAccount(account: number): string {
  const header = toBase64({
    alg: 'dir',
    enc: 'A256GCM',
    kid: 'bench',
    typ: SEAL_TYPE,
    kdf: 'HKDF-SHA256',
    iat: Math.floor(Date.now() / 1000),
  });
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealingKey, iv).setAAD(Buffer.from(header));
  const text = Buffer.concat([
    cipher.update(JSON.stringify(buildAccount(account))),
    cipher.final(),
  ]);
  const parts = [iv, text, cipher.getAuthTag()].map((part) => part.toString('base64url'));
  return [header, '', ...parts].join('.');
}

function buildAccount(account: number): object {
  const token = (kind: string): string =>
    createHash('sha512')
      .update(`${kind}${String(account)}`)
      .digest('hex')
      .padEnd(TOKEN_CHARS, 'A');
  return {
    v: 1,
    dialect: 'facebook_login',
    ig_user_id: toAccountId(account),
    username: `account_${String(account)}`,
    page_id: `1009${String(account).padStart(11, '0')}`,
    user_token: token('user'),
    page_token: token('page'),
    scopes: ['instagram_basic', 'instagram_manage_comments', 'instagram_manage_engagement'],
    subdomain: 'omniwear',
  };
}

function toBase64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
