import { BooleanOrText } from '../../boolean-or-text.decorator.js';
import { RequiredCommentId } from '../../target.dto.js';

/** `client_data` of `POST /comment/hide`: the requested state, never a toggle. */
export class HideClientData {
  @RequiredCommentId()
  comment_id: string;

  @BooleanOrText('Whether to hide the comment.')
  hidden: boolean;
}
