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
import { Optional } from '../common/validation/optional.decorator.js';
import { DIALECTS, type Dialect, THREADS, type Threads } from '../domain/account.js';

/** The version of the sealed account's layout. Another one means that the account must be connected anew. */
export const ACCOUNT_VERSION = 1;

/** Meta's ids are strings of digits; the longest seen has 17. */
const META_ID = /^\d{1,30}$/;
/** Meta promises no length; tokens seen have up to 300 characters. */
const TOKEN_MAX_CHARS = 3000;
/** Visible ASCII: a token travels in an HTTP header. */
const TOKEN = /^[\x21-\x7e]+$/;
/** Instagram allows 30 characters: letters, digits, dots and underscores. */
const USERNAME = /^[A-Za-z0-9._]{1,30}$/;
const SCOPE = /^[a-z0-9_]{1,64}$/;
const SCOPES_MAX = 50;
/** A DNS label. */
export const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The end of the year 2099, in seconds since 1970: a later one is a time in milliseconds, taken for seconds. */
const EXPIRES_AT_MAX = 4_102_444_799;
const EXPIRES_AT = 'must be seconds since 1970, or an ISO 8601 time with its zone';
/** A date, or a time with its zone: without one, it would mean another moment on each machine. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))?$/;

/** Two years of comments; what is older is hardly a ticket. */
export const BACKFILL_DAYS_MAX = 730;
const BACKFILL = `must be a whole number of days from 0 to ${String(BACKFILL_DAYS_MAX)}`;

/** The sealed account as JSON. `/^…/` rules keep it small: see `METADATA_MAX_CHARS`. */
export class AccountDto {
  @Equals(ACCOUNT_VERSION, { message: `must be ${String(ACCOUNT_VERSION)}` })
  v: number;

  @IsIn(DIALECTS, { message: `must be one of: ${DIALECTS.join(', ')}` })
  dialect: Dialect;

  @Matches(META_ID, { message: 'must be a string of 1 to 30 digits' })
  ig_user_id: string;

  @Matches(USERNAME, { message: 'must be an Instagram user name' })
  username: string;

  @Optional()
  @Matches(META_ID, { message: 'must be a string of 1 to 30 digits' })
  page_id?: string;

  @IsToken()
  user_token: string;

  @Optional()
  @IsToken()
  page_token?: string;

  @IsArray({ message: 'must be a list of permissions' })
  @ArrayMinSize(1, { message: 'must name at least one permission' })
  @ArrayMaxSize(SCOPES_MAX, { message: `must name at most ${String(SCOPES_MAX)} permissions` })
  @Matches(SCOPE, { each: true, message: 'must hold permission names such as instagram_basic' })
  scopes: string[];

  /** Seconds since 1970, as Meta's debug_token gives it; 0 where the token has no end. */
  @IsTime()
  expires_at?: number;

  /** As `expires_at`, of the person's data: debug_token's data_access_expires_at. */
  @IsTime()
  data_access_expires_at?: number;

  /** As `expires_at`: when the account was connected. */
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
}

/** The same without its rules: what is spread and sealed again. */
export type AccountFields = { [Field in keyof AccountDto]: AccountDto[Field] };

function IsTime(): PropertyDecorator {
  return (target, key) => {
    Optional()(target, key);
    Transform(({ value }: { value: unknown }) => isoToSeconds(value))(target, key);
    IsInt({ message: EXPIRES_AT })(target, key);
    Min(0, { message: EXPIRES_AT })(target, key);
    Max(EXPIRES_AT_MAX, { message: EXPIRES_AT })(target, key);
  };
}

function IsToken(): PropertyDecorator {
  return (target, key) => {
    Matches(TOKEN, { message: 'must be a token without blanks' })(target, key);
    Length(1, TOKEN_MAX_CHARS, { message: `must have 1 to ${String(TOKEN_MAX_CHARS)} characters` })(
      target,
      key,
    );
    IsString({ message: 'must be a string' })(target, key);
  };
}

function isoToSeconds(value: unknown): unknown {
  if (typeof value !== 'string' || !ISO_TIME.test(value)) return value;
  const milliseconds = Date.parse(value);
  return Number.isNaN(milliseconds) ? value : Math.floor(milliseconds / 1000);
}
