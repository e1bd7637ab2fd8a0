import { RequiredCommentId } from '../../target.dto.js';

/** `client_data` of `POST /comment/delete`. */
export class DeleteClientData {
  @RequiredCommentId()
  comment_id: string;
}
