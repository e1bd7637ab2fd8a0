import { randomBytes } from 'node:crypto';
import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';
import type { Account } from '../domain/account.js';
import { isMetaId, isVisibleAscii } from '../domain/formats.js';
import { CURSOR_MAX_CHARS } from '../instagram/graph-objects.js';
import { BOOKMARK_EXTRA_CHARS } from '../instagram/page-walk.js';
import { isMark } from '../ledger/pulls/pull-mark.js';
import { STATE_MAX_CHARS } from '../zendesk/limits.js';

/**
 * Posts that could not be read, by id. The time says from when on comments are still to be handed
 * out. All times in a state are milliseconds since 1970.
 */
export type PostsLeftOut = Readonly<Record<string, number>>;

/** With two lists of so many posts and the longest cursors, a state fits `STATE_MAX_CHARS`. */
export const LEFT_OUT_MAX = 15;

/** A position in Instagram's lists. All pages are bookmarks of `PageWalk`. */
export interface Position {
  /** The page of posts. */
  readonly mediaAfter?: string | undefined;
  /** The post in that page. */
  readonly mediaId?: string | undefined;
  /** The page of its comments. */
  readonly commentsAfter?: string | undefined;
  /** The comment in that page whose replies are being read, and the page of them. */
  readonly repliesOf?: string | undefined;
  readonly repliesAfter?: string | undefined;
  /** The last comment or reply, from there on, that was handed out. */
  readonly lastId?: string | undefined;
}

/** A sweep over the account's posts between two pulls. All before its position is handed out. */
export interface Place extends Position {
  /** When the sweep began. */
  readonly startedAt: number;
  /** Posts that this sweep could not read. */
  readonly leftOut: PostsLeftOut;
  /** Set when more than `LEFT_OUT_MAX` posts were left out. The sweep does not count as whole. */
  readonly incomplete?: true | undefined;
  /** Set once this sweep could read any post. */
  readonly readable?: true | undefined;
}

/**
 * The record that Zendesk keeps between two pulls. No other record says which comments were handed
 * out, so nothing is lost when the service is killed: an answer that never arrived leaves the old
 * state, and the next pull makes it again.
 */
export interface PullState {
  /** The Instagram account. A state of another account is ignored. */
  readonly igUserId: string;
  /** Names the series of pulls, from the first one on. */
  readonly series: string;
  /** Names the answer that carried this state. When it returns, that answer arrived. */
  readonly answer: string;
  /**
   * The mark of the ledger that made the answer. An earlier version made none, and the first pull
   * has none.
   */
  readonly line?: string | undefined;
  /** Earlier comments are never handed out. */
  readonly from: number;
  /** Earlier comments have been handed out, except those of posts left out. */
  readonly since: number;
  /** Posts that the last whole sweep could not read. */
  readonly leftOut: PostsLeftOut;
  /** Set between the pulls of one sweep. */
  readonly place?: Place | undefined;
}

const VERSION = 1;

/** Tolerance before `connectedAt`: Instagram's times are whole seconds, and its clock may lag. */
const CLOCK_SLACK_MS = 60_000;

/** A state for the account's first pull. */
export function firstState(
  account: Pick<Account, 'igUserId' | 'backfillDays' | 'connectedAt'>,
  now: number,
): PullState {
  const { igUserId, backfillDays, connectedAt = now } = account;
  const from = Math.min(connectedAt, now) - backfillDays * 86_400_000 - CLOCK_SLACK_MS;
  return { igUserId, series: randomName(), answer: '', from, since: from, leftOut: {} };
}

/** Random, because processes share no counter. */
export function randomName(): string {
  return randomBytes(9).toString('base64url');
}

export function writeState(state: PullState): string {
  const { place, ...rest } = state;
  const text = JSON.stringify({ v: VERSION, ...rest, place });
  // Meta documents no length for cursors. Without its place, a sweep restarts and loses nothing.
  return text.length <= STATE_MAX_CHARS ? text : JSON.stringify({ v: VERSION, ...rest });
}

/**
 * The state that Zendesk sent. Undefined if it is empty, unreadable or of another account: then
 * the backfill restarts, and Zendesk skips the comments that it has. A state of another version
 * keeps only its times. Times are at most `now`, because a clock that was ahead for a while must
 * not hide later comments.
 */
export function readState(text: string, igUserId: string, now: number): PullState | undefined {
  if (text.length > STATE_MAX_CHARS) return undefined;
  const json: unknown = sjson.safeParse(text);
  if (!isJsonObject(json) || !isTime(json.since)) return undefined;
  const isOurs = json.v === VERSION;
  if (isOurs && json.igUserId !== igUserId) return undefined;
  const since = Math.min(json.since, now);
  return {
    igUserId,
    series: isOurs && isName(json.series) ? json.series : randomName(),
    answer: isOurs && isName(json.answer) ? json.answer : '',
    line: isOurs && isMark(json.line) ? json.line : undefined,
    from: isTime(json.from) ? Math.min(json.from, now) : since,
    since,
    leftOut: toPostsLeftOut(json.leftOut, now),
    place: isOurs ? toPlace(json.place, now) : undefined,
  };
}

function toPlace(json: unknown, now: number): Place | undefined {
  if (!isJsonObject(json) || !isTime(json.startedAt)) return undefined;
  const { startedAt, mediaAfter, mediaId, commentsAfter, repliesOf, repliesAfter, lastId } = json;
  return {
    startedAt: Math.min(startedAt, now),
    mediaAfter: isBookmark(mediaAfter) ? mediaAfter : undefined,
    mediaId: isId(mediaId) ? mediaId : undefined,
    commentsAfter: isBookmark(commentsAfter) ? commentsAfter : undefined,
    repliesOf: isId(repliesOf) ? repliesOf : undefined,
    repliesAfter: isBookmark(repliesAfter) ? repliesAfter : undefined,
    lastId: isId(lastId) ? lastId : undefined,
    leftOut: toPostsLeftOut(json.leftOut, now),
    incomplete: json.incomplete === true ? true : undefined,
    readable: json.readable === true ? true : undefined,
  };
}

function toPostsLeftOut(json: unknown, now: number): PostsLeftOut {
  if (!isJsonObject(json)) return {};
  const posts = Object.entries(json).flatMap(([mediaId, since]): [string, number][] =>
    isMetaId(mediaId) && isTime(since) ? [[mediaId, Math.min(since, now)]] : [],
  );
  return Object.fromEntries(posts.slice(0, LEFT_OUT_MAX));
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,32}$/.test(value);
}

function isId(value: unknown): value is string {
  return isMetaId(value);
}

/** A cursor of Instagram, bare or as a bookmark of `PageWalk`. */
function isBookmark(value: unknown): value is string {
  return isVisibleAscii(value, CURSOR_MAX_CHARS + BOOKMARK_EXTRA_CHARS);
}
