import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto';

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

export function buildProof(token: string): string {
  return createHmac('sha256', appSecret).update(token).digest('hex');
}

export interface LikeData {
  readonly media_id: string;
  readonly liked: boolean;
}

/** The validated `client_data` of a like. */
export function readLike(clientData: string): LikeData {
  const data = JSON.parse(clientData) as Record<string, unknown>;
  const { media_id: mediaId, liked, ...others } = data;
  if (typeof mediaId !== 'string' || !/^\d{1,30}$/.test(mediaId)) throw new Error('media_id');
  if (liked !== true && liked !== false && liked !== 'true' && liked !== 'false') {
    throw new Error('liked');
  }
  if (Object.keys(others).length > 0) throw new Error('unknown fields');
  return { media_id: mediaId, liked: liked === true || liked === 'true' };
}

export function buildAnswer(mediaId: string, liked: boolean): object {
  return {
    ok: true,
    media_id: mediaId,
    liked,
    source: 'instagram',
    changed_at: new Date().toISOString(),
  };
}
