import { Injectable } from '@nestjs/common';
import { InstagramClient } from '../../../instagram/instagram-client.js';
import type { ProxyCall } from '../../proxy-call.js';
import { CommentActions } from '../comment-actions.js';
import type { DeleteAnswer } from './delete-answer.dto.js';
import type { DeleteClientData } from './delete-client-data.dto.js';

/** Deletes comments under the account's posts. */
@Injectable()
export class DeleteService {
  constructor(
    private readonly instagram: InstagramClient,
    private readonly actions: CommentActions,
  ) {}

  /**
   * @throws {ServiceError} any of `CommentActions.readFor` and `InstagramSession.deleteComment`.
   */
  async delete(call: ProxyCall<DeleteClientData>): Promise<DeleteAnswer> {
    const { account, data, deadline, note } = call;
    const { comment_id: commentId } = data;
    note({ target: `comment/${commentId}` });
    await this.actions.readFor('delete', call);
    await this.instagram.as(account, deadline).deleteComment(commentId);
    note({ outcome: 'ok' });
    return { ok: true, comment_id: commentId, deleted: true };
  }
}
