import { InstagramClient } from '../../../instagram/instagram-client.js';
import { ProxyCall } from '../../proxy-call.js';
import { ProxyController, ProxyRoute } from '../../proxy-route.decorator.js';
import { CommentActions } from '../comment-actions.js';
import { PrivateReplyAnswer } from './private-reply-answer.dto.js';
import { PrivateReplyClientData } from './private-reply-client-data.dto.js';

@ProxyController('comment/private-reply')
export class PrivateReplyController {
  constructor(
    private readonly instagram: InstagramClient,
    private readonly actions: CommentActions,
  ) {}

  @ProxyRoute({
    summary: 'Send the author of a comment a private message',
    description:
      "Instagram takes one for each comment, within seven days of it; so a repeat never sends a second one. Needs `instagram_manage_comments` and the account's Facebook Page.",
    clientData: PrivateReplyClientData,
    clientDataExamples: {
      'a message': {
        comment_id: '17873440459141021',
        message: 'Thank you! Please send us your order number here.',
      },
    },
    answers: [PrivateReplyAnswer],
    answerExamples: {
      sent: { ok: true, comment_id: '17873440459141021', message_id: 'aWdfZAG1faXRlbToxOk1' },
    },
  })
  async send(
    @ProxyCall(PrivateReplyClientData) call: ProxyCall<PrivateReplyClientData>,
  ): Promise<PrivateReplyAnswer> {
    const { account, data, deadline, note } = call;
    const { comment_id: commentId, message } = data;
    note({ target: `comment/${commentId}` });
    this.actions.assertAllowed('private_reply');
    this.instagram.assertCan('message', account);
    await this.actions.readOwn(account, commentId, deadline);
    const messageId = await this.instagram
      .as(account, deadline)
      .sendPrivateReply(commentId, message);
    note({ outcome: 'ok' });
    return { ok: true, comment_id: commentId, message_id: messageId };
  }
}
