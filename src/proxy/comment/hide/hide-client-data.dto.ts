import { BooleanOrText } from '../../boolean-or-text.decorator.js';
import { RequiredCommentId } from '../../target.dto.js';

/** `client_data` of `POST /comment/hide`: the state that is wished for, never a toggle. */
export class HideClientData {
  @RequiredCommentId()
  comment_id: string;

  @BooleanOrText('Whether the comment shall be hidden.')
  hidden: boolean;
}
