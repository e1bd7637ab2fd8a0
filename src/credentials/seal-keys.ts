import { hkdfSync } from 'node:crypto';
import type { CredentialsKey } from '../config/index.js';

/**
 * The purpose of a seal: the account that Zendesk stores, the state of a setup in the admin's
 * browser, or Facebook's code in the database. A seal opens only for its own purpose.
 */
export type SealType = 'ig-account+jwe' | 'ig-set-up+jwe' | 'ig-log-in+jwe';

/** A256GCM needs a key of 256 bits (RFC 7518, section 5.3). */
const KEY_BYTES = 32;
/**
 * HKDF's `info` (RFC 5869, section 3.2) binds a derived key to one purpose. A new derivation gets a
 * new version.
 */
const INFO = 'instagram-authenticating-proxy/seal/v1/';

/** One configured key, and the keys derived from it. */
interface SealingKey {
  readonly kid: string;
  /**
   * The configured bytes. They open account seals from earlier versions, and seal nothing.
   */
  readonly raw: Uint8Array;
  readonly derived: Readonly<Record<SealType, Uint8Array>>;
}

/** The configured keys: the first one seals, each can open. */
export interface Keyring {
  readonly first: SealingKey;
  readonly byId: ReadonlyMap<string, SealingKey>;
}

export function toKeyring(configured: readonly CredentialsKey[]): Keyring {
  const keys = configured.map(({ kid, key }): SealingKey => {
    const raw = new Uint8Array(Buffer.from(key.reveal(), 'base64url'));
    const derived = {
      'ig-account+jwe': derive(raw, 'ig-account+jwe'),
      'ig-set-up+jwe': derive(raw, 'ig-set-up+jwe'),
      'ig-log-in+jwe': derive(raw, 'ig-log-in+jwe'),
    };
    return { kid, raw, derived };
  });
  const [first] = keys;
  if (first === undefined) throw new Error('there is no key to seal with');
  return { first, byId: new Map(keys.map((key) => [key.kid, key])) };
}

/** No salt is needed, because the configured key is uniformly random (RFC 5869, section 3.1). */
function derive(raw: Uint8Array, type: SealType): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', raw, '', `${INFO}${type}`, KEY_BYTES));
}
