import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import type { CredentialsKey } from '../config/index.js';

/**
 * Sealed metadata is a compact JWE (RFC 7516): direct encryption with A256GCM, the plaintext deflated first, since two
 * tokens and a list of scopes would not stay under the 1,200 characters wished for otherwise.
 */
const ALGORITHM = 'dir';
const ENCRYPTION = 'A256GCM';
const COMPRESSION = 'DEF';

/**
 * What a seal is for. `typ` keeps seals of different purpose apart under the same key: the account that Zendesk keeps, an admin's set-up
 * under way, and Facebook's answer on its way from the pop-up to the page.
 */
export type SealType = 'ig-account+jwe' | 'ig-set-up+jwe' | 'ig-log-in+jwe';

/**
 * The largest text that is read after decompression, in bytes: an account of two tokens at their bounds, and beside it the name and
 * state of Zendesk's while it is set up.
 */
const PLAINTEXT_MAX_BYTES = 65_536;

/** A key as bytes, with the id that stands in the seals made with it. */
export interface SealingKey {
  readonly kid: string;
  readonly bytes: Uint8Array;
}

/** The configured keys: the first seals, all open. */
export interface Keyring {
  readonly first: SealingKey;
  readonly byId: ReadonlyMap<string, SealingKey>;
}

export function keyringOf(configured: readonly CredentialsKey[]): Keyring {
  const keys = configured.map(({ kid, key }) => ({
    kid,
    bytes: new Uint8Array(Buffer.from(key.reveal(), 'base64url')),
  }));
  const [first] = keys;
  if (first === undefined) throw new Error('there is no key to seal with');
  return { first, byId: new Map(keys.map((key) => [key.kid, key])) };
}

/** Seals a text with the first key. */
export async function seal(
  plaintext: string,
  type: SealType,
  { first: { kid, bytes } }: Keyring,
): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(plaintext))
    .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, zip: COMPRESSION, kid, typ: type })
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
  type: SealType,
  { byId }: Keyring,
): Promise<string | undefined> {
  try {
    const header = decodeProtectedHeader(sealed);
    const key = byId.get(header.kid ?? '');
    if (key === undefined || header.typ !== type) return undefined;
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
