import { randomBytes } from 'node:crypto';
import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';
import { STATE_MAX_CHARS } from '../zendesk/limits.js';

/** How far a sweep over the account's posts has come: everything before this place has been handed out. */
export interface Place {
  /** When the sweep began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Cursor of the page of posts. */
  readonly mediaAfter?: string | undefined;
  /** The post in that page. */
  readonly mediaId?: string | undefined;
  /** Cursor of the page of its comments. */
  readonly commentsAfter?: string | undefined;
  /** The comment or reply in that page that was handed out last. */
  readonly lastId?: string | undefined;
  /** Set when a post had to be left out, so that the sweep does not count as whole. */
  readonly incomplete?: true | undefined;
}

/**
 * What Zendesk keeps between two pulls. It is the only record of what was handed out, so that nothing is lost in whatever moment the
 * service is killed: an answer that never arrived leaves the old state, and is made again.
 */
export interface PullState {
  /** Names the series of pulls; made up by the first of it. */
  readonly series: string;
  /** Names the answer that carried this state: its return says that the answer arrived. */
  readonly answer: string;
  /** Comments from before this are never handed out, in milliseconds since 1970. */
  readonly from: number;
  /** Everything from before this has been handed out, in milliseconds since 1970. */
  readonly since: number;
  /** Set between the pulls of one sweep. */
  readonly place?: Place | undefined;
}

const VERSION = 1;

/** A state for the account's first pull. */
export function firstState(now: number, backfillDays: number): PullState {
  const from = now - backfillDays * 86_400_000;
  return { series: randomName(), answer: '', from, since: from };
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
 * The state that Zendesk sent; undefined where it is blank or unreadable, and the backfill is to begin anew (what Zendesk has, it
 * passes over). Of another version's state the times alone are taken: its sweep begins anew.
 */
export function readState(text: string): PullState | undefined {
  if (text.length > STATE_MAX_CHARS) return undefined;
  const json: unknown = sjson.safeParse(text);
  if (!isJsonObject(json) || !isTime(json.since)) return undefined;
  const { since } = json;
  const isOurs = json.v === VERSION;
  return {
    series: isOurs && isName(json.series) ? json.series : randomName(),
    answer: isOurs && isName(json.answer) ? json.answer : '',
    from: isTime(json.from) ? json.from : since,
    since,
    place: isOurs ? toPlace(json.place) : undefined,
  };
}

function toPlace(json: unknown): Place | undefined {
  if (!isJsonObject(json) || !isTime(json.startedAt)) return undefined;
  const { startedAt, mediaAfter, mediaId, commentsAfter, lastId } = json;
  return {
    startedAt,
    mediaAfter: isText(mediaAfter) ? mediaAfter : undefined,
    mediaId: isText(mediaId) ? mediaId : undefined,
    commentsAfter: isText(commentsAfter) ? commentsAfter : undefined,
    lastId: isText(lastId) ? lastId : undefined,
    incomplete: json.incomplete === true ? true : undefined,
  };
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,32}$/.test(value);
}

/** A cursor or an id that came from Instagram and goes back to it. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,1000}$/.test(value);
}
