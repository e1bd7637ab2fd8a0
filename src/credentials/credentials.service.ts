import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import sjson from 'secure-json-parse';
import { Clock } from '../common/clock.js';
import { RECONNECT } from '../domain/fixes.js';
import { ServiceError } from '../common/errors/service-error.js';
import { isJsonObject } from '../common/json-object.js';
import { validate } from '../common/validation/validate.js';
import { Configuration } from '../config/index.js';
import { METADATA_MAX_CHARS } from '../zendesk/limits.js';
import { ACCOUNT_VERSION, AccountDto, type AccountFields } from './account.dto.js';
import type { Account } from '../domain/account.js';
import { toAccount } from './to-account.js';
import { readHeader, type SealHeader } from './seal-header.js';
import { type Keyring, toKeyring } from './seal-keys.js';
import { seal, unseal } from './sealing.js';

/** Accounts kept open in memory; at about 2 kB each they take 2 MB. The one used longest ago goes first. */
const OPENED_MAX = 1000;

const ACCOUNT_SEAL = 'ig-account+jwe';

/**
 * The age at which a seal is renewed, in seconds. An operator waits this long before
 * `CREDENTIALS_NOT_BEFORE` revokes a copy; a shorter time would make Zendesk store the account more
 * often.
 */
const RENEW_AFTER_SECONDS = 7 * 86_400;
/**
 * How far the clocks of two processes may differ, in seconds. A seal from later than that is
 * renewed too.
 */
const CLOCK_SKEW_SECONDS = 300;

const SUBDOMAIN_MISSING =
  'subdomain must be given: the Zendesk that the account is for, such as omniwear';

/** An account that cannot be sealed, with what is wrong with it. Holds no value of it. */
export class SealingError extends Error {
  override readonly name = 'SealingError';
}

/** Seals an account into the `metadata` that Zendesk keeps, and opens it again. */
@Injectable()
export class CredentialsService {
  private readonly keyring: Keyring;
  private readonly takesPlaintext: boolean;
  /** Account seals from before this second do not open. */
  private readonly notBefore: number;
  /** Opening costs many times more than a look here; Zendesk sends the same metadata with every call. */
  private readonly opened = new LRUCache<string, Account>({ max: OPENED_MAX });

  constructor(
    @Inject(Configuration)
    configuration: Pick<
      Configuration,
      'credentialsKeys' | 'credentialsPlaintext' | 'credentialsNotBefore'
    >,
    private readonly clock: Clock,
  ) {
    this.keyring = toKeyring(configuration.credentialsKeys);
    this.takesPlaintext = configuration.credentialsPlaintext;
    this.notBefore = Math.ceil((configuration.credentialsNotBefore ?? -Infinity) / 1000);
  }

  /**
   * The account in a metadata string.
   *
   * @throws {ServiceError} `metadata_invalid`. Truncated, altered, sealed with another key or for another
   *   purpose: all look alike. Only what opens, and so was sealed here, is told what is wrong with it.
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
   * The account in a metadata string as its fields, tokens and all: for whoever seals it again with other ones.
   *
   * @throws {ServiceError} as `open`.
   */
  async openFields(metadata: string): Promise<AccountFields> {
    return parseAccount(await this.plaintextOf(metadata));
  }

  /**
   * A new seal of the same account, where the seal at hand is old: of another key than the first,
   * of an earlier version, or made a week ago. Undefined where it is not old, or where Zendesk
   * would not keep the new one.
   *
   * @throws {ServiceError} as `open`.
   */
  async reseal(metadata: string): Promise<string | undefined> {
    const header = readHeader(metadata, ACCOUNT_SEAL);
    if (header !== undefined && !this.isDue(header)) return undefined;
    const sealed = await this.sealText(await this.plaintextOf(metadata));
    // An earlier version compressed its seals, so a new one may be too long. The old one still
    // opens.
    return sealed.length > METADATA_MAX_CHARS ? undefined : sealed;
  }

  /** The id of the key that sealed an account, of metadata that opens here; undefined where it is plain JSON. */
  keyOf(metadata: string): string | undefined {
    return readHeader(metadata, ACCOUNT_SEAL)?.kid;
  }

  /**
   * When an account was sealed, in milliseconds since 1970, of metadata that opens here; undefined
   * where its seal does not say so.
   */
  sealedAt(metadata: string): number | undefined {
    const iat = readHeader(metadata, ACCOUNT_SEAL)?.iat;
    return iat === undefined ? undefined : iat * 1000;
  }

  /**
   * Seals an account given as JSON with the first key.
   *
   * @throws {SealingError} where the account is not complete or the seal longer than Zendesk keeps.
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
    if ('faults' in checked || faults.length > 0) throw new SealingError(listed(faults));
    const sealed = await this.sealText(JSON.stringify(checked.value));
    if (sealed.length > METADATA_MAX_CHARS) {
      throw new SealingError(
        `The sealed account has ${String(sealed.length)} characters; Zendesk keeps ${String(METADATA_MAX_CHARS)}.`,
      );
    }
    return sealed;
  }

  /**
   * The seal never says an earlier time than `CREDENTIALS_NOT_BEFORE`: fractions of a second would
   * revoke it at once.
   */
  private sealText(text: string): Promise<string> {
    return seal(text, ACCOUNT_SEAL, this.keyring, Math.max(this.nowSeconds(), this.notBefore));
  }

  private isRevoked({ iat = -Infinity }: SealHeader): boolean {
    return iat < this.notBefore;
  }

  private isDue({ kid, isDerived, iat }: SealHeader): boolean {
    if (kid !== this.keyring.first.kid || !isDerived || iat === undefined) return true;
    const age = this.nowSeconds() - iat;
    return age >= RENEW_AFTER_SECONDS || age < -CLOCK_SKEW_SECONDS;
  }

  private nowSeconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  private async plaintextOf(metadata: string): Promise<string> {
    if (metadata.length <= METADATA_MAX_CHARS) {
      if (this.takesPlaintext && metadata.trimStart().startsWith('{')) return metadata;
      const unsealed = await unseal(metadata, ACCOUNT_SEAL, this.keyring);
      if (unsealed !== undefined && !this.isRevoked(unsealed.header)) return unsealed.text;
    }
    throw new ServiceError(
      'metadata_invalid',
      'This service cannot open the account that Zendesk sent.',
      { fix: RECONNECT, level: 'warn' },
    );
  }
}

function parseAccount(plaintext: string): AccountFields {
  const json: unknown = sjson.safeParse(plaintext);
  const checked = validate(AccountDto, isJsonObject(json) ? json : {}, { unknownFields: 'ignore' });
  if ('faults' in checked) {
    throw new ServiceError(
      'metadata_invalid',
      'The connected account is incomplete or was connected with another version of this service.',
      { fix: RECONNECT, level: 'warn', log: { faults: checked.faults.join('; ') } },
    );
  }
  return checked.value;
}

/**
 * Seals of earlier versions may lack it, and open. A new one without it could be used at every
 * Zendesk.
 */
function isSubdomainMissing(account: object): boolean {
  return !('subdomain' in account) || account.subdomain === undefined;
}

function listed(faults: readonly string[]): string {
  return ['The account cannot be used:', ...faults.map((fault) => `  - ${fault}`)].join('\n');
}
