import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  Equals,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import {
  EPOCH_SECONDS_MAX,
  isMetaId,
  isToken,
  META_ID,
  NOT_A_META_ID,
  SCOPE,
  SUBDOMAIN,
  TOKEN_MAX_CHARS,
  USERNAME,
  VISIBLE_ASCII,
} from '../domain/formats.js';
import type { JsonObject } from '../common/json-object.js';
import { Optional } from '../common/validation/optional.decorator.js';
import { DIALECTS, type Dialect, THREADS, type Threads } from '../domain/account.js';

/**
 * The version of the sealed fields. An account of an earlier version must be connected again. A
 * change after which an older version cannot read the account raises it.
 */
export const ACCOUNT_VERSION = 1;

const SCOPES_MAX = 50;

const EXPIRES_AT = 'must be seconds since 1970, or an ISO 8601 time with its zone';
/** A date, or a time with its zone: without a zone, a time would depend on the machine. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))?$/;

/** Two years. Older comments rarely deserve a ticket. */
export const BACKFILL_DAYS_MAX = 730;
const BACKFILL = `must be a whole number of days from 0 to ${String(BACKFILL_DAYS_MAX)}`;

/** The sealed account as JSON. Its limits help to keep the seal within `METADATA_MAX_CHARS`. */
export class AccountDto {
  @Equals(ACCOUNT_VERSION, { message: `must be ${String(ACCOUNT_VERSION)}` })
  v: number;

  @IsIn(DIALECTS, { message: `must be one of: ${DIALECTS.join(', ')}` })
  dialect: Dialect;

  @Matches(META_ID, { message: NOT_A_META_ID })
  ig_user_id: string;

  @Matches(USERNAME, { message: 'must be an Instagram user name' })
  username: string;

  @Optional()
  @Matches(META_ID, { message: NOT_A_META_ID })
  page_id?: string;

  @IsToken()
  user_token: string;

  @Optional()
  @IsToken()
  page_token?: string;

  @IsArray({ message: 'must be a list of permissions' })
  @ArrayMinSize(1, { message: 'must name at least one permission' })
  @ArrayMaxSize(SCOPES_MAX, { message: `must name at most ${String(SCOPES_MAX)} permissions` })
  @Matches(SCOPE, { each: true, message: 'must contain permission names such as instagram_basic' })
  scopes: string[];

  /** Seconds since 1970, as in Meta's debug_token; 0 for a token without an end. */
  @IsTime()
  expires_at?: number;

  /** When access to the person's data ends, as `expires_at`; also from debug_token. */
  @IsTime()
  data_access_expires_at?: number;

  /** When the account was connected, as `expires_at`. */
  @IsTime()
  connected_at?: number;

  @Optional()
  @IsIn(THREADS, { message: `must be one of: ${THREADS.join(', ')}` })
  threads?: Threads;

  @Optional()
  @IsInt({ message: BACKFILL })
  @Min(0, { message: BACKFILL })
  @Max(BACKFILL_DAYS_MAX, { message: BACKFILL })
  backfill_days?: number;

  @Optional()
  @Matches(SUBDOMAIN, { message: 'must be a Zendesk subdomain, such as omniwear' })
  subdomain?: string;

  /**
   * The instance of plain fields, or undefined for fields that the rules have to check. It accepts
   * nothing that the rules refuse, in a hundredth of the time.
   */
  static accept(json: JsonObject): AccountDto | undefined {
    const account = new AccountDto();
    for (const [name, accepts] of PLAIN_FIELDS) {
      const value = Object.hasOwn(json, name) ? json[name] : undefined;
      if (!accepts(value)) return undefined;
      if (value !== undefined) Object.assign(account, { [name]: value });
    }
    return account;
  }
}

/** A field's plain values. Undefined is one of them if the field may be missing. */
const PLAIN_FIELDS: readonly (readonly [keyof AccountDto, (value: unknown) => boolean])[] = [
  ['v', (value) => value === ACCOUNT_VERSION],
  ['dialect', (value) => isOneOf(DIALECTS, value)],
  ['ig_user_id', isMetaId],
  ['username', (value) => isText(value) && USERNAME.test(value)],
  ['page_id', (value) => value === undefined || isMetaId(value)],
  ['user_token', isToken],
  ['page_token', (value) => value === undefined || isToken(value)],
  ['scopes', isScopes],
  ['expires_at', isMissingOrTime],
  ['data_access_expires_at', isMissingOrTime],
  ['connected_at', isMissingOrTime],
  ['threads', (value) => value === undefined || isOneOf(THREADS, value)],
  ['backfill_days', (value) => value === undefined || isWhole(value, BACKFILL_DAYS_MAX)],
  ['subdomain', (value) => value === undefined || (isText(value) && SUBDOMAIN.test(value))],
];

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isOneOf(words: readonly string[], value: unknown): boolean {
  return isText(value) && words.includes(value);
}

function isWhole(value: unknown, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max;
}

function isScopes(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > SCOPES_MAX) return false;
  return value.every((scope) => isText(scope) && SCOPE.test(scope));
}

function isMissingOrTime(value: unknown): boolean {
  return value === undefined || isWhole(value, EPOCH_SECONDS_MAX);
}

/** The same fields as a plain type, for copies that are sealed again. */
export type AccountFields = { [Field in keyof AccountDto]: AccountDto[Field] };

function IsTime(): PropertyDecorator {
  return (target, key) => {
    Optional()(target, key);
    Transform(({ value }: { value: unknown }) => toSeconds(value))(target, key);
    IsInt({ message: EXPIRES_AT })(target, key);
    Min(0, { message: EXPIRES_AT })(target, key);
    Max(EPOCH_SECONDS_MAX, { message: EXPIRES_AT })(target, key);
  };
}

function IsToken(): PropertyDecorator {
  return (target, key) => {
    Matches(VISIBLE_ASCII, { message: 'must be a token without whitespace' })(target, key);
    Length(1, TOKEN_MAX_CHARS, { message: `must have 1 to ${String(TOKEN_MAX_CHARS)} characters` })(
      target,
      key,
    );
    IsString({ message: 'must be a string' })(target, key);
  };
}

function toSeconds(value: unknown): unknown {
  if (typeof value !== 'string' || !ISO_TIME.test(value)) return value;
  const milliseconds = Date.parse(value);
  return Number.isNaN(milliseconds) ? value : Math.floor(milliseconds / 1000);
}
