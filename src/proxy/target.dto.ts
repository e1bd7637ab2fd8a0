import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Matches, ValidateBy } from 'class-validator';
import { isMetaId, META_ID, NOT_A_META_ID } from '../domain/formats.js';
import type { JsonObject } from '../common/json-object.js';
import type { Target } from '../domain/target.js';
import { ExactlyOneOf } from '../common/validation/exactly-one-of.decorator.js';

const TICKET_ID = /^[1-9]\d{0,14}$/;

const MEDIA = { description: 'A photo, reel or carousel.', example: '17895695668004550' };
const COMMENT = { description: 'A comment or a reply.', example: '17873440459141021' };

/** The id of a post, which Instagram calls media. Optional. */
export function MediaId(): PropertyDecorator {
  return InstagramId(MEDIA);
}

/** The id of a comment. Optional. */
export function CommentId(): PropertyDecorator {
  return InstagramId(COMMENT);
}

/** The id of a comment. Required. */
export function RequiredCommentId(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ ...COMMENT, type: String, pattern: META_ID.source }),
    Matches(META_ID, { message: NOT_A_META_ID }),
  );
}

function InstagramId(docs: { description: string; example: string }): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ ...docs, type: String, pattern: META_ID.source }),
    ValidateBy(
      {
        name: 'instagramId',
        validator: {
          validate: (value) => value === undefined || isMetaId(value),
        },
      },
      { message: NOT_A_META_ID },
    ),
  );
}

/**
 * The number of a ticket, which means the post or comment that became the ticket. Optional. It is a
 * number or a string of digits, because Zendesk's app framework returns either.
 */
export function TicketId(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      description:
        'A ticket: means the post or comment that became the ticket. Known once Zendesk has ' +
        'reported it.',
      oneOf: [{ type: 'integer' }, { type: 'string', pattern: TICKET_ID.source }],
      example: 62,
    }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && TICKET_ID.test(value) ? Number(value) : value,
    ),
    ValidateBy(
      {
        name: 'ticketId',
        validator: {
          validate: (value) =>
            value === undefined || (Number.isSafeInteger(value) && (value as number) > 0),
        },
      },
      { message: 'must be a whole number from 1, or a string of its digits' },
    ),
  );
}

/** A post or comment, named by its id or by its ticket. */
@ApiSchema({ name: 'Target' })
export class TargetFields {
  @MediaId()
  @ExactlyOneOf('media_id', 'comment_id', 'ticket_id')
  media_id?: string;

  @CommentId()
  comment_id?: string;

  @TicketId()
  ticket_id?: number;
}

/**
 * An instance for plain data: the id of a post or comment, and nothing but the `others`. Undefined
 * for all other data.
 */
export function acceptTarget<T extends TargetFields>(
  type: new () => T,
  json: JsonObject,
  others: Partial<T> = {},
): T | undefined {
  if (Object.keys(json).length !== 1 + Object.keys(others).length) return undefined;
  const { media_id: mediaId, comment_id: commentId } = json;
  if (isMetaId(mediaId)) return Object.assign(new type(), { media_id: mediaId }, others);
  if (isMetaId(commentId)) return Object.assign(new type(), { comment_id: commentId }, others);
  return undefined;
}

/** The fields that name the target in an answer. */
export class AnsweredTarget {
  @ApiPropertyOptional(MEDIA)
  media_id?: string;

  @ApiPropertyOptional(COMMENT)
  comment_id?: string;
}

export function toTargetFields({
  kind,
  id,
}: Target): { media_id: string } | { comment_id: string } {
  return kind === 'media' ? { media_id: id } : { comment_id: id };
}
