import { isObject, type JsonObject, readPath, toCount, toText } from './json.js';

/** Why it is not known whether the account likes a post or comment. */
type UnknownSource = 'none' | 'pending' | 'restored';

/** Whether the account likes a post or comment (docs/protocol.md, `/like/state`). */
export interface LikeState {
  readonly liked: boolean | null;
  /**
   * `confirmed`: Instagram confirmed `liked`. `none`: the like was never set through the service,
   * and Instagram does not report it. `pending`: a click was sent but never confirmed. `restored`:
   * the service's database was restored, so a later click may be missing.
   */
  readonly source: 'confirmed' | UnknownSource;
  readonly changedAt: string | undefined;
}

export interface Target {
  readonly kind: 'media' | 'comment';
  readonly id: string;
}

/** A post or comment that can be liked. */
export interface Likeable {
  readonly target: Target;
  readonly state: LikeState;
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

/** The post of a ticket with its comments, and the account that acts on them. */
export interface Thread {
  readonly accountId: string;
  readonly username: string;
  /** Why the account cannot like anything; undefined if it can. */
  readonly obstacle:
    | {
        readonly message: string;
        readonly fix: string | undefined;
        readonly code: string | undefined;
      }
    | undefined;
  readonly photo: Photo;
  readonly comments: readonly Comment[];
  /** The cursor for older comments; undefined if there are none. */
  readonly after: string | undefined;
  /** Why Instagram did not return the comments, in English; undefined if it did. */
  readonly commentsError: string | undefined;
}

/** Reads an answer of `/media`; undefined if this app does not understand it. */
export function toThread(answer: JsonObject): Thread | undefined {
  const { account, media, comments } = answer;
  const mediaId = toText(readPath(media, 'media_id'));
  const username = toText(readPath(account, 'username'));
  const accountId = toText(readPath(account, 'ig_user_id'));
  if (mediaId === undefined || username === undefined || accountId === undefined) return undefined;
  if (!isObject(media) || !Array.isArray(comments)) return undefined;
  return {
    accountId,
    username,
    obstacle: toObstacle(readPath(account, 'abilities')),
    photo: {
      target: { kind: 'media', id: mediaId },
      state: toLikeState(media),
      likeCount: toCount(media.like_count),
      mediaType: toText(media.media_type) ?? 'IMAGE',
      caption: toText(media.caption) ?? '',
      permalink: toWebAddress(media.permalink),
      thumbnail: toWebAddress(media.thumbnail),
    },
    comments: comments.map(toComment).filter((comment) => comment !== undefined),
    after: toText(answer.after),
    commentsError: toText(readPath(answer.comments_error, 'message')),
  };
}

function toComment(json: unknown): Comment | undefined {
  const id = toText(readPath(json, 'comment_id'));
  if (!isObject(json) || id === undefined) return undefined;
  return {
    target: { kind: 'comment', id },
    state: toLikeState(json),
    likeCount: toCount(json.like_count),
    isReply: toText(json.parent_id) !== undefined,
    author: toText(json.username),
    text: toText(json.text) ?? '',
    createdAt: toText(json.created_at) ?? '',
    isHidden: json.hidden === true,
  };
}

/** Reads the like in an answer. Any value except `true` and `false` means that it is unknown. */
export function toLikeState({ liked, source, changed_at: changedAt }: JsonObject): LikeState {
  if (typeof liked === 'boolean') {
    return { liked, source: 'confirmed', changedAt: toText(changedAt) };
  }
  return {
    liked: null,
    source: source === 'pending' || source === 'restored' ? source : 'none',
    changedAt: undefined,
  };
}

/** The fields that identify a post or comment in a call. */
export function toFields({ kind, id }: Target): { media_id: string } | { comment_id: string } {
  return kind === 'media' ? { media_id: id } : { comment_id: id };
}

function toObstacle(abilities: unknown): Thread['obstacle'] {
  const list: unknown[] = Array.isArray(abilities) ? abilities : [];
  const like = list.find((ability) => readPath(ability, 'name') === 'like');
  if (readPath(like, 'possible') !== false) return undefined;
  return {
    message: toText(readPath(like, 'message')) ?? '',
    fix: toText(readPath(like, 'fix')),
    code: toText(readPath(like, 'code')),
  };
}

/** Accepts only http and https: the address of a link or picture must not run a script. */
function toWebAddress(value: unknown): string | undefined {
  return typeof value === 'string' && /^https?:\/\//i.test(value) ? value : undefined;
}
