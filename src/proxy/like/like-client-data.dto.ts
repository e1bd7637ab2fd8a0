import { ExactlyOneOf } from '../../common/validation/exactly-one-of.decorator.js';
import { BooleanOrText } from '../boolean-or-text.decorator.js';
import { CommentId, MediaId, TicketId } from '../target.dto.js';

/** `client_data` of `POST /like`: the state that is wished for, never a toggle. */
export class LikeClientData {
  @MediaId()
  @ExactlyOneOf('media_id', 'comment_id', 'ticket_id')
  media_id?: string;

  @CommentId()
  comment_id?: string;

  @TicketId()
  ticket_id?: number;

  @BooleanOrText('Whether the account shall like it.')
  liked: boolean;
}
