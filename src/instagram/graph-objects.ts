import { isJsonObject } from '../common/json-object.js';
import { isLoopback } from '../common/loopback.js';
import { isMetaId, isVisibleAscii, USERNAME } from '../domain/formats.js';
import { unusable } from './graph-api.js';

/** A post of the account: photo, reel or carousel. */
export interface Media {
  readonly id: string;
  readonly caption: string;
  /** `IMAGE`, `VIDEO` or `CAROUSEL_ALBUM`. */
  readonly mediaType: string;
  readonly permalink: string | undefined;
  /** A still picture of it; Meta's address for it ends within days. */
  readonly thumbnailUrl: string | undefined;
  /** Milliseconds since 1970; undefined where Instagram does not report it. */
  readonly createdAt: number | undefined;
  /** With replies. Undefined where Instagram does not tell. */
  readonly commentsCount: number | undefined;
  readonly likeCount: number | undefined;
  readonly commentsEnabled: boolean;
}

/** A comment or reply. */
export interface Comment {
  readonly id: string;
  /** Empty for a comment without text, such as a sticker. */
  readonly text: string;
  /** Milliseconds since 1970; undefined where Instagram does not report it. */
  readonly createdAt: number | undefined;
  /** The comment that it answers; undefined for one right under the post. */
  readonly parentId: string | undefined;
  /** Undefined where Instagram does not tell whose it is. */
  readonly authorId: string | undefined;
  readonly username: string | undefined;
  readonly hidden: boolean;
  readonly likeCount: number | undefined;
}

/** A comment or reply, with where it stands. */
export interface PlacedComment extends Comment {
  readonly mediaId: string;
  /** The account that posted the media; undefined where Instagram does not report it. */
  readonly mediaOwnerId: string | undefined;
}

/** A comment on a post, with the first page of its replies. */
export interface CommentWithReplies extends Comment {
  readonly replies: Page<Comment>;
}

/** The account that acts. */
export interface InstagramAccount {
  readonly username: string | undefined;
  /** Its picture; Meta's address for it ends within days. */
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
  'id,caption,media_type,permalink,media_url,thumbnail_url,timestamp,comments_count,like_count,is_comment_enabled';
export const COMMENT_FIELDS = 'id,text,timestamp,from,username,hidden,like_count,parent_id';

export const PLACED_COMMENT_FIELDS = `${COMMENT_FIELDS},media{id,owner}`;

/** Cursors are opaque; those seen have up to 300 characters. */
export const CURSOR_MAX_CHARS = 1000;

type JsonObject = Readonly<Record<string, unknown>>;

/** A media object, or undefined where it is none. Single fields that are not what they should be count as not told. */
export function toMedia(json: unknown): Media | undefined {
  if (!isJsonObject(json)) return undefined;
  const id = toId(json.id);
  if (id === undefined) return undefined;
  return {
    id,
    caption: text(json.caption) ?? '',
    mediaType: text(json.media_type) ?? 'IMAGE',
    permalink: httpsUrl(json.permalink),
    thumbnailUrl:
      pictureUrl(json.thumbnail_url) ??
      (json.media_type === 'VIDEO' ? undefined : pictureUrl(json.media_url)),
    createdAt: time(json.timestamp),
    commentsCount: count(json.comments_count),
    likeCount: count(json.like_count),
    commentsEnabled: json.is_comment_enabled !== false,
  };
}

export function toAccount(json: JsonObject): InstagramAccount {
  return { username: toUsername(json.username), pictureUrl: httpsUrl(json.profile_picture_url) };
}

/** A comment object, or undefined where it is none. */
export function toComment(json: unknown): Comment | undefined {
  if (!isJsonObject(json)) return undefined;
  const id = toId(json.id);
  if (id === undefined) return undefined;
  const from = isJsonObject(json.from) ? json.from : {};
  return {
    id,
    text: text(json.text) ?? '',
    createdAt: time(json.timestamp),
    parentId: toId(json.parent_id),
    authorId: toId(from.id),
    username: toUsername(from.username) ?? toUsername(json.username),
    hidden: json.hidden === true,
    likeCount: count(json.like_count),
  };
}

/** A comment with where it stands, or undefined where that is not told. */
export function toPlacedComment(json: JsonObject): PlacedComment | undefined {
  const comment = toComment(json);
  const media = isJsonObject(json.media) ? json.media : {};
  const mediaId = toId(media.id);
  if (comment === undefined || mediaId === undefined) return undefined;
  const owner = isJsonObject(media.owner) ? media.owner : {};
  return { ...comment, mediaId, mediaOwnerId: toId(owner.id) };
}

/** A comment with its replies, which are a page inside it. */
export function toCommentWithReplies(json: unknown): CommentWithReplies | undefined {
  const comment = toComment(json);
  if (comment === undefined) return undefined;
  const { replies } = json as JsonObject;
  return { ...comment, replies: isJsonObject(replies) ? toPage(replies, toComment) : EMPTY };
}

const EMPTY: Page<never> = { items: [], after: undefined };

/**
 * A page of a list; entries that are not what they should be are left out.
 *
 * @throws {InstagramError} where more follows and the cursor to it cannot be used: taken for the last page, what follows would be lost.
 */
export function toPage<T>(json: JsonObject, toItem: (entry: unknown) => T | undefined): Page<T> {
  const data: unknown[] = Array.isArray(json.data) ? json.data : [];
  const paging = isJsonObject(json.paging) ? json.paging : {};
  const cursors = isJsonObject(paging.cursors) ? paging.cursors : {};
  const items = data.map(toItem).filter((item) => item !== undefined);
  if (typeof paging.next !== 'string') return { items, after: undefined };
  const after = cursors.after ?? cursorIn(paging.next);
  if (!isCursor(after)) throw unusable(200);
  return { items, after };
}

/** Some pages have the cursor in the address of the next page alone. */
function cursorIn(next: string): string | undefined {
  return URL.canParse(next) ? (new URL(next).searchParams.get('after') ?? undefined) : undefined;
}

function isCursor(value: unknown): value is string {
  return isVisibleAscii(value, CURSOR_MAX_CHARS);
}

export function toId(value: unknown): string | undefined {
  return isMetaId(value) ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function toUsername(value: unknown): string | undefined {
  return typeof value === 'string' && USERNAME.test(value) ? value : undefined;
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

/** Meta writes 2026-11-22T09:30:00+0000. */
function time(value: unknown): number | undefined {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function httpsUrl(value: unknown): string | undefined {
  return typeof value === 'string' && value.startsWith('https://') && URL.canParse(value)
    ? value
    : undefined;
}

/** A picture's address: https, or plain http at this machine itself, as the Graph API's own may be. */
function pictureUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const { protocol, hostname } = new URL(value);
  return protocol === 'http:' && isLoopback(hostname) ? value : httpsUrl(value);
}
