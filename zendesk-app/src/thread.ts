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
  /** The comment to which it replies. */
  readonly parentId: string | undefined;
  readonly author: string | undefined;
  /** Whether the connected account wrote it. */
  readonly isOwn: boolean;
  readonly text: string;
  readonly createdAt: string;
  readonly isHidden: boolean;
}

/** Why the account cannot do something. */
export interface Obstacle {
  readonly message: string;
  readonly fix: string | undefined;
  readonly code: string | undefined;
  /** The missing permission or setting (docs/protocol.md, "POST /account"). */
  readonly missing: string | undefined;
}

/** The names of what an account may be able to do. */
export type AbilityName = 'like' | 'hide' | 'delete' | 'private_reply';

/** The post of a ticket with its comments, and the account that acts on them. */
export interface Thread {
  readonly accountId: string;
  readonly username: string;
  /** Why the account cannot do something. */
  readonly obstacles: Readonly<Partial<Record<AbilityName, Obstacle>>>;
  readonly photo: Photo;
  readonly comments: readonly Comment[];
  /** The cursor for older comments; undefined if there are none. */
  readonly after: string | undefined;
  /** Whether Instagram refused to return the comments. */
  readonly isWithoutComments: boolean;
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
    obstacles: toObstacles(readPath(account, 'abilities')),
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
    isWithoutComments: isObject(answer.comments_error),
  };
}

function toComment(json: unknown): Comment | undefined {
  const id = toText(readPath(json, 'comment_id'));
  if (!isObject(json) || id === undefined) return undefined;
  return {
    target: { kind: 'comment', id },
    state: toLikeState(json),
    likeCount: toCount(json.like_count),
    parentId: toText(json.parent_id),
    author: toText(json.username),
    isOwn: json.is_own === true,
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

const ABILITIES: readonly AbilityName[] = ['like', 'hide', 'delete', 'private_reply'];

function toObstacles(abilities: unknown): Thread['obstacles'] {
  const list: unknown[] = Array.isArray(abilities) ? abilities : [];
  const obstacles: Partial<Record<AbilityName, Obstacle>> = {};
  for (const name of ABILITIES) {
    const ability = list.find((each) => readPath(each, 'name') === name);
    if (readPath(ability, 'possible') === false) obstacles[name] = toObstacle(ability);
  }
  return obstacles;
}

function toObstacle(ability: unknown): Obstacle {
  return {
    message: toText(readPath(ability, 'message')) ?? '',
    fix: toText(readPath(ability, 'fix')),
    code: toText(readPath(ability, 'code')),
    missing: toText(readPath(ability, 'missing')),
  };
}

/** Accepts only http and https: the address of a link or picture must not run a script. */
function toWebAddress(value: unknown): string | undefined {
  return typeof value === 'string' && /^https?:\/\//i.test(value) ? value : undefined;
}

/** Instagram allows 30 characters: letters, digits, dots and underscores. */
const USERNAME = /^[A-Za-z0-9._]{1,30}$/;

/** The address of an account's profile; undefined for a name that Instagram does not allow. */
export function toProfile(username: string | undefined): string | undefined {
  if (username === undefined || !USERNAME.test(username)) return undefined;
  return `https://www.instagram.com/${username}/`;
}
