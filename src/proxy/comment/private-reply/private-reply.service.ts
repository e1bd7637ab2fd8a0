import { Injectable } from '@nestjs/common';
import { InstagramClient } from '../../../instagram/instagram-client.js';
import type { ProxyCall } from '../../proxy-call.js';
import { CommentActions } from '../comment-actions.js';
import type { PrivateReplyAnswer } from './private-reply-answer.dto.js';
import type { PrivateReplyClientData } from './private-reply-client-data.dto.js';

/** Sends private messages to the authors of comments under the account's posts. */
@Injectable()
export class PrivateReplyService {
  constructor(
    private readonly instagram: InstagramClient,
    private readonly actions: CommentActions,
  ) {}

  /**
   * @throws {ServiceError} any code of `CommentActions.readFor` and
   *   `InstagramSession.sendPrivateReply`.
   */
  async send(call: ProxyCall<PrivateReplyClientData>): Promise<PrivateReplyAnswer> {
    const { account, data, deadline, note } = call;
    const { comment_id: commentId, message } = data;
    note({ target: `comment/${commentId}` });
    await this.actions.readFor('private_reply', call);
    const messageId = await this.instagram
      .as(account, deadline)
      .sendPrivateReply(commentId, message);
    note({ outcome: 'ok' });
    return { ok: true, comment_id: commentId, message_id: messageId };
  }
}
