import { ServiceError } from '../../../common/errors/service-error.js';
import { toIdentity, isWrittenBy } from '../../../instagram/authorship.js';
import type { Comment } from '../../../instagram/graph-objects.js';
import { InstagramClient } from '../../../instagram/instagram-client.js';
import { ProxyCall } from '../../proxy-call.js';
import { ProxyController, ProxyRoute } from '../../proxy-route.decorator.js';
import { CommentActions } from '../comment-actions.js';
import { HideAnswer } from './hide-answer.dto.js';
import { HideClientData } from './hide-client-data.dto.js';

@ProxyController('comment/hide')
export class HideController {
  constructor(
    private readonly instagram: InstagramClient,
    private readonly actions: CommentActions,
  ) {}

  @ProxyRoute({
    summary: "Hide a comment on the account's post, or show it again",
    description:
      "Sets the state, so repeating it is safe. A hidden comment is still seen by its author. The account's own comments cannot be hidden. Needs `instagram_manage_comments`.",
    clientData: HideClientData,
    clientDataExamples: {
      hide: { comment_id: '17873440459141021', hidden: 'true' },
      'show again': { comment_id: '17873440459141021', hidden: 'false' },
    },
    answers: [HideAnswer],
    answerExamples: { hidden: { ok: true, comment_id: '17873440459141021', hidden: true } },
  })
  async hide(@ProxyCall(HideClientData) call: ProxyCall<HideClientData>): Promise<HideAnswer> {
    const { account, data, deadline, note } = call;
    const { comment_id: commentId, hidden } = data;
    note({ target: `comment/${commentId}`, hidden });
    this.actions.assertAllowed('hide');
    this.instagram.assertCan('comment', account);
    const comment = await this.actions.readOwn(account, commentId, deadline);
    if (hidden) await this.assertOfOthers(comment, call);
    await this.instagram.as(account, deadline).setHidden(commentId, hidden);
    note({ outcome: 'ok' });
    return { ok: true, comment_id: commentId, hidden };
  }

  /** Instagram reports success where it leaves an account's own comment as it is. */
  private async assertOfOthers(
    comment: Comment,
    { account, deadline }: ProxyCall<HideClientData>,
  ): Promise<void> {
    const reported = await this.instagram.as(account, deadline).knownAccount();
    if (!isWrittenBy(comment, toIdentity(account, reported))) return;
    throw new ServiceError(
      'target_unavailable',
      "Instagram does not hide an account's own comments.",
      { fix: 'Delete it instead.' },
    );
  }
}
