import { ProxyCall } from '../../proxy-call.js';
import { ProxyController, ProxyRoute } from '../../proxy-route.decorator.js';
import { PrivateReplyAnswer } from './private-reply-answer.dto.js';
import { PrivateReplyClientData } from './private-reply-client-data.dto.js';
import { PRIVATE_REPLY_EXAMPLES } from './private-reply.examples.js';
import { PrivateReplyService } from './private-reply.service.js';

@ProxyController('comment/private-reply')
export class PrivateReplyController {
  constructor(private readonly replies: PrivateReplyService) {}

  @ProxyRoute({
    summary: 'Send the author of a comment a private message',
    description:
      'Instagram accepts one for each comment, within seven days, so a repeat never sends a ' +
      "second one. Needs `instagram_manage_comments` and the account's Facebook Page.",
    clientData: PrivateReplyClientData,
    answers: [PrivateReplyAnswer],
    examples: PRIVATE_REPLY_EXAMPLES,
  })
  send(
    @ProxyCall(PrivateReplyClientData) call: ProxyCall<PrivateReplyClientData>,
  ): Promise<PrivateReplyAnswer> {
    return this.replies.send(call);
  }
}
