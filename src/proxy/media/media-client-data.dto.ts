import { ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { ExactlyOneOf } from '../../common/validation/exactly-one-of.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { CommentId, MediaId, TicketId } from '../target.dto.js';

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
    maxLength: 1000,
  })
  @Optional()
  @Matches(/^[\x21-\x7e]{1,1000}$/, { message: 'must be what an earlier answer gave' })
  after?: string;
}
