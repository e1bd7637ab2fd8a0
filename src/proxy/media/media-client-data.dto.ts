import { ApiPropertyOptional } from '@nestjs/swagger';
import { VISIBLE_ASCII } from '../../domain/formats.js';
import { Matches, MaxLength } from 'class-validator';
import { ExactlyOneOf } from '../../common/validation/exactly-one-of.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { CURSOR_MAX_CHARS } from '../../instagram/graph-objects.js';
import { BOOKMARK_EXTRA_CHARS } from '../../instagram/page-walk.js';
import { CommentId, MediaId, TicketId } from '../target.dto.js';

const AFTER_MAX_CHARS = CURSOR_MAX_CHARS + BOOKMARK_EXTRA_CHARS;

/** `client_data` of `POST /media`. */
export class MediaClientData {
  @MediaId()
  @ExactlyOneOf('media_id', 'comment_id', 'ticket_id')
  media_id?: string;

  @CommentId()
  comment_id?: string;

  @TicketId()
  ticket_id?: number;

  @ApiPropertyOptional({
    description: '`after` of the answer before, for the comments that follow.',
    type: String,
    maxLength: AFTER_MAX_CHARS,
  })
  @Optional()
  @MaxLength(AFTER_MAX_CHARS, { message: 'must be what an earlier answer gave' })
  @Matches(VISIBLE_ASCII, { message: 'must be what an earlier answer gave' })
  after?: string;
}
