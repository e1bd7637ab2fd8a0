import { CompactEncrypt, compactDecrypt } from 'jose';
import {
  ALGORITHM,
  ENCRYPTION,
  KEY_DERIVATION,
  readHeader,
  type SealHeader,
} from './seal-header.js';
import type { Keyring, SealType } from './seal-keys.js';

/** `SETUP_MAX_CHARS`: a setup is the longest seal. */
const SEAL_MAX_CHARS = 65_536;
/**
 * The largest text to inflate from an account seal of an earlier version: two escaped tokens of
 * 3,000 characters and fifty scopes.
 */
const INFLATED_MAX_BYTES = 16_384;

interface Unsealed {
  readonly text: string;
  readonly header: SealHeader;
}

/**
 * Seals a text with the first key, as a compact JWE (RFC 7516): direct encryption with A256GCM
 * under the purpose's own key. The text is not compressed. It may contain a secret and a caller's
 * text, and the compressed length would reveal what the two have in common.
 *
 * @param iat the present time in seconds since 1970, for long-lived seals.
 */
export async function seal(
  text: string,
  type: SealType,
  { first: { kid, derived } }: Keyring,
  iat?: number,
): Promise<string> {
  const header = { alg: ALGORITHM, enc: ENCRYPTION, kid, typ: type, kdf: KEY_DERIVATION };
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader(iat === undefined ? header : { ...header, iat })
    .encrypt(derived[type]);
}

/** The text in a seal; undefined if the seal does not open, for any reason. */
export async function unseal(
  sealed: string,
  type: SealType,
  { byId }: Keyring,
): Promise<Unsealed | undefined> {
  if (sealed.length > SEAL_MAX_CHARS) return undefined;
  const header = readHeader(sealed, type);
  const key = header === undefined ? undefined : byId.get(header.kid);
  if (header === undefined || key === undefined) return undefined;
  try {
    // Decryption authenticates the header that was read above, because GCM covers it.
    const { plaintext } = await compactDecrypt(
      sealed,
      header.isDerived ? key.derived[type] : key.raw,
      {
        keyManagementAlgorithms: [ALGORITHM],
        contentEncryptionAlgorithms: [ENCRYPTION],
        maxDecompressedLength: header.isDeflated ? INFLATED_MAX_BYTES : 0,
      },
    );
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(plaintext), header };
  } catch {
    return undefined;
  }
}
