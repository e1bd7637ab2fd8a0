import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';
import type { SealType } from './seal-keys.js';

export const ALGORITHM = 'dir';
export const ENCRYPTION = 'A256GCM';
/**
 * The `kdf` of seals under a key derived for their purpose; a private header name (RFC 7516,
 * section 4.3).
 */
export const KEY_DERIVATION = 'HKDF-SHA256';
/** The `zip` of account seals from earlier versions. */
const DEFLATED = 'DEF';

/** A longer header is not parsed. The longest one made here has 160 characters. */
const HEADER_MAX_CHARS = 300;
/** Ten digits: the year 2286. */
const SECONDS_MAX = 9_999_999_999;
/** The allowed header names. Another name, such as `crit`, `b64` or `p2c`, is invalid. */
const NAMES: ReadonlySet<string> = new Set(['alg', 'enc', 'kid', 'typ', 'kdf', 'iat', 'zip']);
/** Earlier versions sealed under the configured key itself. Only their accounts still exist. */
const TYPE_WITH_OLD_SEALS: SealType = 'ig-account+jwe';

/** A seal's protected header. It is authentic only once the seal has opened. */
export interface SealHeader {
  readonly kid: string;
  /**
   * Whether the key was derived for the purpose. Otherwise an earlier version sealed it with the
   * configured key.
   */
  readonly isDerived: boolean;
  readonly isDeflated: boolean;
  /**
   * When it was sealed, in seconds since 1970; undefined in seals from earlier versions and in
   * short-lived seals.
   */
  readonly iat: number | undefined;
}

/** The header of a seal of this type; undefined for any other text. */
export function readHeader(sealed: string, type: SealType): SealHeader | undefined {
  const [encoded = '', encryptedKey, ...others] = sealed.split('.', PARTS + 1);
  if (encryptedKey !== '' || others.length !== PARTS - 2) return undefined;
  if (encoded.length > HEADER_MAX_CHARS || !isCanonical(encoded)) return undefined;
  // Base64 decoders ignore spare bits and foreign characters, so several texts would be the same
  // seal.
  if (!others.every(isCanonical)) return undefined;
  const json: unknown = sjson.safeParse(Buffer.from(encoded, 'base64url').toString());
  if (!isJsonObject(json) || !Object.keys(json).every((name) => NAMES.has(name))) return undefined;
  const { alg, enc, kid, typ, kdf, iat, zip } = json;
  if (alg !== ALGORITHM || enc !== ENCRYPTION || typ !== type) return undefined;
  if (typeof kid !== 'string' || !(iat === undefined || isSeconds(iat))) return undefined;
  if (kdf === KEY_DERIVATION && zip === undefined) {
    return { kid, isDerived: true, isDeflated: false, iat };
  }
  const isOld = kdf === undefined && type === TYPE_WITH_OLD_SEALS;
  return isOld && (zip === undefined || zip === DEFLATED)
    ? { kid, isDerived: false, isDeflated: zip === DEFLATED, iat }
    : undefined;
}

/** Header, encrypted key, initialization vector, ciphertext and tag (RFC 7516, section 7.1). */
const PARTS = 5;

function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

function isSeconds(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= SECONDS_MAX;
}
