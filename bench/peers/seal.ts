import { createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Opened accounts that `openCached` keeps. */
const ACCOUNTS_MAX = 10_000;

/** The fields of an opened account that a like needs. */
export interface PeerAccount {
  readonly ig_user_id: string;
  readonly user_token: string;
  readonly scopes: readonly string[];
}

const key = Buffer.from(
  hkdfSync(
    'sha256',
    Buffer.from(process.env.BENCH_KEY ?? '', 'base64url'),
    '',
    'instagram-authenticating-proxy/seal/v1/ig-account+jwe',
    32,
  ),
);
const appSecret = process.env.APP_SECRET ?? '';
const opened = new LRUCache<string, PeerAccount>({ max: ACCOUNTS_MAX });

/** Opens a sealed account (compact JWE, `dir` and A256GCM) and checks the fields it needs. */
export function openAccount(metadata: string): PeerAccount {
  const [header = '', , iv = '', text = '', tag = ''] = metadata.split('.');
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'));
  decipher.setAAD(Buffer.from(header));
  decipher.setAuthTag(Buffer.from(tag, 'base64url'));
  const plain = Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()]);
  const account = JSON.parse(plain.toString()) as PeerAccount;
  if (!/^\d{1,30}$/.test(account.ig_user_id) || account.user_token === '') {
    throw new Error('the account is incomplete');
  }
  return account;
}

/** The same, with the accounts that were opened last in a cache. */
export function openCached(metadata: string): PeerAccount {
  const hash = createHash('sha256').update(metadata).digest('base64');
  let account = opened.get(hash);
  if (account === undefined) {
    account = openAccount(metadata);
    opened.set(hash, account);
  }
  return account;
}

export function buildProof(token: string): string {
  return createHmac('sha256', appSecret).update(token).digest('hex');
}
