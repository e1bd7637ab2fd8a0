import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import sjson from 'secure-json-parse';
import { RECONNECT } from '../common/errors/fixes.js';
import { ServiceError } from '../common/errors/service-error.js';
import { isJsonObject } from '../common/json-object.js';
import { Secret } from '../common/secret.js';
import { validate } from '../common/validation/faults.js';
import { Configuration } from '../config/index.js';
import { METADATA_MAX_CHARS } from '../zendesk/limits.js';
import { ACCOUNT_VERSION, AccountDto } from './account.dto.js';
import type { Account } from './account.js';
import { seal, sealedWith, type SealingKey, unseal } from './sealing.js';

/** Accounts kept open in memory; at about 2 kB each they take 2 MB. The one used longest ago goes first. */
const OPENED_MAX = 1000;

/** Where the account does not say how far back its first comments are taken from, in days. */
const BACKFILL_DAYS = 7;

/** An account that cannot be sealed, with what is wrong with it. Holds no value of it. */
export class SealingError extends Error {
  override readonly name = 'SealingError';
}

/** Seals an account into the `metadata` that Zendesk keeps, and opens it again. */
@Injectable()
export class CredentialsService {
  private readonly keys: ReadonlyMap<string, SealingKey>;
  private readonly sealingKey: SealingKey;
  private readonly takesPlaintext: boolean;
  /** Opening costs many times more than a look here; Zendesk sends the same metadata with every call. */
  private readonly opened = new LRUCache<string, Account>({ max: OPENED_MAX });

  constructor(
    @Inject(Configuration)
    configuration: Pick<Configuration, 'credentialsKeys' | 'credentialsPlaintext'>,
  ) {
    const keys = configuration.credentialsKeys.map(({ kid, key }) => ({
      kid,
      bytes: new Uint8Array(Buffer.from(key.reveal(), 'base64url')),
    }));
    const [first] = keys;
    if (first === undefined) throw new Error('there is no key to seal with');
    this.sealingKey = first;
    this.keys = new Map(keys.map((key) => [key.kid, key]));
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
    const account = parseAccount(await this.plaintextOf(metadata));
    this.opened.set(hash, account);
    return account;
  }

  /**
   * The same account sealed with the first key, or undefined where it is already.
   *
   * @throws {ServiceError} as `open`.
   */
  async reseal(metadata: string): Promise<string | undefined> {
    if (sealedWith(metadata) === this.sealingKey.kid) return undefined;
    return seal(await this.plaintextOf(metadata), this.sealingKey);
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
    const sealed = await seal(JSON.stringify(checked.value), this.sealingKey);
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
      const plaintext = await unseal(metadata, this.keys);
      if (plaintext !== undefined) return plaintext;
    }
    throw new ServiceError(
      'metadata_invalid',
      'This service cannot open the account that Zendesk sent.',
      { fix: RECONNECT, level: 'warn' },
    );
  }
}

function parseAccount(plaintext: string): Account {
  const json: unknown = sjson.safeParse(plaintext);
  const checked = validate(AccountDto, isJsonObject(json) ? json : {}, { unknownFields: 'ignore' });
  if ('faults' in checked) {
    throw new ServiceError(
      'metadata_invalid',
      'The connected account is incomplete or was connected with another version of this service.',
      { fix: RECONNECT, level: 'warn', log: { faults: checked.faults.join('; ') } },
    );
  }
  const dto = checked.value;
  return Object.freeze<Account>({
    dialect: dto.dialect,
    igUserId: dto.ig_user_id,
    username: dto.username,
    pageId: dto.page_id,
    userToken: new Secret(dto.user_token),
    pageToken: dto.page_token === undefined ? undefined : new Secret(dto.page_token),
    scopes: new Set(dto.scopes),
    expiresAt: timeOf(dto.expires_at),
    dataAccessExpiresAt: timeOf(dto.data_access_expires_at),
    connectedAt: timeOf(dto.connected_at),
    threads: dto.threads ?? 'comment',
    backfillDays: dto.backfill_days ?? BACKFILL_DAYS,
    subdomain: dto.subdomain,
  });
}

/** Seconds since 1970 as milliseconds; Meta writes 0 for never. */
function timeOf(seconds: number | undefined): number | undefined {
  return seconds === undefined || seconds === 0 ? undefined : seconds * 1000;
}

function listed(what: string, faults: readonly string[]): string {
  return [`${what} cannot be used:`, ...faults.map((fault) => `  - ${fault}`)].join('\n');
}
