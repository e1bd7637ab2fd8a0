import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Deadline } from '../../common/deadline.js';
import { ServiceError } from '../../common/errors/service-error.js';
import { type CommentAction, Configuration } from '../../config/index.js';
import type { Account } from '../../domain/account.js';
import { type Capability, MISSING_SETTING, type Refusal } from '../../domain/capabilities.js';
import type { PlacedComment } from '../../instagram/graph-objects.js';
import { InstagramClient } from '../../instagram/instagram-client.js';
import { PageWalk } from '../../instagram/page-walk.js';
import { Permalinks } from '../../ledger/tickets/permalinks.js';
import type { ProxyCall } from '../proxy-call.js';

/**
 * Pages of the account's newest posts that are searched for a post that no pull has seen yet: 500
 * posts, at about a second a page.
 */
export const OWN_POSTS_PAGES_MAX = 10;
/**
 * Posts remembered as the account's own, at about 100 bytes each: 1 MB. A post never changes its
 * owner, so entries need no expiry.
 */
const OWN_POSTS_MAX = 10_000;

const CAPABILITIES: Readonly<Record<CommentAction, Capability>> = {
  hide: 'comment',
  delete: 'comment',
  private_reply: 'message',
};

/** Decides which comments agents may hide, delete or answer privately. */
@Injectable()
export class CommentActions {
  private readonly ownPosts = new LRUCache<string, true>({ max: OWN_POSTS_MAX });

  constructor(
    private readonly instagram: InstagramClient,
    private readonly permalinks: Permalinks,
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'allowedActions'>,
  ) {}

  /** The refusal of an action that `ALLOWED_ACTIONS` does not list. */
  findRefusal(action: CommentAction): Refusal | undefined {
    if (this.configuration.allowedActions.has(action)) return undefined;
    return {
      code: 'permission_missing',
      message: `This service is set up without the action ${action}.`,
      fix: `Ask an administrator of the service to add ${action} to ALLOWED_ACTIONS.`,
      missing: MISSING_SETTING,
    };
  }

  /**
   * Reads the comment of a call, after all checks that the action needs.
   *
   * @throws {ServiceError} `permission_missing` if `ALLOWED_ACTIONS` does not list the action, and
   *   any code of `InstagramClient.assertCan` and `readOwn`.
   */
  async readFor(
    action: CommentAction,
    { account, data, deadline }: ProxyCall<{ comment_id: string }>,
  ): Promise<PlacedComment> {
    const refusal = this.findRefusal(action);
    if (refusal !== undefined) {
      const { code, message, fix } = refusal;
      throw new ServiceError(code, message, { fix });
    }
    this.instagram.assertCan(CAPABILITIES[action], account);
    return this.readOwn(account, data.comment_id, deadline);
  }

  /**
   * Reads a comment under one of the account's own posts. A token may also reach other accounts of
   * its owner, so Instagram's permissions alone do not limit agents to the connected account.
   *
   * @throws {ServiceError} `target_unavailable` for anything else, and any of
   *   `InstagramSession.readComment`.
   */
  private async readOwn(
    account: Account,
    commentId: string,
    deadline: Deadline,
  ): Promise<PlacedComment> {
    const comment = await this.instagram.as(account, deadline).readComment(commentId);
    if (await this.isOwnPost(account, comment, deadline)) return comment;
    throw new ServiceError(
      'target_unavailable',
      'This comment is not under a known post of the connected account.',
      {
        fix: 'Ask an administrator to connect the account that posted it.',
        level: 'warn',
        log: { reason: 'not_own_post' },
      },
    );
  }

  /**
   * Whether the comment's post belongs to the account. One proof is enough: the owner that
   * Instagram reports, an earlier pull, or the account's list of posts.
   */
  private async isOwnPost(
    account: Account,
    { mediaId, mediaOwnerId }: PlacedComment,
    deadline: Deadline,
  ): Promise<boolean> {
    const { igUserId } = account;
    if (mediaOwnerId !== undefined) return mediaOwnerId === igUserId;
    const key = `${igUserId}/${mediaId}`;
    if (this.ownPosts.has(key)) return true;
    const isOwn =
      (await this.permalinks.hasPost(igUserId, mediaId)) ||
      (await this.isListed(account, mediaId, deadline));
    if (isOwn) this.ownPosts.set(key, true);
    return isOwn;
  }

  private async isListed(account: Account, mediaId: string, deadline: Deadline): Promise<boolean> {
    const walk = new PageWalk();
    for (let pages = 0; pages < OWN_POSTS_PAGES_MAX; pages += 1) {
      const page = await this.instagram.as(account, deadline).listMedia(walk.cursor);
      if (page.items.some(({ id }) => id === mediaId)) return true;
      if (!walk.advance(page)) return false;
    }
    return false;
  }
}
