import type { Deadline } from '../common/deadline.js';
import type { JsonObject } from '../common/json-object.js';
import type { InstagramActor } from '../domain/account.js';
import type { Secret } from '../domain/secret.js';
import type { Target } from '../domain/target.js';
import { type GraphApi, toUnusableAnswerError } from './graph-api.js';
import type { GraphCall, GraphCaller, Purpose, WriteTurn } from './graph-call.js';
import {
  buildCommentList,
  buildMediaList,
  buildReplyList,
  type CommentLimits,
  COMMENTS_PER_PAGE,
} from './graph-lists.js';
import {
  ACCOUNT_FIELDS,
  type Comment,
  type CommentWithReplies,
  type InstagramAccount,
  type Media,
  MEDIA_FIELDS,
  type Page,
  PLACED_COMMENT_FIELDS,
  type PlacedComment,
  toAccount,
  toId,
  toMedia,
  toPlacedComment,
} from './graph-objects.js';
import { blocksTarget, blocksWholeAccount, InstagramError } from './instagram-error.js';
import type { KnownAccounts } from './known-accounts.js';
import type { GraphList, ListReader } from './list-reader.js';

/** Instagram has two levels of comments. A loop of parents must end. */
const LEVELS_MAX = 5;

const UNREPORTED_ACCOUNT: InstagramAccount = { username: undefined, pictureUrl: undefined };

interface SessionServices {
  readonly graph: GraphApi;
  readonly lists: ListReader;
  readonly knownAccounts: KnownAccounts;
}

/**
 * Calls to Instagram as one account until one deadline. Methods throw `InstagramError` with any
 * code of `GraphApi.call`; the `effect` of a failed write says whether it may have taken effect.
 */
export class InstagramSession {
  constructor(
    private readonly account: InstagramActor,
    private readonly deadline: Deadline,
    private readonly purpose: Purpose,
    private readonly services: SessionServices,
  ) {}

  /**
   * Likes a post or comment, or removes the like. A repeat has no effect and is no error.
   * `POST|DELETE /{ig-user-id}/likes` (Instagram Platform, "User Likes").
   *
   * @param turn from `awaitLikeTurn`, if the caller has waited already.
   */
  async setLike(target: Target, liked: boolean, turn?: WriteTurn): Promise<void> {
    const call = this.toLikeCall(target, liked);
    await this.services.graph.write(call, this.toCaller(), turn?.pass);
  }

  /**
   * Waits until a like or unlike may be sent, before it is recorded.
   *
   * @returns the turn for `setLike`. Its `end` has to be called in any case.
   * @throws {InstagramError} `rate_limited`, or why Meta refuses the account; nothing was sent.
   */
  async awaitLikeTurn(target: Target, liked: boolean): Promise<WriteTurn> {
    return this.awaitTurn(this.toLikeCall(target, liked));
  }

  private async awaitTurn(call: GraphCall): Promise<WriteTurn> {
    const pass = await this.services.graph.awaitTurn(call, this.toCaller());
    return {
      pass,
      end: () => {
        pass.leave({ kind: 'unanswered' });
      },
    };
  }

  private toLikeCall(target: Target, liked: boolean): GraphCall {
    return {
      method: liked ? 'POST' : 'DELETE',
      path: `/${this.account.igUserId}/likes`,
      parameters: { [`${target.kind}_id`]: target.id },
      subject: 'like',
      pace: 'like',
    };
  }

  /**
   * A report of the account that is at most an hour old. If Instagram fails: the last report, or
   * one with undefined fields.
   *
   * @throws {InstagramError} only when every call for the account fails (`blocksWholeAccount`).
   */
  async knownAccount(): Promise<InstagramAccount> {
    const { igUserId } = this.account;
    const fresh = this.services.knownAccounts.findFresh(igUserId);
    if (fresh !== undefined) return fresh;
    try {
      return await this.readAccount();
    } catch (error) {
      if (!(error instanceof InstagramError) || blocksWholeAccount(error)) throw error;
      return this.services.knownAccounts.findLast(igUserId) ?? UNREPORTED_ACCOUNT;
    }
  }

  /** The account itself. `GET /{ig-user-id}`. */
  async readAccount(): Promise<InstagramAccount> {
    const { igUserId } = this.account;
    const json = await this.read(igUserId, ACCOUNT_FIELDS, 'media');
    return this.services.knownAccounts.store(igUserId, toAccount(json));
  }

  /** A page of the account's posts, newest first. */
  listMedia(after?: string): Promise<Page<Media>> {
    return this.list(buildMediaList(this.account.igUserId), after);
  }

  /** A post. `GET /{ig-media-id}`. */
  async readMedia(mediaId: string): Promise<Media> {
    const media = toMedia(await this.read(mediaId, MEDIA_FIELDS, 'media'));
    if (media === undefined) throw toUnusableAnswerError(200);
    return media;
  }

  /** A page of a post's comments, newest first, each with a page of its replies. */
  listComments(
    mediaId: string,
    after?: string,
    limits: CommentLimits = { comments: COMMENTS_PER_PAGE, replies: COMMENTS_PER_PAGE },
  ): Promise<Page<CommentWithReplies>> {
    return this.list(buildCommentList(mediaId, limits), after);
  }

  /** A page of a comment's replies, newest first. */
  listReplies(commentId: string, after?: string): Promise<Page<Comment>> {
    return this.list(buildReplyList(commentId), after);
  }

  /**
   * A comment or reply with its post. `GET /{ig-comment-id}`.
   *
   * @throws {InstagramError} also `target_unavailable` if the id names another object, such as a
   *   post, a Page or an account.
   */
  async readComment(commentId: string): Promise<PlacedComment> {
    const json = await this.read(commentId, PLACED_COMMENT_FIELDS, 'comment');
    if (toId(json.id) !== commentId) throw toUnusableAnswerError(200);
    const comment = toPlacedComment(json);
    if (comment !== undefined) return comment;
    throw new InstagramError('target_unavailable', 'This id does not name a comment.', {
      effect: 'none',
      fix: 'Open it on Instagram to see what it is.',
      log: { reason: 'not_a_comment' },
    });
  }

  /**
   * Follows a comment's parents up to the comment right under the post. If Instagram refuses a
   * parent, returns the child.
   */
  async readTop(comment: PlacedComment): Promise<PlacedComment> {
    let top = comment;
    for (let level = 1; top.parentId !== undefined && level < LEVELS_MAX; level += 1) {
      try {
        top = await this.readComment(top.parentId);
      } catch (error) {
        if (error instanceof InstagramError && blocksTarget(error)) return top;
        throw error;
      }
    }
    return top;
  }

  /** A page of the thread that a reply to this comment would join. */
  async listSiblings(commentId: string, after?: string): Promise<Page<Comment>> {
    const { id, parentId = id } = await this.readTop(await this.readComment(commentId));
    return this.listReplies(parentId, after);
  }

  /**
   * Writes a comment under a post or a reply under a comment. A reply to a reply appears under the
   * same comment. `POST /{ig-media-id}/comments`, `POST /{ig-comment-id}/replies`.
   *
   * @param turn from `awaitCommentTurn`, if the caller has waited already.
   * @returns the new comment's id.
   */
  async addComment(parent: Target, message: string, turn?: WriteTurn): Promise<string> {
    const json = await this.call(toCommentCall(parent, message), undefined, turn);
    const id = toId(json.id);
    if (id === undefined) throw toUnusableAnswerError(200);
    return id;
  }

  /**
   * Waits until a comment may be sent, before it is recorded.
   *
   * @returns the turn for `addComment`. Its `end` has to be called in any case.
   * @throws {InstagramError} `rate_limited`, or why Meta refuses the account; nothing was sent.
   */
  async awaitCommentTurn(parent: Target, message: string): Promise<WriteTurn> {
    return this.awaitTurn(toCommentCall(parent, message));
  }

  /**
   * Hides a comment from everyone but its author, or shows it again. The account's own comments
   * stay visible, although Instagram reports success. `POST /{ig-comment-id}?hide=…`: Meta
   * documents `hide` in the query only.
   */
  async setHidden(commentId: string, hidden: boolean): Promise<void> {
    await this.write({
      method: 'POST',
      path: `/${commentId}`,
      parameters: { hide: String(hidden) },
      inQuery: true,
      subject: 'comment',
    });
  }

  /** Deletes any comment under the account's posts. `DELETE /{ig-comment-id}`. */
  async deleteComment(commentId: string): Promise<void> {
    await this.write({ method: 'DELETE', path: `/${commentId}`, subject: 'comment' });
  }

  /**
   * Sends a private message to the author of a comment: one per comment, within seven days. With
   * Facebook Login, only the Page can send it. `POST /{page-id}/messages` (Instagram Platform,
   * "Private replies").
   *
   * @returns the message's id.
   */
  async sendPrivateReply(commentId: string, text: string): Promise<string> {
    const { pageId, pageToken } = this.account;
    if (pageId === undefined || pageToken === undefined) {
      throw new TypeError('callers check assertCan("message") first');
    }
    const json = await this.call(
      {
        method: 'POST',
        path: `/${pageId}/messages`,
        parameters: { recipient: { comment_id: commentId }, message: { text } },
        subject: 'message',
        pace: 'message',
      },
      pageToken,
    );
    const { message_id: messageId } = json;
    if (typeof messageId !== 'string' || messageId === '') throw toUnusableAnswerError(200);
    return messageId;
  }

  private read(id: string, fields: string, subject: GraphCall['subject']): Promise<JsonObject> {
    return this.call({ method: 'GET', path: `/${id}`, parameters: { fields }, subject });
  }

  private list<T>(list: GraphList<T>, after: string | undefined): Promise<Page<T>> {
    return this.services.lists.read(list, after, this.toCaller());
  }

  private write(call: GraphCall): Promise<void> {
    return this.services.graph.write(call, this.toCaller());
  }

  private call(call: GraphCall, token?: Secret, turn?: WriteTurn): Promise<JsonObject> {
    return this.services.graph.call(call, this.toCaller(token), turn?.pass);
  }

  private toCaller(token: Secret = this.account.userToken): GraphCaller {
    const { account, deadline, purpose } = this;
    return { token, deadline, igUserId: account.igUserId, purpose };
  }
}

function toCommentCall(parent: Target, message: string): GraphCall {
  return {
    method: 'POST',
    path: `/${parent.id}/${parent.kind === 'media' ? 'comments' : 'replies'}`,
    parameters: { message },
    subject: 'comment',
  };
}
