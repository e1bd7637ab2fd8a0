import { at, count, isObject, type JsonObject, text } from './json.js';

/** What is known of the account's like of something (docs/protocol.md, `/like/state`). */
export interface Known {
  readonly liked: boolean | null;
  /** `none`: Instagram does not tell and it was never set through the service. `pending`: sent, and never confirmed. */
  readonly source: 'told' | 'none' | 'pending';
  readonly changedAt: string | undefined;
}

export interface Target {
  readonly kind: 'media' | 'comment';
  readonly id: string;
}

/** Something that can be liked. */
export interface Likeable {
  readonly target: Target;
  readonly known: Known;
  readonly likeCount: number | undefined;
}

export interface Photo extends Likeable {
  readonly mediaType: string;
  readonly caption: string;
  readonly permalink: string | undefined;
  readonly thumbnail: string | undefined;
}

export interface Comment extends Likeable {
  readonly isReply: boolean;
  readonly author: string | undefined;
  readonly text: string;
  readonly createdAt: string;
  readonly isHidden: boolean;
}

/** What a ticket is about, and who acts. */
export interface Thread {
  readonly accountId: string;
  readonly username: string;
  /** Why the account cannot like anything; undefined where it can. */
  readonly obstacle:
    | {
        readonly message: string;
        readonly fix: string | undefined;
        readonly code: string | undefined;
      }
    | undefined;
  readonly photo: Photo;
  readonly comments: readonly Comment[];
  /** What to send to get older comments; undefined where there are none. */
  readonly after: string | undefined;
  /** Why Instagram gives no comments of the post, in English; undefined where it does. */
  readonly commentsError: string | undefined;
}

/** The answer of `/media`, or undefined where it is not what this app knows. */
export function toThread(answer: JsonObject): Thread | undefined {
  const { account, media, comments } = answer;
  const mediaId = text(at(media, 'media_id'));
  const username = text(at(account, 'username'));
  const accountId = text(at(account, 'ig_user_id'));
  if (mediaId === undefined || username === undefined || accountId === undefined) return undefined;
  if (!isObject(media) || !Array.isArray(comments)) return undefined;
  return {
    accountId,
    username,
    obstacle: obstacleOf(at(account, 'abilities')),
    photo: {
      target: { kind: 'media', id: mediaId },
      known: toKnown(media),
      likeCount: count(media.like_count),
      mediaType: text(media.media_type) ?? 'IMAGE',
      caption: text(media.caption) ?? '',
      permalink: webAddress(media.permalink),
      thumbnail: webAddress(media.thumbnail),
    },
    comments: comments.map(toComment).filter((comment) => comment !== undefined),
    after: text(answer.after),
    commentsError: text(at(answer.comments_error, 'message')),
  };
}

function toComment(json: unknown): Comment | undefined {
  const id = text(at(json, 'comment_id'));
  if (!isObject(json) || id === undefined) return undefined;
  return {
    target: { kind: 'comment', id },
    known: toKnown(json),
    likeCount: count(json.like_count),
    isReply: text(json.parent_id) !== undefined,
    author: text(json.username),
    text: text(json.text) ?? '',
    createdAt: text(json.created_at) ?? '',
    isHidden: json.hidden === true,
  };
}

/** What an answer says of a like. Whatever is not a plain yes or no is not known. */
export function toKnown({ liked, source, changed_at: changedAt }: JsonObject): Known {
  if (typeof liked === 'boolean') return { liked, source: 'told', changedAt: text(changedAt) };
  return {
    liked: null,
    source: source === 'pending' ? 'pending' : 'none',
    changedAt: undefined,
  };
}

export function fieldsOf({ kind, id }: Target): { media_id: string } | { comment_id: string } {
  return kind === 'media' ? { media_id: id } : { comment_id: id };
}

function obstacleOf(abilities: unknown): Thread['obstacle'] {
  const list: unknown[] = Array.isArray(abilities) ? abilities : [];
  const like = list.find((ability) => at(ability, 'name') === 'like');
  if (at(like, 'possible') !== false) return undefined;
  return {
    message: text(at(like, 'message')) ?? '',
    fix: text(at(like, 'fix')),
    code: text(at(like, 'code')),
  };
}

/** An address that may stand in a link or picture: never a script. */
function webAddress(value: unknown): string | undefined {
  return typeof value === 'string' && /^https?:\/\//i.test(value) ? value : undefined;
}
