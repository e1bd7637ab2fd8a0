import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { META_ID, SUBDOMAIN } from '../domain/formats.js';
import { IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';
import { BACKFILL_DAYS_MAX } from '../credentials/account.dto.js';
import { ACCOUNT_NAME_MAX_CHARS, METADATA_MAX_CHARS, STATE_MAX_CHARS } from '../zendesk/limits.js';
import { RETURN_URL_MAX_CHARS } from './return-url.js';

const SINGLE = { message: 'must be a single string' };
const TOO_LONG = { message: 'is too long' };

/** A language tag has at most 35 characters (RFC 5646, section 4.4.1). */
const LOCALE_MAX_CHARS = 35;
/** A UUID has 36 characters, and the token in Zendesk's samples has 64. */
const PUSH_MAX_CHARS = 255;
/**
 * A sealed setup: 5,000 characters each of state and metadata, of up to 3 bytes, in base64, and an
 * account.
 */
const SETUP_MAX_CHARS = 65_536;
/** A sealed setup, or `state`, `metadata`, `name` and `return_url` at their bounds in a form. */
export const ADMIN_BODY_MAX_BYTES = 131_072;
/** Meta sets no limit; tokens seen so far have up to 300 characters. */
export const TOKEN_MAX_CHARS = 3000;
/** Meta sets no limit; codes seen so far have up to 500 characters. */
const CODE_MAX_CHARS = 3000;

/** The form with which Zendesk opens the first page (Zendesk, "Administrative interface"). */
export class AdminUiForm {
  @ApiPropertyOptional({ description: "The account's name in Zendesk; empty for a new one." })
  @IsOptional()
  @MaxLength(ACCOUNT_NAME_MAX_CHARS, TOO_LONG)
  @IsString(SINGLE)
  name?: string;

  @ApiPropertyOptional({ description: 'The sealed account; empty for a new one.' })
  @IsOptional()
  @MaxLength(METADATA_MAX_CHARS, TOO_LONG)
  @IsString(SINGLE)
  metadata?: string;

  @ApiPropertyOptional({ description: 'Returned to Zendesk unchanged.' })
  @IsOptional()
  @MaxLength(STATE_MAX_CHARS, TOO_LONG)
  @IsString(SINGLE)
  state?: string;

  @ApiProperty({ description: 'The address that receives the account: https, at this Zendesk.' })
  @MaxLength(RETURN_URL_MAX_CHARS, TOO_LONG)
  @IsString(SINGLE)
  return_url: string;

  @ApiProperty({ example: 'omniwear' })
  @Matches(SUBDOMAIN, { message: 'must be a Zendesk subdomain, such as omniwear' })
  @IsString(SINGLE)
  subdomain: string;

  @ApiPropertyOptional({ example: 'en-US' })
  @IsOptional()
  @MaxLength(LOCALE_MAX_CHARS, TOO_LONG)
  @IsString(SINGLE)
  locale?: string;

  @ApiPropertyOptional({ description: 'Sent for push only; not stored.' })
  @IsOptional()
  @MaxLength(PUSH_MAX_CHARS, TOO_LONG)
  @IsString(SINGLE)
  instance_push_id?: string;

  @ApiPropertyOptional({ description: 'Sent for push only; not stored.' })
  @IsOptional()
  @MaxLength(PUSH_MAX_CHARS, TOO_LONG)
  @IsString(SINGLE)
  zendesk_access_token?: string;
}

/** The sealed setup, which every step after the first needs. */
export class SetupForm {
  @ApiProperty({ description: 'The setup so far, sealed by this service.' })
  @Length(1, SETUP_MAX_CHARS, { message: 'must be given' })
  @IsString(SINGLE)
  set_up: string;
}

/** The login window has finished. */
export class ContinueForm extends SetupForm {
  @ApiPropertyOptional({ description: 'The code of the login window.' })
  @IsOptional()
  @MaxLength(32, TOO_LONG)
  @IsString(SINGLE)
  confirmation?: string;
}

/** A pasted token. */
export class TokenForm extends SetupForm {
  @ApiProperty({ description: 'A token of Facebook Login.' })
  @MaxLength(TOKEN_MAX_CHARS, TOO_LONG)
  @IsString(SINGLE)
  token: string;
}

/** One of the login's accounts. */
export class ChoiceForm extends SetupForm {
  @ApiProperty({ description: "The Instagram account's id." })
  @Matches(META_ID, { message: 'must be one of the accounts shown' })
  @IsString(SINGLE)
  ig_user_id: string;
}

/** The settings of the account. Invalid ones are shown again with their problems. */
export class FinishForm extends SetupForm {
  @ApiProperty({ maxLength: ACCOUNT_NAME_MAX_CHARS })
  @MaxLength(ACCOUNT_NAME_MAX_CHARS, TOO_LONG)
  @IsString(SINGLE)
  name: string;

  @ApiProperty({ enum: ['media', 'comment'] })
  @Matches(/^(?:media|comment)$/, { message: 'must be media or comment' })
  @IsString(SINGLE)
  threads: 'media' | 'comment';

  @ApiPropertyOptional({ description: `0 to ${String(BACKFILL_DAYS_MAX)}` })
  @IsOptional()
  @MaxLength(3, TOO_LONG)
  @IsString(SINGLE)
  backfill_days?: string;
}

/** Facebook's redirect (Facebook Login, "Manually build a login flow"). */
export class CallbackQuery {
  @ApiProperty()
  @Length(1, 64, { message: 'must be given' })
  @IsString(SINGLE)
  state: string;

  @ApiPropertyOptional({ description: 'Exchanged for a token, once.' })
  @IsOptional()
  @MaxLength(CODE_MAX_CHARS, TOO_LONG)
  @IsString(SINGLE)
  code?: string;

  @ApiPropertyOptional({ description: 'Set if the person refused.' })
  @IsOptional()
  @MaxLength(255, TOO_LONG)
  @IsString(SINGLE)
  error?: string;

  /** Facebook may send it without `error`, with an `error_message` that is ignored. */
  @ApiPropertyOptional({ description: 'Set if Facebook could not log the person in.' })
  @IsOptional()
  @Matches(/^\d{1,10}$/, { message: 'must be a number' })
  @IsString(SINGLE)
  error_code?: string;
}
