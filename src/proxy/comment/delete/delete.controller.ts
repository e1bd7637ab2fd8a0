import { InstagramClient } from '../../../instagram/instagram-client.js';
import { ProxyCall } from '../../proxy-call.js';
import { ProxyController, ProxyRoute } from '../../proxy-route.decorator.js';
import { CommentActions } from '../comment-actions.js';
import { DeleteAnswer } from './delete-answer.dto.js';
import { DeleteClientData } from './delete-client-data.dto.js';

@ProxyController('comment/delete')
export class DeleteController {
  constructor(
    private readonly instagram: InstagramClient,
    private readonly actions: CommentActions,
  ) {}

  @ProxyRoute({
    summary: "Delete a comment on the account's post, with its replies",
    description:
      'It cannot be taken back. A repeat is answered with `target_unavailable`, since Instagram does not tell what was deleted from what never was. Needs `instagram_manage_comments`.',
    clientData: DeleteClientData,
    clientDataExamples: { 'one comment': { comment_id: '17873440459141021' } },
    answers: [DeleteAnswer],
    answerExamples: { deleted: { ok: true, comment_id: '17873440459141021', deleted: true } },
  })
  async delete(
    @ProxyCall(DeleteClientData) call: ProxyCall<DeleteClientData>,
  ): Promise<DeleteAnswer> {
    const { account, data, deadline, note } = call;
    const { comment_id: commentId } = data;
    note({ target: `comment/${commentId}` });
    this.actions.assertAllowed('delete');
    this.instagram.assertCan('comment', account);
    await this.actions.readOwn(account, commentId, deadline);
    await this.instagram.as(account, deadline).deleteComment(commentId);
    note({ outcome: 'ok' });
    return { ok: true, comment_id: commentId, deleted: true };
  }
}
