import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Deadline } from '../../common/deadline.js';
import { ServiceError } from '../../common/errors/service-error.js';
import { type CommentAction, Configuration } from '../../config/index.js';
import type { Account } from '../../domain/account.js';
import type { PlacedComment } from '../../instagram/graph-objects.js';
import { InstagramClient } from '../../instagram/instagram-client.js';
import { PageWalk } from '../../instagram/page-walk.js';
import { Permalinks } from '../../ledger/permalinks.js';

/**
 * Pages of the account's newest posts that are searched for one that no pull has seen yet: 500
 * posts, at about a second a page.
 */
export const OWN_POSTS_PAGES_MAX = 10;
/**
 * Posts remembered as the account's own; at about 100 bytes each they take 1 MB. Posts never change
 * hands.
 */
const OWN_POSTS_MAX = 10_000;

/** Decides which comments agents may hide, delete or answer in private. */
@Injectable()
export class CommentActions {
  private readonly ownPosts = new LRUCache<string, true>({ max: OWN_POSTS_MAX });

  constructor(
    private readonly instagram: InstagramClient,
    private readonly directory: Permalinks,
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'allowedActions'>,
  ) {}

  /** @throws {ServiceError} `permission_missing` where `ALLOWED_ACTIONS` leaves the action out. */
  assertAllowed(action: CommentAction): void {
    if (this.configuration.allowedActions.has(action)) return;
    throw new ServiceError(
      'permission_missing',
      `This service is set up without the action ${action}.`,
      { fix: `Ask an administrator of the service to add ${action} to ALLOWED_ACTIONS.` },
    );
  }

  /**
   * Reads a comment under one of the account's own posts. The token of a person may reach other
   * accounts of that person, so that Instagram's permission alone does not limit an agent to the
   * connected one.
   *
   * @throws {ServiceError} `target_unavailable` for anything else, and any of
   *   `InstagramClient.readComment`.
   */
  async readOwn(account: Account, commentId: string, deadline: Deadline): Promise<PlacedComment> {
    const comment = await this.instagram.as(account, deadline).readComment(commentId);
    if (await this.isOwnPost(account, comment, deadline)) return comment;
    throw new ServiceError(
      'target_unavailable',
      'This comment is not known to be under a post of the connected account.',
      {
        fix: 'Ask an administrator to connect the account that posted it.',
        level: 'warn',
        log: { reason: 'not_own_post' },
      },
    );
  }

  /**
   * Each of these proves it by itself: the owner in the answer, an earlier pull, the account's list
   * of posts.
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
      (await this.directory.hasPost(igUserId, mediaId)) ||
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
