import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { atMost } from '../common/at-most.js';
import { Clock } from '../common/clock.js';
import { RECONNECT } from '../domain/fixes.js';
import { ServiceError } from '../common/errors/service-error.js';
import { validate } from '../common/validation/validate.js';
import { Configuration } from '../config/index.js';
import { METADATA_MAX_CHARS } from '../zendesk/limits.js';
import { ACCOUNT_VERSION, AccountDto, type AccountFields } from './account.dto.js';
import type { Account } from '../domain/account.js';
import { toAccount } from './to-account.js';
import { readHeader, type SealHeader } from './seal-header.js';
import { type Keyring, toKeyring } from './seal-keys.js';
import { type AccountText, parseAccount } from './sealed-account.js';
import { seal, unseal } from './sealing.js';

const ACCOUNT_SEAL = 'ig-account+jwe';

/**
 * The age at which a seal is renewed. An operator waits this long before `CREDENTIALS_NOT_BEFORE`
 * can revoke a leaked copy. A shorter time would make Zendesk store the account more often.
 */
const RENEW_AFTER_SECONDS = 7 * 86_400;
/** How far the clocks of two processes may differ. A seal from a later time is renewed too. */
const CLOCK_SKEW_SECONDS = 300;

const SUBDOMAIN_MISSING =
  'subdomain must be given: the Zendesk that the account is for, such as omniwear';

/** An account cannot be sealed. The message names the invalid fields, and never their values. */
export class SealingError extends Error {
  override readonly name = 'SealingError';
}

/** Seals an account into the `metadata` that Zendesk stores, and opens it again. */
@Injectable()
export class CredentialsService {
  private readonly keyring: Keyring;
  private readonly acceptsPlaintext: boolean;
  /** Seconds since 1970. Older account seals do not open. */
  private readonly notBefore: number;
  /** Zendesk sends the same metadata with every call, and decryption is slow. */
  private readonly opened: LRUCache<string, Account>;

  constructor(
    @Inject(Configuration)
    configuration: Pick<
      Configuration,
      'credentialsKeys' | 'credentialsPlaintext' | 'credentialsNotBefore' | 'openedAccountsMax'
    >,
    private readonly clock: Clock,
  ) {
    this.opened = new LRUCache(atMost(configuration.openedAccountsMax));
    this.keyring = toKeyring(configuration.credentialsKeys);
    this.acceptsPlaintext = configuration.credentialsPlaintext;
    this.notBefore = Math.ceil((configuration.credentialsNotBefore ?? -Infinity) / 1000);
  }

  /**
   * The account in a metadata string.
   *
   * @throws {ServiceError} `metadata_invalid`. The error does not reveal why metadata does not
   *   open: it is cut, altered, or sealed with another key or for another purpose. Metadata that
   *   opens was sealed here, so the log names its invalid fields. `internal` if a newer version
   *   sealed it.
   */
  async open(metadata: string): Promise<Account> {
    const hash = createHash('sha256').update(metadata).digest('base64');
    const known = this.opened.get(hash);
    if (known !== undefined) return known;
    const account = toAccount(await this.openFields(metadata));
    this.opened.set(hash, account);
    return account;
  }

  /**
   * The fields of the account in a metadata string, with its tokens, for sealing it again.
   *
   * @throws {ServiceError} as `open`.
   */
  async openFields(metadata: string): Promise<AccountFields> {
    return parseAccount(await this.readText(metadata));
  }

  /**
   * A new seal of the same account, if the seal is old: under another key than the first, from an
   * earlier version, or made a week ago. Undefined if the seal is not old, or if the new one is too
   * long for Zendesk.
   *
   * @throws {ServiceError} as `open`.
   */
  async reseal(metadata: string): Promise<string | undefined> {
    const header = readHeader(metadata, ACCOUNT_SEAL);
    if (header !== undefined && !this.needsRenewal(header)) return undefined;
    const sealed = await this.sealText((await this.readText(metadata)).text);
    // Earlier versions compressed seals, so the new one may be too long. The old one still opens.
    return sealed.length > METADATA_MAX_CHARS ? undefined : sealed;
  }

  /** The id of the key that sealed the metadata, which must open; undefined for plain JSON. */
  readKeyId(metadata: string): string | undefined {
    return readHeader(metadata, ACCOUNT_SEAL)?.kid;
  }

  /**
   * When the metadata, which must open, was sealed: milliseconds since 1970, or undefined for a
   * seal without a time.
   */
  readSealTime(metadata: string): number | undefined {
    const iat = readHeader(metadata, ACCOUNT_SEAL)?.iat;
    return iat === undefined ? undefined : iat * 1000;
  }

  /**
   * Seals an account, given as JSON, with the first key.
   *
   * @throws {SealingError} if the account is invalid or the seal is too long for Zendesk.
   */
  async seal(account: object): Promise<string> {
    const checked = validate(
      AccountDto,
      { v: ACCOUNT_VERSION, ...account },
      { unknownFields: 'refuse' },
    );
    const faults = [
      ...('faults' in checked ? checked.faults : []),
      ...(isSubdomainMissing(account) ? [SUBDOMAIN_MISSING] : []),
    ];
    if ('faults' in checked || faults.length > 0) throw new SealingError(formatFaults(faults));
    const sealed = await this.sealText(JSON.stringify(checked.value));
    if (sealed.length > METADATA_MAX_CHARS) {
      const length = `The sealed account has ${String(sealed.length)} characters`;
      throw new SealingError(`${length}; Zendesk keeps ${String(METADATA_MAX_CHARS)}.`);
    }
    return sealed;
  }

  /**
   * The time in a seal is never before `CREDENTIALS_NOT_BEFORE`. Otherwise rounding to seconds
   * could revoke a new seal at once.
   */
  private sealText(text: string): Promise<string> {
    return seal(text, ACCOUNT_SEAL, this.keyring, Math.max(this.nowSeconds(), this.notBefore));
  }

  private isRevoked({ iat = -Infinity }: SealHeader): boolean {
    return iat < this.notBefore;
  }

  private needsRenewal({ kid, isDerived, iat }: SealHeader): boolean {
    if (kid !== this.keyring.first.kid || !isDerived || iat === undefined) return true;
    const age = this.nowSeconds() - iat;
    return age >= RENEW_AFTER_SECONDS || age < -CLOCK_SKEW_SECONDS;
  }

  private nowSeconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  private async readText(metadata: string): Promise<AccountText> {
    if (metadata.length <= METADATA_MAX_CHARS) {
      if (this.acceptsPlaintext && metadata.trimStart().startsWith('{')) {
        return { text: metadata, header: undefined };
      }
      const unsealed = await unseal(metadata, ACCOUNT_SEAL, this.keyring);
      if (unsealed !== undefined && !this.isRevoked(unsealed.header)) return unsealed;
    }
    throw new ServiceError(
      'metadata_invalid',
      'This service cannot open the account that Zendesk sent.',
      { fix: RECONNECT, level: 'warn' },
    );
  }
}

/**
 * Seals of earlier versions still open without a subdomain. A new seal without one could be used at
 * every Zendesk.
 */
function isSubdomainMissing(account: object): boolean {
  return !('subdomain' in account) || account.subdomain === undefined;
}

function formatFaults(faults: readonly string[]): string {
  return ['The account cannot be used:', ...faults.map((fault) => `  - ${fault}`)].join('\n');
}
