import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { CredentialsService } from '../../src/credentials/credentials.service.js';
import { Secret } from '../../src/domain/secret.js';

export const ACCOUNT = {
  dialect: 'facebook_login',
  ig_user_id: '17841405309211844',
  username: 'omniwear',
  user_token: 'planted-user-token',
  scopes: ['instagram_basic'],
  subdomain: 'omniwear',
};
export const NOW = Date.UTC(2026, 10, 20, 9);

export const toBytes = (seed: number): Buffer =>
  createHash('sha256')
    .update(`key ${String(seed)}`)
    .digest();
export const key = (kid: string, seed: number): { kid: string; key: Secret } => ({
  kid,
  key: new Secret(toBytes(seed).toString('base64url')),
});
export const createService = (...credentialsKeys: ReturnType<typeof key>[]): CredentialsService =>
  createServiceAt(NOW, {}, ...credentialsKeys);
export const createServiceAt = (
  now: number,
  { notBefore }: { notBefore?: number },
  ...credentialsKeys: ReturnType<typeof key>[]
): CredentialsService =>
  new CredentialsService(
    {
      credentialsKeys,
      credentialsPlaintext: false,
      credentialsNotBefore: notBefore,
      openedAccountsMax: 1000,
    },
    { now: () => now },
  );
/** Seals with any header and any key. */
export const sealByHand = (header: object, bytes: Uint8Array, account: object): string => {
  const text = Buffer.from(JSON.stringify({ v: 1, ...account }));
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', bytes, iv);
  const encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
  cipher.setAAD(Buffer.from(encoded));
  const isDeflated = 'zip' in header && header.zip === 'DEF';
  const ciphertext = cipher.update(isDeflated ? deflateRawSync(text) : text);
  const parts = [iv, Buffer.concat([ciphertext, cipher.final()]), cipher.getAuthTag()];
  return [encoded, '', ...parts.map((part) => part.toString('base64url'))].join('.');
};
export const HEADER = { alg: 'dir', enc: 'A256GCM', kid: 'a', typ: 'ig-account+jwe' };
/** Seals an account under the configured key itself, as earlier versions did. */
export const sealAsEarlier = (header: object, account: object = ACCOUNT): string =>
  sealByHand({ ...HEADER, ...header }, toBytes(1), account);
