import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { META_ID, SUBDOMAIN } from '../domain/formats.js';
import { IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { BACKFILL_DAYS_MAX } from '../credentials/account.dto.js';
import { ACCOUNT_NAME_MAX_CHARS, METADATA_MAX_CHARS, STATE_MAX_CHARS } from '../zendesk/limits.js';
import { RETURN_URL_MAX_CHARS } from './return-url.js';

const ONCE = { message: 'must be given once, as a string' };
const TOO_LONG = { message: 'is too long' };

/** A language tag has at most 35 characters (RFC 5646, section 4.4.1). */
const LOCALE_MAX_CHARS = 35;
/** A UUID has 36 characters, and the token that Zendesk's samples show 64. */
const PUSH_MAX_CHARS = 255;
/** A sealed set-up: 5,000 characters of state and metadata each, of up to 3 bytes, in base64; and an account. */
export const SET_UP_MAX_CHARS = 65_536;
/** A sealed setup, or `state`, `metadata`, `name` and `return_url` at their bounds in a form. */
export const ADMIN_BODY_MAX_BYTES = 131_072;
/** Meta promises no length; tokens seen have up to 300 characters. */
const TOKEN_MAX_CHARS = 3000;
/** Meta promises no length; codes seen have up to 500 characters. */
const CODE_MAX_CHARS = 3000;

/** What the admin's browser POSTs when Zendesk frames the page (Zendesk, "Administrative interface"). */
export class AdminUiForm {
  @ApiPropertyOptional({ description: "The account's name in Zendesk; blank for a new one." })
  @IsOptional()
  @MaxLength(ACCOUNT_NAME_MAX_CHARS, TOO_LONG)
  @IsString(ONCE)
  name?: string;

  @ApiPropertyOptional({ description: 'The sealed account; blank for a new one.' })
  @IsOptional()
  @MaxLength(METADATA_MAX_CHARS, TOO_LONG)
  @IsString(ONCE)
  metadata?: string;

  @ApiPropertyOptional({ description: 'Goes back to Zendesk as it came.' })
  @IsOptional()
  @MaxLength(STATE_MAX_CHARS, TOO_LONG)
  @IsString(ONCE)
  state?: string;

  @ApiProperty({ description: 'Where the account is sent in the end: https, at this Zendesk.' })
  @MaxLength(RETURN_URL_MAX_CHARS, TOO_LONG)
  @IsString(ONCE)
  return_url: string;

  @ApiProperty({ example: 'omniwear' })
  @Matches(SUBDOMAIN, { message: 'must be a Zendesk subdomain, such as omniwear' })
  @IsString(ONCE)
  subdomain: string;

  @ApiPropertyOptional({ example: 'en-US' })
  @IsOptional()
  @MaxLength(LOCALE_MAX_CHARS, TOO_LONG)
  @IsString(ONCE)
  locale?: string;

  @ApiPropertyOptional({ description: 'Comes with push alone; not kept.' })
  @IsOptional()
  @MaxLength(PUSH_MAX_CHARS, TOO_LONG)
  @IsString(ONCE)
  instance_push_id?: string;

  @ApiPropertyOptional({ description: 'Comes with push alone; not kept.' })
  @IsOptional()
  @MaxLength(PUSH_MAX_CHARS, TOO_LONG)
  @IsString(ONCE)
  zendesk_access_token?: string;
}

/** Every step of the set-up carries it, sealed. */
export class SetupForm {
  @ApiProperty({ description: 'The set-up so far, sealed by this service.' })
  @Length(1, SET_UP_MAX_CHARS, { message: 'must be given' })
  @IsString(ONCE)
  set_up: string;
}

/** The log-in's window is done. */
export class ContinueForm extends SetupForm {
  @ApiPropertyOptional({ description: "The code that the log-in's window shows." })
  @IsOptional()
  @MaxLength(32, TOO_LONG)
  @IsString(ONCE)
  confirmation?: string;
}

/** An admin brings a token. */
export class TokenForm extends SetupForm {
  @ApiProperty({ description: 'A token of Facebook Login.' })
  @MaxLength(TOKEN_MAX_CHARS, TOO_LONG)
  @IsString(ONCE)
  token: string;
}

/** One of the accounts that the log-in gives. */
export class ChoiceForm extends SetupForm {
  @ApiProperty({ description: "The Instagram account's id." })
  @Matches(META_ID, { message: 'must be one of the accounts shown' })
  @IsString(ONCE)
  ig_user_id: string;
}

/** What the admin chose for the account; checked by the service, which shows the page again with what is wrong. */
export class FinishForm extends SetupForm {
  @ApiProperty({ maxLength: ACCOUNT_NAME_MAX_CHARS })
  @MaxLength(ACCOUNT_NAME_MAX_CHARS, TOO_LONG)
  @IsString(ONCE)
  name: string;

  @ApiProperty({ enum: ['media', 'comment'] })
  @Matches(/^(?:media|comment)$/, { message: 'must be media or comment' })
  @IsString(ONCE)
  threads: 'media' | 'comment';

  @ApiPropertyOptional({ description: `0 to ${String(BACKFILL_DAYS_MAX)}` })
  @IsOptional()
  @MaxLength(3, TOO_LONG)
  @IsString(ONCE)
  backfill_days?: string;
}

/** How Facebook's window comes back (Facebook Login, "Manually build a login flow"). */
export class CallbackQuery {
  @ApiProperty()
  @Length(1, 64, { message: 'must be given' })
  @IsString(ONCE)
  state: string;

  @ApiPropertyOptional({ description: 'To be exchanged for a token, once.' })
  @IsOptional()
  @MaxLength(CODE_MAX_CHARS, TOO_LONG)
  @IsString(ONCE)
  code?: string;

  @ApiPropertyOptional({ description: 'Set where the person refused.' })
  @IsOptional()
  @MaxLength(255, TOO_LONG)
  @IsString(ONCE)
  error?: string;

  /** Facebook may send it without `error`, beside an `error_message` that is not used. */
  @ApiPropertyOptional({ description: 'Set where Facebook could not log the person in.' })
  @IsOptional()
  @Matches(/^\d{1,10}$/, { message: 'must be a number' })
  @IsString(ONCE)
  error_code?: string;
}
