import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';
import type { SealType } from './seal-keys.js';

export const ALGORITHM = 'dir';
export const ENCRYPTION = 'A256GCM';
/**
 * The `kdf` of seals under a key derived for their purpose. A private header name (RFC 7516,
 * section 4.3).
 */
export const KEY_DERIVATION = 'HKDF-SHA256';
/** The `zip` of account seals that earlier versions made. */
const DEFLATED = 'DEF';

/** The longest header made here has 160 characters; a longer text is not parsed. */
const HEADER_MAX_CHARS = 300;
/** The year 2286: the largest time that every `Date` can print, with ten digits. */
const SECONDS_MAX = 9_999_999_999;
/**
 * Every name that a header may have. Others, such as `crit`, `b64` or `p2c`, make the seal invalid.
 */
const NAMES: ReadonlySet<string> = new Set(['alg', 'enc', 'kid', 'typ', 'kdf', 'iat', 'zip']);
/**
 * Earlier versions sealed under the configured key itself. Of those seals, only accounts live long.
 */
const TYPE_WITH_OLD_SEALS: SealType = 'ig-account+jwe';

/** A seal's protected header. It is authentic only after the seal was opened. */
export interface SealHeader {
  readonly kid: string;
  /**
   * Whether the key was derived for the purpose; otherwise the configured key sealed it, in an
   * earlier version.
   */
  readonly isDerived: boolean;
  readonly isDeflated: boolean;
  /**
   * When it was sealed, in seconds since 1970; undefined in seals of earlier versions and in
   * short-lived ones.
   */
  readonly iat: number | undefined;
}

/**
 * The header of a text in the one form that a seal of this type has; undefined for any other text.
 */
export function readHeader(sealed: string, type: SealType): SealHeader | undefined {
  const [encoded = '', encryptedKey, ...others] = sealed.split('.', PARTS + 1);
  if (encryptedKey !== '' || others.length !== PARTS - 2) return undefined;
  if (encoded.length > HEADER_MAX_CHARS || !isCanonical(encoded)) return undefined;
  // Base64 decoders ignore spare bits and foreign characters, so several texts would open as the
  // same seal.
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
