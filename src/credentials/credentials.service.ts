import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import sjson from 'secure-json-parse';
import { RECONNECT } from '../common/errors/fixes.js';
import { ServiceError } from '../common/errors/service-error.js';
import { isJsonObject } from '../common/json-object.js';
import { validate } from '../common/validation/faults.js';
import { Configuration } from '../config/index.js';
import { METADATA_MAX_CHARS } from '../zendesk/limits.js';
import { ACCOUNT_VERSION, AccountDto, type AccountFields } from './account.dto.js';
import type { Account } from './account.js';
import { accountOf } from './account-of.js';
import { type Keyring, keyringOf, seal, sealedWith, unseal } from './sealing.js';

/** Accounts kept open in memory; at about 2 kB each they take 2 MB. The one used longest ago goes first. */
const OPENED_MAX = 1000;

const ACCOUNT_SEAL = 'ig-account+jwe';

/** An account that cannot be sealed, with what is wrong with it. Holds no value of it. */
export class SealingError extends Error {
  override readonly name = 'SealingError';
}

/** Seals an account into the `metadata` that Zendesk keeps, and opens it again. */
@Injectable()
export class CredentialsService {
  private readonly keyring: Keyring;
  private readonly takesPlaintext: boolean;
  /** Opening costs many times more than a look here; Zendesk sends the same metadata with every call. */
  private readonly opened = new LRUCache<string, Account>({ max: OPENED_MAX });

  constructor(
    @Inject(Configuration)
    configuration: Pick<Configuration, 'credentialsKeys' | 'credentialsPlaintext'>,
  ) {
    this.keyring = keyringOf(configuration.credentialsKeys);
    this.takesPlaintext = configuration.credentialsPlaintext;
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
    const account = accountOf(await this.openFields(metadata));
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
   * The same account sealed with the first key, or undefined where it is already.
   *
   * @throws {ServiceError} as `open`.
   */
  async reseal(metadata: string): Promise<string | undefined> {
    if (sealedWith(metadata) === this.keyring.first.kid) return undefined;
    return seal(await this.plaintextOf(metadata), ACCOUNT_SEAL, this.keyring);
  }

  /** The id of the key that sealed an account, of metadata that opens here; undefined where it is plain JSON. */
  keyOf(metadata: string): string | undefined {
    return sealedWith(metadata);
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
    if ('faults' in checked) throw new SealingError(listed('The account', checked.faults));
    const sealed = await seal(JSON.stringify(checked.value), ACCOUNT_SEAL, this.keyring);
    if (sealed.length > METADATA_MAX_CHARS) {
      throw new SealingError(
        `The sealed account has ${String(sealed.length)} characters; Zendesk keeps ${String(METADATA_MAX_CHARS)}.`,
      );
    }
    return sealed;
  }

  private async plaintextOf(metadata: string): Promise<string> {
    if (metadata.length <= METADATA_MAX_CHARS) {
      if (this.takesPlaintext && metadata.trimStart().startsWith('{')) return metadata;
      const plaintext = await unseal(metadata, ACCOUNT_SEAL, this.keyring);
      if (plaintext !== undefined) return plaintext;
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

function listed(what: string, faults: readonly string[]): string {
  return [`${what} cannot be used:`, ...faults.map((fault) => `  - ${fault}`)].join('\n');
}
