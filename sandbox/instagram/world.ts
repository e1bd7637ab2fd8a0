import { MovableClock } from '../clock.js';
import { badToken } from './graph-error.js';

/** More likes and unlikes than this in the window lock the account out (Meta, "User Likes"). */
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
  /** Tokens of Instagram Login are not accepted at graph.facebook.com. */
  product: 'facebook_login' | 'instagram_login';
  type: 'USER' | 'PAGE';
  /** The person behind the token, by an id that only this app sees. */
  userId: string;
  /** Instagram accounts that the person lets the app act for. */
  igUserIds: string[];
  scopes: string[];
  issuedAt: number;
  /** Seconds since 1970; 0 for never. */
  expiresAt: number;
  dataAccessExpiresAt: number;
  /** The Page that a Page's token is of. */
  profileId?: string;
  /** Set when the token was ended before its time: the subcode of error 190. */
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
  /** Likes of everybody outside this small world. */
  otherLikes: number;
}

export interface Comment {
  id: string;
  mediaId: string;
  /** Set for a reply: the top-level comment that it stands under. */
  parentId?: string;
  authorId: string;
  text: string;
  timestamp: number;
  /** Set where Instagram does not report the time. */
  isUndated?: true;
  hidden: boolean;
  otherLikes: number;
}

/** Everything that the stand-in knows. What it does with a like is here; how it is asked for is in the routes. */
export class World {
  readonly clock = new MovableClock();
  /** Where photos are to be had; Meta's own address, unless the stand-in serves them. */
  picturesAt = 'https://scontent.cdninstagram.com/v';
  /** Whether posts name the account they belong to. */
  reportsOwners = true;
  readonly users = new Map<string, InstagramUser>();
  readonly tokens = new Map<string, AccessToken>();
  /** Pages that belong to a business portfolio, by their ids. */
  readonly portfolioPages = new Set<string>();
  readonly media = new Map<string, Media>();
  private readonly comments = new Map<string, Comment>();
  /** Comments by their post, and replies by the comment they stand under. */
  private readonly places = new Map<string, Set<Comment>>();
  /** Private replies by the comment that each was sent for. */
  readonly privateReplies = new Map<string, string>();
  private readonly likes = new Map<string, Set<string>>();
  private readonly recentLikeCalls = new Map<string, number[]>();
  private readonly lockedUntil = new Map<string, number>();
  private lastCommentId = 17_873_440_459_200_000n;

  /** A token of Facebook Login that has not ended; error 190 for any other. */
  validToken(text: string): AccessToken {
    const token = this.tokens.get(text);
    if (token?.product !== 'facebook_login') throw badToken();
    if (token.endedBy !== undefined) throw badToken(token.endedBy);
    if (token.expiresAt !== 0 && token.expiresAt * 1000 <= this.clock.now()) throw badToken(463);
    return token;
  }

  /** Counts a call of the likes edge, and tells whether the account is locked out, by it or by earlier ones. */
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

  /** Idempotent: setting what is set has no effect. */
  setLike(igUserId: string, targetId: string, liked: boolean): void {
    const likes = this.likes.get(igUserId) ?? new Set();
    this.likes.set(igUserId, likes);
    if (liked) likes.add(targetId);
    else likes.delete(targetId);
  }

  likesOf(igUserId: string): string[] {
    return [...(this.likes.get(igUserId) ?? [])];
  }

  likeCount(target: Media | Comment): number {
    const here = [...this.likes.values()].filter((likes) => likes.has(target.id)).length;
    return target.otherLikes + here;
  }

  /** A comment on a photo, or a reply when `parentId` is given. */
  addComment(
    comment: Pick<Comment, 'mediaId' | 'authorId' | 'text'> & { parentId?: string },
  ): Comment {
    this.lastCommentId += 1n;
    const added: Comment = {
      ...comment,
      id: String(this.lastCommentId),
      timestamp: this.clock.now(),
      hidden: false,
      otherLikes: 0,
    };
    this.putComment(added);
    return added;
  }

  comment(id: string): Comment | undefined {
    return this.comments.get(id);
  }

  putComment(comment: Comment): void {
    this.comments.set(comment.id, comment);
    for (const place of placesOf(comment)) {
      const there = this.places.get(place) ?? new Set();
      there.add(comment);
      this.places.set(place, there);
    }
  }

  /** Removes a comment and the replies under it. */
  deleteComment(id: string): void {
    const comment = this.comments.get(id);
    if (comment === undefined) return;
    for (const reply of this.commentsOn({ parentId: id })) this.deleteComment(reply.id);
    this.comments.delete(id);
    for (const place of placesOf(comment)) this.places.get(place)?.delete(comment);
  }

  /** Comments and replies of a photo. */
  countComments(mediaId: string): number {
    return this.places.get(`media ${mediaId}`)?.size ?? 0;
  }

  /** Top-level comments of a photo or replies of a comment, newest first. */
  commentsOn(parent: { mediaId: string } | { parentId: string }): Comment[] {
    const place = 'parentId' in parent ? `under ${parent.parentId}` : `on ${parent.mediaId}`;
    return [...(this.places.get(place) ?? [])].sort(
      (a, b) => b.timestamp - a.timestamp || (BigInt(b.id) > BigInt(a.id) ? 1 : -1),
    );
  }
}

/** The names under which a comment is found: its post's, and that of the list it stands in. */
function placesOf({ mediaId, parentId }: Comment): [string, string] {
  return [`media ${mediaId}`, parentId === undefined ? `on ${mediaId}` : `under ${parentId}`];
}
