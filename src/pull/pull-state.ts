import { randomBytes } from 'node:crypto';
import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';
import type { Account } from '../domain/account.js';
import { isMetaId, isVisibleAscii } from '../domain/formats.js';
import { CURSOR_MAX_CHARS } from '../instagram/graph-objects.js';
import { BOOKMARK_EXTRA_CHARS } from '../instagram/page-walk.js';
import { STATE_MAX_CHARS } from '../zendesk/limits.js';

/** Posts that could not be read, each with the moment from which on its comments are still to be handed out, in milliseconds since 1970. */
export type PostsLeftOut = Readonly<Record<string, number>>;

/** As many posts are kept in a state: with two lists of them and the longest cursors it stays within `STATE_MAX_CHARS`. */
export const LEFT_OUT_MAX = 15;

/** How far a sweep over the account's posts has come: everything before this place has been handed out. */
export interface Place {
  /** When the sweep began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** The page of posts; like the other pages, a bookmark of `PageWalk`. */
  readonly mediaAfter?: string | undefined;
  /** The post in that page. */
  readonly mediaId?: string | undefined;
  /** The page of its comments. */
  readonly commentsAfter?: string | undefined;
  /** The comment in that page whose replies are being read, and the page of them. */
  readonly repliesOf?: string | undefined;
  readonly repliesAfter?: string | undefined;
  /** The comment or reply, from there on, that was handed out last. */
  readonly lastId?: string | undefined;
  /** Posts that this sweep could not read. */
  readonly leftOut: PostsLeftOut;
  /** Set when more posts had to be left out than are kept, so that the sweep does not count as whole. */
  readonly incomplete?: true | undefined;
  /** Set once this sweep could read any post. */
  readonly readable?: true | undefined;
}

/**
 * What Zendesk keeps between two pulls. It is the only record of what was handed out, so that nothing is lost in whatever moment the
 * service is killed: an answer that never arrived leaves the old state, and is made again.
 */
export interface PullState {
  /** The Instagram account that it is about; another one begins anew. */
  readonly igUserId: string;
  /** Names the series of pulls; made up by the first of it. */
  readonly series: string;
  /** Names the answer that carried this state: its return says that the answer arrived. */
  readonly answer: string;
  /** Comments from before this are never handed out, in milliseconds since 1970. */
  readonly from: number;
  /** Everything from before this has been handed out, but for the posts left out; in milliseconds since 1970. */
  readonly since: number;
  /** Posts that the last whole sweep could not read. */
  readonly leftOut: PostsLeftOut;
  /** Set between the pulls of one sweep. */
  readonly place?: Place | undefined;
}

const VERSION = 1;

/** Times of Instagram's are whole seconds, and its clock may be behind: so far before the account was connected its comments are taken. */
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

/** Names are random, so that nobody has to count. */
export function randomName(): string {
  return randomBytes(9).toString('base64url');
}

export function writeState(state: PullState): string {
  const { place, ...rest } = state;
  const text = JSON.stringify({ v: VERSION, ...rest, place });
  // Cursors are opaque and of no documented length. Without its place, a sweep begins anew and nothing is lost.
  return text.length <= STATE_MAX_CHARS ? text : JSON.stringify({ v: VERSION, ...rest });
}

/**
 * The state that Zendesk sent; undefined where it is blank, unreadable or another account's, and the backfill is to begin anew (what
 * Zendesk has, it passes over). Of another version's state the times alone are taken: its sweep begins anew. No time is later than now: a
 * clock that was ahead for a while must not hide what is written meanwhile.
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

/** An Instagram cursor, bare or as a bookmark of `PageWalk`. */
function isBookmark(value: unknown): value is string {
  return isVisibleAscii(value, CURSOR_MAX_CHARS + BOOKMARK_EXTRA_CHARS);
}
