import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ERROR_CODES, type ErrorCode } from '../../domain/error-codes.js';
import { ActingAccount } from '../acting-account.dto.js';
import { KnownLike } from '../known-like.dto.js';

const NULLABLE = '`null` if Instagram does not report it.';

/** A post, for the agent. */
export class MediaBody extends KnownLike {
  @ApiProperty({ example: '17895695668004550' })
  media_id: string;

  @ApiProperty({ example: 'IMAGE', description: '`IMAGE`, `VIDEO` or `CAROUSEL_ALBUM`.' })
  media_type: string;

  @ApiProperty({ description: 'The text as written; it is not HTML.' })
  caption: string;

  @ApiProperty({ type: String, nullable: true, format: 'uri', description: NULLABLE })
  permalink: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uri',
    description: `A still picture, whose address expires within days. ${NULLABLE}`,
  })
  thumbnail: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', description: NULLABLE })
  posted_at: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: NULLABLE })
  like_count: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: `Includes replies. ${NULLABLE}` })
  comments_count: number | null;

  @ApiProperty({ description: 'Whether people may comment on it.' })
  comments_enabled: boolean;
}

/** A comment or reply, for the agent. */
export class CommentBody extends KnownLike {
  @ApiProperty({ example: '17873440459141021' })
  comment_id: string;

  @ApiProperty({ type: String, nullable: true, description: 'The comment to which it replies.' })
  parent_id: string | null;

  @ApiProperty({ type: String, nullable: true, description: NULLABLE })
  username: string | null;

  @ApiProperty({ description: 'Whether the connected account wrote it.' })
  is_own: boolean;

  @ApiProperty({ description: 'The text as written; it is not HTML.' })
  text: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', description: NULLABLE })
  created_at: string | null;

  @ApiProperty()
  hidden: boolean;

  @ApiProperty({ type: 'integer', nullable: true, description: NULLABLE })
  like_count: number | null;
}

/** Why Instagram refuses to list the comments of a post that it shows. */
export class CommentsError {
  @ApiProperty({ enum: ERROR_CODES, description: 'One of the error codes.' })
  code: ErrorCode;

  @ApiProperty({ description: 'For the agent to read.' })
  message: string;
}

/** The answer of `POST /media`. */
export class MediaAnswer {
  @ApiProperty({ enum: [true] })
  ok: true;

  @ApiProperty({ description: 'The account whose like a click sets, with its abilities.' })
  account: ActingAccount;

  @ApiProperty()
  media: MediaBody;

  @ApiProperty({
    type: [CommentBody],
    description:
      'For a post, its newest comments, each followed by its newest replies. For a comment, the ' +
      'top-level comment of its thread, followed by the newest replies.',
  })
  comments: CommentBody[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The value to send as `after` to get older comments; `null` if there are none.',
  })
  after: string | null;

  @ApiPropertyOptional({
    type: CommentsError,
    description:
      'Present if Instagram refuses to list the comments; the post is returned without them.',
  })
  comments_error?: CommentsError;
}
