import { Secret } from '../domain/secret.js';
import type { CredentialsKey } from './configuration.js';
import { SettingError } from './environment-reader.js';

/** A256GCM needs a key of 256 bits (RFC 7518, section 5.3). */
const KEY_BYTES = 32;
/** Each seal contains its key id, so ids are short. */
const KID = /^[A-Za-z0-9_-]{1,16}$/;
/**
 * A random key has about 30 different bytes; one in 10^36 has fewer than 8. Text of 32 random
 * hexadecimal digits has about 14 and is a key of 128 bits.
 */
const DIFFERENT_BYTES_MIN = 8;

/** `kid:key,kid:key`. The first one seals, and all open. */
export function parseCredentialsKeys(text: string): readonly CredentialsKey[] {
  const errors: string[] = [];
  const keys = text.split(',').map((entry, index): CredentialsKey => {
    const [kid = '', key = '', ...more] = entry.trim().split(':');
    const place = `entry ${String(index + 1)}`;
    if (!KID.test(kid) || more.length > 0) {
      errors.push(`${place} is not kid:key, with a kid of 1 to 16 letters, digits, _ or -`);
    } else {
      const error = checkKey(key);
      if (error !== undefined) errors.push(`the key of ${place} ${error}`);
    }
    return { kid, key: new Secret(key) };
  });
  if (errors.length === 0) errors.push(...checkDuplicates(keys));
  if (errors.length > 0) throw new SettingError(`is not usable: ${errors.join('; ')}`);
  return keys;
}

/**
 * Returns what is wrong with a key. Only one spelling is accepted: base64url of 32 bytes leaves two
 * spare bits, which must be 0 (RFC 4648, section 3.5).
 */
function checkKey(key: string): string | undefined {
  const bytes = Buffer.from(key, 'base64url');
  if (bytes.length !== KEY_BYTES || bytes.toString('base64url') !== key) {
    return `is not ${String(KEY_BYTES)} bytes in base64url`;
  }
  return isRandom(bytes) ? undefined : 'is not random';
}

/** Whether the bytes may be random: not few different ones, and no sequence such as 0, 1, 2. */
function isRandom(bytes: Buffer): boolean {
  const steps = new Set(bytes.subarray(1).map((byte, index) => (byte - (bytes[index] ?? 0)) & 255));
  return new Set(bytes).size >= DIFFERENT_BYTES_MIN && steps.size > 1;
}

function checkDuplicates(keys: readonly CredentialsKey[]): string[] {
  const kids = new Set(keys.map(({ kid }) => kid));
  const values = new Set(keys.map(({ key }) => key.reveal()));
  return [
    ...(kids.size < keys.length ? ['two entries have the same kid'] : []),
    ...(values.size < keys.length ? ['two entries have the same key'] : []),
  ];
}
