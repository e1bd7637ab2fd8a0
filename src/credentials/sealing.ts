import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';

/**
 * Sealed metadata is a compact JWE (RFC 7516): direct encryption with A256GCM, the plaintext deflated first, since two
 * tokens and a list of scopes would not stay under the 1,200 characters wished for otherwise.
 */
const ALGORITHM = 'dir';
const ENCRYPTION = 'A256GCM';
const COMPRESSION = 'DEF';
export const SEAL_TYPE = 'ig-account+jwe';

/** The largest account that is read after decompression, in bytes: two tokens at their bounds and room. */
const PLAINTEXT_MAX_BYTES = 16_384;

/** A key as bytes, with the id that stands in the seals made with it. */
export interface SealingKey {
  readonly kid: string;
  readonly bytes: Uint8Array;
}

/** Seals a text with a key. */
export async function seal(plaintext: string, { kid, bytes }: SealingKey): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(plaintext))
    .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, zip: COMPRESSION, kid, typ: SEAL_TYPE })
    .encrypt(bytes);
}

/** The id of the key that a seal says it was made with; undefined where it is no seal. */
export function sealedWith(sealed: string): string | undefined {
  try {
    return decodeProtectedHeader(sealed).kid;
  } catch {
    return undefined;
  }
}

/** The text in a seal, or undefined where it does not open, whatever the reason. */
export async function unseal(
  sealed: string,
  keys: ReadonlyMap<string, SealingKey>,
): Promise<string | undefined> {
  try {
    const header = decodeProtectedHeader(sealed);
    const key = keys.get(header.kid ?? '');
    if (key === undefined || header.typ !== SEAL_TYPE) return undefined;
    // What is decrypted authenticates the header read above: GCM covers it.
    const { plaintext } = await compactDecrypt(sealed, key.bytes, {
      keyManagementAlgorithms: [ALGORITHM],
      contentEncryptionAlgorithms: [ENCRYPTION],
      maxDecompressedLength: PLAINTEXT_MAX_BYTES,
    });
    return new TextDecoder('utf-8', { fatal: true }).decode(plaintext);
  } catch {
    return undefined;
  }
}
