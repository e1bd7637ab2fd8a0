import { Inject } from '@nestjs/common';
import { ServiceError } from '../../../common/errors/service-error.js';
import { identityOf, isWrittenBy } from '../../../instagram/authorship.js';
import { InstagramClient } from '../../../instagram/instagram-client.js';
import { ProxyCall } from '../../proxy-call.js';
import { ProxyController, ProxyRoute } from '../../proxy-route.decorator.js';
import { HideAnswer } from './hide-answer.dto.js';
import { HideClientData } from './hide-client-data.dto.js';

@ProxyController('comment/hide')
export class HideController {
  constructor(@Inject(InstagramClient) private readonly instagram: InstagramClient) {}

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
    this.instagram.assertCanComment(account);
    // Asked first, since Instagram answers with success where it leaves an own comment as it is.
    const comment = await this.instagram.readComment(account, commentId, deadline);
    const reported = await this.instagram.knownAccount(account, deadline);
    if (hidden && isWrittenBy(comment, identityOf(account, reported))) {
      throw new ServiceError(
        'target_unavailable',
        "Instagram does not hide an account's own comments.",
        { fix: 'Delete it instead.' },
      );
    }
    await this.instagram.setHidden(account, commentId, hidden, deadline);
    note({ outcome: 'ok' });
    return { ok: true, comment_id: commentId, hidden };
  }
}
