import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import type { LikeTarget } from '../common/like-target.js';
import { ExactlyOneOf } from '../common/validation/exactly-one-of.decorator.js';

/** Meta's ids have 17 digits today; 30 leaves room. A string, since JavaScript's numbers would round it. */
const INSTAGRAM_ID = /^\d{1,30}$/;

function InstagramId(description: string, example: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ description, example, type: String, pattern: INSTAGRAM_ID.source }),
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

/** The fields that name a photo or a comment. */
export class TargetFields {
  @InstagramId('A photo, reel or carousel.', '17895695668004550')
  media_id?: string;

  @InstagramId('A comment or a reply.', '17873440459141021')
  comment_id?: string;
}

/** A photo or a comment. */
@ExactlyOneOf('media_id', 'comment_id')
export class Target extends TargetFields {}

/** The target that validated fields name. */
export function targetOf({ media_id, comment_id }: TargetFields): LikeTarget {
  if (media_id !== undefined) return { kind: 'media', id: media_id };
  if (comment_id !== undefined) return { kind: 'comment', id: comment_id };
  throw new TypeError('validated fields name a target');
}

/** The fields that name a target in an answer. */
export function fieldsOf({ kind, id }: LikeTarget): { media_id: string } | { comment_id: string } {
  return kind === 'media' ? { media_id: id } : { comment_id: id };
}
