import { Injectable } from '@nestjs/common';
import { ServiceError } from '../../../common/errors/service-error.js';
import { toIdentity, isWrittenBy } from '../../../instagram/authorship.js';
import type { Comment } from '../../../instagram/graph-objects.js';
import { InstagramClient } from '../../../instagram/instagram-client.js';
import type { ProxyCall } from '../../proxy-call.js';
import { CommentActions } from '../comment-actions.js';
import type { HideAnswer } from './hide-answer.dto.js';
import type { HideClientData } from './hide-client-data.dto.js';

/** Hides comments under the account's posts, and shows them again. */
@Injectable()
export class HideService {
  constructor(
    private readonly instagram: InstagramClient,
    private readonly actions: CommentActions,
  ) {}

  /**
   * @throws {ServiceError} `target_unavailable` for the account's own comment, or any of
   *   `CommentActions.readFor` and `InstagramSession.setHidden`.
   */
  async set(call: ProxyCall<HideClientData>): Promise<HideAnswer> {
    const { account, data, deadline, note } = call;
    const { comment_id: commentId, hidden } = data;
    note({ target: `comment/${commentId}`, hidden });
    const comment = await this.actions.readFor('hide', call);
    if (hidden) await this.assertWrittenByOthers(comment, call);
    await this.instagram.as(account, deadline).setHidden(commentId, hidden);
    note({ outcome: 'ok' });
    return { ok: true, comment_id: commentId, hidden };
  }

  /** Instagram reports success for an account's own comment, but does not hide it. */
  private async assertWrittenByOthers(
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
