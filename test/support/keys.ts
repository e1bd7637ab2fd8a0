import { createHash } from 'node:crypto';
import { CompactEncrypt } from 'jose';

/** An entry of `CREDENTIALS_KEYS`: random bytes to the service, the same ones in each run. */
export function testKey(kid: string, seed: string): string {
  return `${kid}:${createHash('sha256').update(`test key ${seed}`).digest('base64url')}`;
}

/** The key of the tests' service, and another one. */
export const TEST_KEY = testKey('test', 'one');
export const OTHER_KEY = testKey('test', 'two');

/**
 * Seals an account as earlier versions did: under the configured key itself, without the time,
 * deflated or not.
 */
export function sealAsEarlier(
  account: object,
  { key = TEST_KEY, deflated = true, ...header }: EarlierSeal = {},
): Promise<string> {
  const [kid = '', text = ''] = key.split(':');
  return new CompactEncrypt(Buffer.from(JSON.stringify(account)))
    .setProtectedHeader({
      alg: 'dir',
      enc: 'A256GCM',
      ...(deflated ? { zip: 'DEF' } : {}),
      kid,
      typ: 'ig-account+jwe',
      ...header,
    })
    .encrypt(Buffer.from(text, 'base64url'));
}

export interface EarlierSeal {
  /** An entry of `CREDENTIALS_KEYS`. */
  readonly key?: string;
  readonly deflated?: boolean;
  readonly typ?: string;
}
