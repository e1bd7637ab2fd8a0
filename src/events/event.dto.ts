import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  NotContains,
  ValidateBy,
} from 'class-validator';
import type { ShapeLimits } from '../common/json-shape.js';
import { Nested } from '../common/validation/nested.decorator.js';

/** From Zendesk, "Event callbacks", and its published schemas. */
const EVENT_TYPES = [
  'create_integration',
  'destroy_integration',
  'create_integration_instance',
  'destroy_integration_instance',
  'activate_integration_instance',
  'deactivate_integration_instance',
  'destroy_user_identity',
  'pull_request',
  'channelback',
  'resources_created_from_external_ids',
] as const;
type EventType = (typeof EVENT_TYPES)[number];

/** Twice the number of resources in a pull. */
const RESOURCE_EVENTS_MAX = 500;
/** More events than Zendesk can have for one call. */
const EVENTS_MAX = 100;
/** Room for 500 resources of up to ten values, in a list in an event's `data`. */
export const EVENT_SHAPE: ShapeLimits = { depth: 5, width: RESOURCE_EVENTS_MAX, values: 5000 };
const TEXT_MAX_CHARS = 5000;
/** A label of a host name (RFC 1035, section 2.3.4). */
const SUBDOMAIN_MAX_CHARS = 63;

function isMoment(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-/.test(value) && !Number.isNaN(Date.parse(value));
}

function IsText(): PropertyDecorator {
  return (target, key) => {
    MaxLength(TEXT_MAX_CHARS, { message: 'is too long' })(target, key);
    // PostgreSQL cannot store a NUL in a text.
    NotContains('\0', { message: 'must not contain a NUL' })(target, key);
    IsString({ message: 'must be a string' })(target, key);
  };
}

/** JavaScript's safe integers have at most 16 digits. */
const DIGITS = /^[1-9]\d{0,15}$/;

/**
 * Validates a ticket number. Zendesk's schema has numbers, but public services also receive strings
 * of digits and empty strings.
 */
function TicketNumber(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => {
      if (value === '') return undefined;
      return typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;
    }),
    IsOptional(),
    ValidateBy(
      {
        name: 'ticketNumber',
        validator: { validate: (value) => Number.isSafeInteger(value) && (value as number) > 0 },
      },
      { message: 'must be a whole number from 1, or a string of its digits' },
    ),
  );
}

export class ChannelEvent {
  @ApiProperty({ enum: EVENT_TYPES })
  @IsIn(EVENT_TYPES, { message: 'is not a known event' })
  type_id: EventType;

  @ApiProperty({ format: 'date-time' })
  @ValidateBy(
    { name: 'moment', validator: { validate: isMoment } },
    { message: 'must be an ISO 8601 time' },
  )
  timestamp: string;

  @ApiProperty()
  @MaxLength(SUBDOMAIN_MAX_CHARS, { message: 'is too long' })
  @IsText()
  subdomain: string;

  @ApiProperty()
  @IsText()
  integration_name: string;

  @ApiProperty({ description: "The manifest's id." })
  @IsText()
  integration_id: string;

  @ApiProperty({ type: Object })
  @IsObject({ message: 'must be an object' })
  data: object;

  @ApiPropertyOptional()
  @IsOptional()
  @IsText()
  error?: string;
}

/** The body of `POST /event_callback`. */
export class EventCallback {
  @ApiProperty({ type: [ChannelEvent] })
  @ArrayMaxSize(EVENTS_MAX, { message: `must have at most ${String(EVENTS_MAX)} events` })
  @IsArray({ message: 'must be a list' })
  events: unknown[];
}

/** `data` of the events about an account. */
export class InstanceData {
  @IsText()
  metadata: string;
}

class Author {
  @IsText()
  external_id: string;
}

/** `data` of `destroy_user_identity`. */
export class UserIdentityData {
  @Nested(() => Author)
  author: Author;

  @IsOptional()
  @IsText()
  metadata?: string;
}

/** A resource that Zendesk turned into a ticket comment, now or before. */
export class ResourceEvent {
  @IsOptional()
  @IsText()
  type_id?: string;

  @IsText()
  external_id: string;

  @TicketNumber()
  ticket_id?: number | null;

  @TicketNumber()
  follow_up_ticket_id?: number | null;
}

/**
 * `data` of `resources_created_from_external_ids`. Each entry is read separately as a
 * `ResourceEvent`, so a bad entry does not affect the others.
 */
export class ResourcesCreatedData {
  @ArrayMaxSize(RESOURCE_EVENTS_MAX, { message: 'has too many entries' })
  @IsArray({ message: 'must be a list' })
  resource_events: unknown[];
}

/** `data` of `pull_request`, with entries as in `ResourcesCreatedData`. */
export class PullRequestData {
  @IsOptional()
  @ArrayMaxSize(RESOURCE_EVENTS_MAX, { message: 'has too many entries' })
  @IsArray({ message: 'must be a list' })
  duplicate_external_ids?: unknown[] | null;
}
