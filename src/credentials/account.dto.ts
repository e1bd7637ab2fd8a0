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
  META_ID,
  NOT_A_META_ID,
  SCOPE,
  SUBDOMAIN,
  TOKEN_MAX_CHARS,
  USERNAME,
  VISIBLE_ASCII,
} from '../domain/formats.js';
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
