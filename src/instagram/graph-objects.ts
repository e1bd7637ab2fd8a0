import { isJsonObject, type JsonObject } from '../common/json-object.js';
import { isLoopback } from '../common/loopback.js';
import { isMetaId, isVisibleAscii, USERNAME } from '../domain/formats.js';
import { toUnusableAnswerError } from './graph-api.js';

/** A post of the account: photo, reel or carousel. */
export interface Media {
  readonly id: string;
  readonly caption: string;
  /** `IMAGE`, `VIDEO` or `CAROUSEL_ALBUM`. */
  readonly mediaType: string;
  readonly permalink: string | undefined;
  /** A still picture; the URL expires within days. */
  readonly thumbnailUrl: string | undefined;
  /** Milliseconds since 1970; undefined if Instagram does not report it. */
  readonly createdAt: number | undefined;
  /** Includes replies. Undefined if Instagram does not report it. */
  readonly commentsCount: number | undefined;
  readonly likeCount: number | undefined;
  readonly commentsEnabled: boolean;
}

/** A comment or reply. */
export interface Comment {
  readonly id: string;
  /** Empty for a comment without text, such as a sticker. */
  readonly text: string;
  /** Milliseconds since 1970; undefined if Instagram does not report it. */
  readonly createdAt: number | undefined;
  /** The comment that it answers; undefined for a comment right under the post. */
  readonly parentId: string | undefined;
  /** Undefined if Instagram does not report the author. */
  readonly authorId: string | undefined;
  readonly username: string | undefined;
  readonly hidden: boolean;
  readonly likeCount: number | undefined;
}

/** A comment or reply, with its post. */
export interface PlacedComment extends Comment {
  readonly mediaId: string;
  /** The account that posted the media; undefined if Instagram does not report it. */
  readonly mediaOwnerId: string | undefined;
}

/** A comment on a post, with the first page of its replies. */
export interface CommentWithReplies extends Comment {
  readonly replies: Page<Comment>;
}

/** The account that acts. */
export interface InstagramAccount {
  readonly username: string | undefined;
  /** The URL expires within days. */
  readonly pictureUrl: string | undefined;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; undefined on the last one. */
  readonly after: string | undefined;
}

export const ACCOUNT_FIELDS = 'id,username,profile_picture_url';
export const MEDIA_FIELDS =
  'id,caption,media_type,permalink,media_url,thumbnail_url,timestamp,' +
  'comments_count,like_count,is_comment_enabled';
export const COMMENT_FIELDS = 'id,text,timestamp,from,username,hidden,like_count,parent_id';

export const PLACED_COMMENT_FIELDS = `${COMMENT_FIELDS},media{id,owner}`;

/** Cursors are opaque; known cursors have up to 300 characters. */
export const CURSOR_MAX_CHARS = 1000;

/** A media object, or undefined for other JSON. An invalid field counts as not reported. */
export function toMedia(json: unknown): Media | undefined {
  if (!isJsonObject(json)) return undefined;
  const id = toId(json.id);
  if (id === undefined) return undefined;
  return {
    id,
    caption: readText(json.caption) ?? '',
    mediaType: readText(json.media_type) ?? 'IMAGE',
    permalink: readHttpsUrl(json.permalink),
    thumbnailUrl:
      readPictureUrl(json.thumbnail_url) ??
      (json.media_type === 'VIDEO' ? undefined : readPictureUrl(json.media_url)),
    createdAt: readTime(json.timestamp),
    commentsCount: readCount(json.comments_count),
    likeCount: readCount(json.like_count),
    commentsEnabled: json.is_comment_enabled !== false,
  };
}

export function toAccount(json: JsonObject): InstagramAccount {
  return {
    username: toUsername(json.username),
    pictureUrl: readHttpsUrl(json.profile_picture_url),
  };
}

/** A comment object, or undefined for other JSON. */
export function toComment(json: unknown): Comment | undefined {
  if (!isJsonObject(json)) return undefined;
  const id = toId(json.id);
  if (id === undefined) return undefined;
  const from = isJsonObject(json.from) ? json.from : {};
  return {
    id,
    text: readText(json.text) ?? '',
    createdAt: readTime(json.timestamp),
    parentId: toId(json.parent_id),
    authorId: toId(from.id),
    username: toUsername(from.username) ?? toUsername(json.username),
    hidden: json.hidden === true,
    likeCount: readCount(json.like_count),
  };
}

/** A comment with its post, or undefined if Instagram does not report the post. */
export function toPlacedComment(json: JsonObject): PlacedComment | undefined {
  const comment = toComment(json);
  const media = isJsonObject(json.media) ? json.media : {};
  const mediaId = toId(media.id);
  if (comment === undefined || mediaId === undefined) return undefined;
  const owner = isJsonObject(media.owner) ? media.owner : {};
  return { ...comment, mediaId, mediaOwnerId: toId(owner.id) };
}

/** A comment with its replies, which form a page inside it. */
export function toCommentWithReplies(json: unknown): CommentWithReplies | undefined {
  const comment = toComment(json);
  if (comment === undefined) return undefined;
  const { replies } = json as JsonObject;
  return { ...comment, replies: isJsonObject(replies) ? toPage(replies, toComment) : EMPTY };
}

const EMPTY: Page<never> = { items: [], after: undefined };

/**
 * A page of a list, without its invalid entries.
 *
 * @throws {InstagramError} if the next page has no usable cursor. Otherwise this page would pass
 *   for the last one and the rest of the list would be lost.
 */
export function toPage<T>(json: JsonObject, toItem: (entry: unknown) => T | undefined): Page<T> {
  const data: unknown[] = Array.isArray(json.data) ? json.data : [];
  const paging = isJsonObject(json.paging) ? json.paging : {};
  const cursors = isJsonObject(paging.cursors) ? paging.cursors : {};
  const items = data.map(toItem).filter((item) => item !== undefined);
  if (typeof paging.next !== 'string') return { items, after: undefined };
  const after = cursors.after ?? readCursor(paging.next);
  if (!isCursor(after)) throw toUnusableAnswerError(200);
  return { items, after };
}

/** Some pages have the cursor only in the URL of the next page. */
function readCursor(next: string): string | undefined {
  return URL.canParse(next) ? (new URL(next).searchParams.get('after') ?? undefined) : undefined;
}

function isCursor(value: unknown): value is string {
  return isVisibleAscii(value, CURSOR_MAX_CHARS);
}

export function toId(value: unknown): string | undefined {
  return isMetaId(value) ? value : undefined;
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function toUsername(value: unknown): string | undefined {
  return typeof value === 'string' && USERNAME.test(value) ? value : undefined;
}

function readCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

/** Meta writes 2026-11-22T09:30:00+0000. */
function readTime(value: unknown): number | undefined {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function readHttpsUrl(value: unknown): string | undefined {
  return typeof value === 'string' && value.startsWith('https://') && URL.canParse(value)
    ? value
    : undefined;
}

/** A picture's https URL. A loopback address may use http, as the Graph API's own URL may. */
function readPictureUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const { protocol, hostname } = new URL(value);
  return protocol === 'http:' && isLoopback(hostname) ? value : readHttpsUrl(value);
}
