import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ERROR_CODES, type ErrorCode } from '../../domain/error-codes.js';
import { ActingAccount } from '../acting-account.dto.js';
import { KnownLike } from '../known-like.dto.js';

const NOT_TOLD = '`null` where Instagram does not tell.';

/** A post as the agent sees it. */
export class MediaBody extends KnownLike {
  @ApiProperty({ example: '17895695668004550' })
  media_id: string;

  @ApiProperty({ example: 'IMAGE', description: '`IMAGE`, `VIDEO` or `CAROUSEL_ALBUM`.' })
  media_type: string;

  @ApiProperty({ description: 'As it was written: text, never HTML.' })
  caption: string;

  @ApiProperty({ type: String, nullable: true, format: 'uri', description: NOT_TOLD })
  permalink: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uri',
    description: `A still picture; its address ends within days. ${NOT_TOLD}`,
  })
  thumbnail: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', description: NOT_TOLD })
  posted_at: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: NOT_TOLD })
  like_count: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: `With replies. ${NOT_TOLD}` })
  comments_count: number | null;

  @ApiProperty({ description: 'Whether people may comment on it.' })
  comments_enabled: boolean;
}

/** A comment or reply as the agent sees it. */
export class CommentBody extends KnownLike {
  @ApiProperty({ example: '17873440459141021' })
  comment_id: string;

  @ApiProperty({ type: String, nullable: true, description: 'The comment that it answers.' })
  parent_id: string | null;

  @ApiProperty({ type: String, nullable: true, description: NOT_TOLD })
  username: string | null;

  @ApiProperty({ description: 'Whether the connected account wrote it.' })
  is_own: boolean;

  @ApiProperty({ description: 'As it was written: text, never HTML.' })
  text: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', description: NOT_TOLD })
  created_at: string | null;

  @ApiProperty()
  hidden: boolean;

  @ApiProperty({ type: 'integer', nullable: true, description: NOT_TOLD })
  like_count: number | null;
}

/** Why Instagram gives no comments of a post that it shows. */
export class CommentsError {
  @ApiProperty({ enum: ERROR_CODES, description: 'One of the list of error codes.' })
  code: ErrorCode;

  @ApiProperty({ description: 'For the agent to read.' })
  message: string;
}

/** The answer of `POST /media`. */
export class MediaAnswer {
  @ApiProperty({ enum: [true] })
  ok: true;

  @ApiProperty({ description: 'Who likes at a click, and what it may do.' })
  account: ActingAccount;

  @ApiProperty()
  media: MediaBody;

  @ApiProperty({
    type: [CommentBody],
    description:
      'Of a post: its newest comments, each followed by its newest replies. Of a comment: the comment that stands right under the post, then its newest replies.',
  })
  comments: CommentBody[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Where older comments follow, what to send as `after` to get them.',
  })
  after: string | null;

  @ApiPropertyOptional({
    type: CommentsError,
    description:
      'Set where Instagram refuses to list the comments; the post is shown without them.',
  })
  comments_error?: CommentsError;
}
