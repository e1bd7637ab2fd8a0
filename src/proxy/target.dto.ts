import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import type { LikeTarget } from '../common/like-target.js';
import { ExactlyOneOf } from '../common/validation/exactly-one-of.decorator.js';

/** Meta's ids have 17 digits today; 30 leaves room. A string, since JavaScript's numbers would round it. */
const INSTAGRAM_ID = /^\d{1,30}$/;

const MEDIA = { description: 'A photo, reel or carousel.', example: '17895695668004550' };
const COMMENT = { description: 'A comment or a reply.', example: '17873440459141021' };

/** The id of something that Instagram calls media; may be left out. */
export function MediaId(): PropertyDecorator {
  return InstagramId(MEDIA);
}

/** The id of a comment; may be left out. */
export function CommentId(): PropertyDecorator {
  return InstagramId(COMMENT);
}

function InstagramId(docs: { description: string; example: string }): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ ...docs, type: String, pattern: INSTAGRAM_ID.source }),
    ValidateBy(
      {
        name: 'instagramId',
        validator: {
          validate: (value) =>
            value === undefined || (typeof value === 'string' && INSTAGRAM_ID.test(value)),
        },
      },
      { message: 'must be a string of 1 to 30 digits' },
    ),
  );
}

/** A photo or a comment. */
export class Target {
  @MediaId()
  @ExactlyOneOf('media_id', 'comment_id')
  media_id?: string;

  @CommentId()
  comment_id?: string;
}

/** What an answer says of its target: the id that was asked with. */
export class AnsweredTarget {
  @ApiPropertyOptional(MEDIA)
  media_id?: string;

  @ApiPropertyOptional(COMMENT)
  comment_id?: string;
}

/** The target that validated fields name. */
export function targetOf({ media_id, comment_id }: Target): LikeTarget {
  if (media_id !== undefined) return { kind: 'media', id: media_id };
  if (comment_id !== undefined) return { kind: 'comment', id: comment_id };
  throw new TypeError('validated fields name a target');
}

/** The fields that name a target in an answer. */
export function fieldsOf({ kind, id }: LikeTarget): { media_id: string } | { comment_id: string } {
  return kind === 'media' ? { media_id: id } : { comment_id: id };
}
