import { MovableClock } from '../clock.js';
import { badToken } from './graph/graph-error.js';

/** More likes and unlikes than this in the window lock the account (Meta, "User Likes"). */
const LIKES_MAX = 50;
const LIKES_WINDOW_MS = 5_000;
const LOCK_OUT_MS = 3_600_000;

export interface InstagramUser {
  id: string;
  username: string;
  name: string;
  isPrivate: boolean;
  /** Set for professional accounts that are linked to a Facebook Page. */
  pageId?: string;
}

export interface AccessToken {
  /** graph.facebook.com rejects tokens of Instagram Login. */
  product: 'facebook_login' | 'instagram_login';
  type: 'USER' | 'PAGE';
  /** The app-scoped id of the person behind the token. */
  userId: string;
  /** Instagram accounts that the person allows the app to act for. */
  igUserIds: string[];
  scopes: string[];
  issuedAt: number;
  /** Seconds since 1970; 0 for never. */
  expiresAt: number;
  dataAccessExpiresAt: number;
  /** Set for a Page token: the id of its Page. */
  profileId?: string;
  /** Set when the token was invalidated early: the subcode of error 190. */
  endedBy?: number;
}

export interface Media {
  id: string;
  ownerId: string;
  mediaType: 'IMAGE' | 'VIDEO' | 'CAROUSEL_ALBUM';
  productType: 'FEED' | 'REELS' | 'STORY' | 'AD';
  caption: string;
  shortcode: string;
  timestamp: number;
  commentsEnabled: boolean;
  /** Likes by accounts outside this small world. */
  otherLikes: number;
}

export interface Comment {
  id: string;
  mediaId: string;
  /** Set for a reply: its top-level comment. */
  parentId?: string;
  authorId: string;
  text: string;
  timestamp: number;
  /** Set if Instagram does not report the time. */
  isUndated?: true;
  hidden: boolean;
  otherLikes: number;
}

type NewMedia = Pick<Media, 'id' | 'ownerId' | 'caption' | 'shortcode' | 'timestamp'>;
type NewComment = Pick<Comment, 'id' | 'mediaId' | 'authorId' | 'text' | 'timestamp'>;

/** The state of the stand-in, and the effect of each call on it. */
export class World {
  readonly clock = new MovableClock();
  /** Where photos are served: Meta's own address, unless the stand-in serves them. */
  picturesAt = 'https://scontent.cdninstagram.com/v';
  /** Whether posts name the account that they belong to. */
  reportsOwners = true;
  readonly users = new Map<string, InstagramUser>();
  readonly tokens = new Map<string, AccessToken>();
  /** Ids of the Pages that belong to a business portfolio. */
  readonly portfolioPages = new Set<string>();
  readonly media = new Map<string, Media>();
  private readonly comments = new Map<string, Comment>();
  /** Comments in each list that `toListKeys` names. */
  private readonly lists = new Map<string, Set<Comment>>();
  /** Texts of private replies, by comment id. */
  readonly privateReplies = new Map<string, string>();
  private readonly likes = new Map<string, Set<string>>();
  private readonly recentLikeCalls = new Map<string, number[]>();
  private readonly lockedUntil = new Map<string, number>();
  private lastCommentId = 17_873_440_459_200_000n;

  /** A valid token of Facebook Login. Throws error 190 for any other token. */
  validToken(text: string): AccessToken {
    const token = this.tokens.get(text);
    if (token?.product !== 'facebook_login') throw badToken();
    if (token.endedBy !== undefined) throw badToken(token.endedBy);
    if (token.expiresAt !== 0 && token.expiresAt * 1000 <= this.clock.now()) throw badToken(463);
    return token;
  }

  findUserByName(username: string): InstagramUser | undefined {
    return [...this.users.values()].find((user) => user.username === username);
  }

  /** The account that is linked to a Facebook Page. */
  findUserByPage(pageId: string): InstagramUser | undefined {
    return [...this.users.values()].find((user) => user.pageId === pageId);
  }

  /** Adds a post; a photo in the feed without likes unless the fields differ. */
  addMedia(media: NewMedia & Partial<Media>): void {
    this.media.set(media.id, {
      mediaType: 'IMAGE',
      productType: 'FEED',
      commentsEnabled: true,
      otherLikes: 0,
      ...media,
    });
  }

  /** Counts a call of the likes edge. Reports whether the account is locked out. */
  countLikeCall(igUserId: string): 'allowed' | 'locked_out' {
    const now = this.clock.now();
    if ((this.lockedUntil.get(igUserId) ?? 0) > now) return 'locked_out';
    const recent = (this.recentLikeCalls.get(igUserId) ?? []).filter(
      (at) => at > now - LIKES_WINDOW_MS,
    );
    recent.push(now);
    this.recentLikeCalls.set(igUserId, recent);
    if (recent.length <= LIKES_MAX) return 'allowed';
    this.lockedUntil.set(igUserId, now + LOCK_OUT_MS);
    return 'locked_out';
  }

  /** Idempotent. */
  setLike(igUserId: string, targetId: string, liked: boolean): void {
    const likes = this.likes.get(igUserId) ?? new Set();
    this.likes.set(igUserId, likes);
    if (liked) likes.add(targetId);
    else likes.delete(targetId);
  }

  listLikes(igUserId: string): string[] {
    return [...(this.likes.get(igUserId) ?? [])];
  }

  likeCount(target: Media | Comment): number {
    const likesHere = [...this.likes.values()].filter((likes) => likes.has(target.id)).length;
    return target.otherLikes + likesHere;
  }

  /** Adds a new comment on a post, or a reply if `parentId` is given. */
  addComment(
    comment: Pick<Comment, 'mediaId' | 'authorId' | 'text'> & { parentId?: string },
  ): Comment {
    this.lastCommentId += 1n;
    const id = String(this.lastCommentId);
    return this.putComment({ ...comment, id, timestamp: this.clock.now() });
  }

  comment(id: string): Comment | undefined {
    return this.comments.get(id);
  }

  /** Adds a comment with a given id and time. */
  putComment(fields: NewComment & Partial<Comment>): Comment {
    const comment: Comment = { hidden: false, otherLikes: 0, ...fields };
    this.comments.set(comment.id, comment);
    for (const key of toListKeys(comment)) {
      const list = this.lists.get(key) ?? new Set();
      list.add(comment);
      this.lists.set(key, list);
    }
    return comment;
  }

  /** Deletes a comment and its replies. */
  deleteComment(id: string): void {
    const comment = this.comments.get(id);
    if (comment === undefined) return;
    for (const reply of this.commentsOn({ parentId: id })) this.deleteComment(reply.id);
    this.comments.delete(id);
    for (const key of toListKeys(comment)) this.lists.get(key)?.delete(comment);
  }

  /** The number of comments and replies of a post. */
  countComments(mediaId: string): number {
    return this.lists.get(`media ${mediaId}`)?.size ?? 0;
  }

  /** The top-level comments of a post or the replies to a comment, newest first. */
  commentsOn(parent: { mediaId: string } | { parentId: string }): Comment[] {
    const key = 'parentId' in parent ? `under ${parent.parentId}` : `on ${parent.mediaId}`;
    return [...(this.lists.get(key) ?? [])].sort(
      (a, b) => b.timestamp - a.timestamp || (BigInt(b.id) > BigInt(a.id) ? 1 : -1),
    );
  }
}

/** The lists that hold a comment: all comments of its post, and the comments at its level. */
function toListKeys({ mediaId, parentId }: Comment): [string, string] {
  return [`media ${mediaId}`, parentId === undefined ? `on ${mediaId}` : `under ${parentId}`];
}
