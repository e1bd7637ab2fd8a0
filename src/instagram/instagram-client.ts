import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../common/clock.js';
import type { Deadline } from '../common/deadline.js';
import { RECONNECT } from '../common/errors/fixes.js';
import { COMMENT_SCOPE, LIKE_SCOPE, type Target } from '../domain/target.js';
import type { Secret } from '../domain/secret.js';
import { GraphApi, unusable } from './graph-api.js';
import {
  ACCOUNT_FIELDS,
  COMMENT_FIELDS,
  type Comment,
  type CommentWithReplies,
  type InstagramAccount,
  type Media,
  MEDIA_FIELDS,
  type Page,
  PLACED_COMMENT_FIELDS,
  type PlacedComment,
  toAccount,
  toComment,
  toCommentWithReplies,
  toId,
  toMedia,
  toPlacedComment,
} from './graph-objects.js';
import {
  InstagramError,
  blocksWholeAccount,
  blocksTarget,
  LOG_IN_ENDED,
} from './instagram-error.js';
import { ListReader } from './list-reader.js';

/** Entries of one page of posts. Each has a caption of up to 2,200 characters. */
const MEDIA_PAGE = 50;
/** Entries of one page of comments or replies: the most that Meta gives. */
export const COMMENTS_PAGE = 50;

/** Levels of comments that are followed up: Instagram has two, and a loop of parents must end. */
const LEVELS_MAX = 5;

/** Accounts whose name and picture are remembered, and for how long, in milliseconds. */
const ACCOUNTS_MAX = 1000;
const ACCOUNT_KNOWN_MS = 3_600_000;
const UNREPORTED_ACCOUNT: InstagramAccount = { username: undefined, pictureUrl: undefined };

/** Who acts on Instagram. */
export interface InstagramActor {
  readonly igUserId: string;
  readonly dialect: 'facebook_login' | 'instagram_login';
  /** The Facebook Page that the account is linked to; only messages need it. */
  readonly pageId: string | undefined;
  readonly userToken: Secret;
  readonly pageToken: Secret | undefined;
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds since 1970; undefined where the token has no end. */
  readonly expiresAt: number | undefined;
}

/** What messages need besides. */
export interface PageActor {
  readonly pageId: string;
  readonly pageToken: Secret;
}

/**
 * Acts on Instagram through Meta's Graph API, as one account at a time. Methods throw `InstagramError` with any code of
 * `GraphApi.call`; the `effect` of a failed write says whether it may have taken effect all the same.
 */
@Injectable()
export class InstagramClient {
  /** Names and pictures change seldom, and each pull asks for them. */
  private readonly accounts = new LRUCache<string, InstagramAccount>({
    max: ACCOUNTS_MAX,
    ttl: ACCOUNT_KNOWN_MS,
    // An old report still outranks the name in the seal, which is older.
    noDeleteOnStaleGet: true,
    perf: { now: () => this.clock.now() },
  });

  private readonly lists: ListReader;

  constructor(
    private readonly graph: GraphApi,
    private readonly clock: Clock,
  ) {
    this.lists = new ListReader(graph, clock);
  }

  /**
   * Refuses what is known to fail without asking Instagram, so that nothing of it is sent or written down.
   *
   * @throws {InstagramError} `like_requires_facebook_login`, `auth_expired`, `permission_missing`.
   */
  assertCanLike(actor: InstagramActor): void {
    this.assertCan(actor, LIKE_SCOPE, 'Instagram Login, which has no likes');
  }

  /**
   * The same for reading and writing comments.
   *
   * @throws {InstagramError} `like_requires_facebook_login`, `auth_expired`, `permission_missing`.
   */
  assertCanComment(actor: InstagramActor): void {
    this.assertCan(actor, COMMENT_SCOPE, 'Instagram Login, which this service does not serve yet');
  }

  /**
   * The same for private messages, which go out through the account's Facebook Page.
   *
   * @throws {InstagramError} `like_requires_facebook_login`, `auth_expired`, `permission_missing`.
   */
  assertCanMessage(actor: InstagramActor): asserts actor is InstagramActor & PageActor {
    this.assertCanComment(actor);
    if (actor.pageId === undefined || actor.pageToken === undefined) {
      throw new InstagramError(
        'permission_missing',
        'The account was connected without its Facebook Page, through which messages go out.',
        { effect: 'none', fix: RECONNECT, level: 'warn' },
      );
    }
  }

  /**
   * Likes a photo or comment as the account, or takes the like back. Repeating either has no effect at Instagram and is
   * no error there. `POST|DELETE /{ig-user-id}/likes` (Instagram Platform, "User Likes").
   */
  async setLike(
    actor: InstagramActor,
    target: Target,
    liked: boolean,
    deadline: Deadline,
  ): Promise<void> {
    await this.graph.write(
      {
        method: liked ? 'POST' : 'DELETE',
        path: `/${actor.igUserId}/likes`,
        parameters: { [`${target.kind}_id`]: target.id },
        subject: 'like',
      },
      actor.userToken,
      deadline,
    );
  }

  /**
   * The account itself, at most an hour old. Where Instagram fails for now: the last report, or
   * nothing but undefined fields.
   *
   * @throws {InstagramError} only where every call for the account fails alike (`blocksWholeAccount`).
   */
  async knownAccount(actor: InstagramActor, deadline: Deadline): Promise<InstagramAccount> {
    const known = this.accounts.get(actor.igUserId);
    if (known !== undefined) return known;
    try {
      return await this.readAccount(actor, deadline);
    } catch (error) {
      if (!(error instanceof InstagramError) || blocksWholeAccount(error)) throw error;
      return this.accounts.get(actor.igUserId, { allowStale: true }) ?? UNREPORTED_ACCOUNT;
    }
  }

  /** The account itself. `GET /{ig-user-id}`. */
  async readAccount(actor: InstagramActor, deadline: Deadline): Promise<InstagramAccount> {
    const json = await this.graph.call(
      {
        method: 'GET',
        path: `/${actor.igUserId}`,
        parameters: { fields: ACCOUNT_FIELDS },
        subject: 'media',
      },
      actor.userToken,
      deadline,
    );
    const { username, pictureUrl } = toAccount(json);
    const earlier = this.accounts.get(actor.igUserId, { allowStale: true });
    const account = { username: username ?? earlier?.username, pictureUrl };
    this.accounts.set(actor.igUserId, account);
    return account;
  }

  /** A page of the account's posts, newest first. `GET /{ig-user-id}/media`. */
  async listMedia(
    actor: InstagramActor,
    after: string | undefined,
    deadline: Deadline,
  ): Promise<Page<Media>> {
    return this.lists.read(
      {
        path: `/${actor.igUserId}/media`,
        size: { entries: MEDIA_PAGE, expanded: 1 },
        fields: () => MEDIA_FIELDS,
        toItem: toMedia,
      },
      after,
      { token: actor.userToken, deadline },
    );
  }

  /** A post. `GET /{ig-media-id}`. */
  async readMedia(actor: InstagramActor, mediaId: string, deadline: Deadline): Promise<Media> {
    const json = await this.graph.call(
      {
        method: 'GET',
        path: `/${mediaId}`,
        parameters: { fields: MEDIA_FIELDS },
        subject: 'media',
      },
      actor.userToken,
      deadline,
    );
    const media = toMedia(json);
    if (media === undefined) throw unusable(200);
    return media;
  }

  /** A page of a post's comments, newest first, each with a page of its replies. `GET /{ig-media-id}/comments`. */
  async listComments(
    actor: InstagramActor,
    mediaId: string,
    after: string | undefined,
    deadline: Deadline,
    limits = { comments: COMMENTS_PAGE, replies: COMMENTS_PAGE },
  ): Promise<Page<CommentWithReplies>> {
    return this.lists.read(
      {
        path: `/${mediaId}/comments`,
        size: { entries: limits.comments, expanded: limits.replies },
        fields: (replies) =>
          `${COMMENT_FIELDS},replies.limit(${String(replies)}){${COMMENT_FIELDS}}`,
        toItem: toCommentWithReplies,
      },
      after,
      { token: actor.userToken, deadline },
    );
  }

  /** A page of a comment's replies, newest first. `GET /{ig-comment-id}/replies`. */
  async listReplies(
    actor: InstagramActor,
    commentId: string,
    after: string | undefined,
    deadline: Deadline,
  ): Promise<Page<Comment>> {
    return this.lists.read(
      {
        path: `/${commentId}/replies`,
        size: { entries: COMMENTS_PAGE, expanded: 1 },
        fields: () => COMMENT_FIELDS,
        toItem: toComment,
      },
      after,
      { token: actor.userToken, deadline },
    );
  }

  /**
   * A comment or reply, and where it stands. `GET /{ig-comment-id}`.
   *
   * @throws {InstagramError} also `target_unavailable` where the id is of something else: a post, a Page, an account.
   */
  async readComment(
    actor: InstagramActor,
    commentId: string,
    deadline: Deadline,
  ): Promise<PlacedComment> {
    const json = await this.graph.call(
      {
        method: 'GET',
        path: `/${commentId}`,
        parameters: { fields: PLACED_COMMENT_FIELDS },
        subject: 'comment',
      },
      actor.userToken,
      deadline,
    );
    if (toId(json.id) !== commentId) throw unusable(200);
    const comment = toPlacedComment(json);
    if (comment !== undefined) return comment;
    throw new InstagramError('target_unavailable', 'This id is not that of a comment.', {
      effect: 'none',
      fix: 'Open it on Instagram to see what it is.',
      log: { reason: 'not_a_comment' },
    });
  }

  /**
   * The comment right under the post that a comment belongs to: itself, or the one that it
   * answers, over several levels where Instagram reports such. If Instagram refuses one of them,
   * the one below it.
   */
  async readTop(
    actor: InstagramActor,
    comment: PlacedComment,
    deadline: Deadline,
  ): Promise<PlacedComment> {
    let top = comment;
    for (let level = 1; top.parentId !== undefined && level < LEVELS_MAX; level += 1) {
      try {
        top = await this.readComment(actor, top.parentId, deadline);
      } catch (error) {
        if (error instanceof InstagramError && blocksTarget(error)) return top;
        throw error;
      }
    }
    return top;
  }

  /** A page of the replies in the thread of a comment, where a reply to it would be. */
  async listSiblings(
    actor: InstagramActor,
    commentId: string,
    after: string | undefined,
    deadline: Deadline,
  ): Promise<Page<Comment>> {
    const comment = await this.readComment(actor, commentId, deadline);
    const { id, parentId = id } = await this.readTop(actor, comment, deadline);
    return this.listReplies(actor, parentId, after, deadline);
  }

  /**
   * Writes a comment under a post, or a reply under a comment; a reply to a reply stands under the same comment.
   * `POST /{ig-media-id}/comments`, `POST /{ig-comment-id}/replies`.
   *
   * @returns the new comment's id.
   */
  async addComment(
    actor: InstagramActor,
    parent: Target,
    message: string,
    deadline: Deadline,
  ): Promise<string> {
    const json = await this.graph.call(
      {
        method: 'POST',
        path: `/${parent.id}/${parent.kind === 'media' ? 'comments' : 'replies'}`,
        parameters: { message },
        subject: 'comment',
      },
      actor.userToken,
      deadline,
    );
    const id = toId(json.id);
    if (id === undefined) throw unusable(200);
    return id;
  }

  /**
   * Hides a comment from everybody but its author, or shows it again. The account's own comments stay visible, whatever Instagram
   * answers. `POST /{ig-comment-id}`.
   */
  async setHidden(
    actor: InstagramActor,
    commentId: string,
    hidden: boolean,
    deadline: Deadline,
  ): Promise<void> {
    await this.graph.write(
      {
        method: 'POST',
        path: `/${commentId}`,
        parameters: { hide: String(hidden) },
        subject: 'comment',
      },
      actor.userToken,
      deadline,
    );
  }

  /** Deletes a comment on one of the account's posts, whoever wrote it. `DELETE /{ig-comment-id}`. */
  async deleteComment(actor: InstagramActor, commentId: string, deadline: Deadline): Promise<void> {
    await this.graph.write(
      { method: 'DELETE', path: `/${commentId}`, subject: 'comment' },
      actor.userToken,
      deadline,
    );
  }

  /**
   * Sends the author of a comment a private message: one for each comment, within seven days of it. With Facebook Login, Meta takes it
   * at the Page alone. `POST /{page-id}/messages` (Instagram Platform, "Private replies").
   *
   * @returns the message's id.
   */
  async sendPrivateReply(
    { pageId, pageToken }: PageActor,
    commentId: string,
    text: string,
    deadline: Deadline,
  ): Promise<string> {
    const json = await this.graph.call(
      {
        method: 'POST',
        path: `/${pageId}/messages`,
        parameters: { recipient: { comment_id: commentId }, message: { text } },
        subject: 'comment',
      },
      pageToken,
      deadline,
    );
    const { message_id: messageId } = json;
    if (typeof messageId !== 'string' || messageId === '') throw unusable(200);
    return messageId;
  }

  private assertCan(actor: InstagramActor, scope: string, otherLogin: string): void {
    if (actor.dialect !== 'facebook_login') {
      throw new InstagramError(
        'like_requires_facebook_login',
        `The account is connected with ${otherLogin}.`,
        {
          effect: 'none',
          fix: 'Ask an administrator to reconnect the Instagram account with Facebook Login.',
        },
      );
    }
    if (actor.expiresAt !== undefined && actor.expiresAt <= this.clock.now()) {
      throw new InstagramError('auth_expired', LOG_IN_ENDED, {
        effect: 'none',
        fix: RECONNECT,
        level: 'warn',
      });
    }
    if (!actor.scopes.has(scope)) {
      throw new InstagramError(
        'permission_missing',
        `The account was connected without the permission ${scope}.`,
        {
          effect: 'none',
          fix: `Ask an administrator to reconnect the Instagram account and grant ${scope}.`,
          level: 'warn',
        },
      );
    }
  }
}
