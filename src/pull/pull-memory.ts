import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { atMost } from '../common/at-most.js';
import type { ErrorCode } from '../domain/error-codes.js';
import type { Account } from '../domain/account.js';
import type { Media } from '../instagram/graph-objects.js';
import { ANSWERS_PER_ACCOUNT } from '../ledger/pulls/pull-answers.js';
import { FAILURES_PER_ACCOUNT } from '../ledger/pulls/pull-failures.js';

/** Delivered resources of all accounts. At about 150 bytes each they use 15 MB. */
const DELIVERED_MAX = 100_000;
/** Answers that may not have arrived yet: one for each account, and some that were lost. */
const ANSWERS_MAX = 1000;
/** Posts whose comments were read. At about 150 bytes each they use 7 MB. */
const POSTS_MAX = 50_000;
/** Posts that could not be read. At about 200 bytes each they use 2 MB. */
const REFUSALS_MAX = 10_000;
/**
 * How long a post counts as without new comments while their number is unchanged. One comment
 * deleted and one written leave the number unchanged; `OVERLAP_MS` of the sweep finds that one.
 */
export const POST_REMEMBERED_MS = 1_800_000;
/**
 * Sweeps that read a refused post again at once. A comment deleted during the sweep is refused
 * only once.
 */
const RETRIES_AT_ONCE = 2;
/** The first rest of a post after that. Each further refusal doubles it, up to the longest. */
const FIRST_REST_MS = 900_000;
export const LONGEST_REST_MS = 21_600_000;

/** A post when all its comments were read. */
export interface PostReading {
  readonly commentsCount: number;
  /** When its newest comment or reply was written. Milliseconds since 1970, like `readAt`. */
  readonly newestAt: number;
  /** When the number of comments was read. */
  readonly readAt: number;
  /** Whether comments that appeared late did not fit and wait. */
  readonly hasLate: boolean;
}

interface Refusal {
  readonly code: ErrorCode;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly restsUntil: number;
}

/**
 * Saves work, and may be lost: after a restart, comments are read again, and resources are handed
 * out again that Zendesk skips.
 */
@Injectable()
export class PullMemory {
  private readonly delivered = new LRUCache<string, true>(atMost(DELIVERED_MAX));
  private readonly answers = new LRUCache<string, readonly string[]>(atMost(ANSWERS_MAX));
  /** The names of the arrived answers in each series whose resources `delivered` contains. */
  private readonly arrived = new LRUCache<string, readonly string[]>(atMost(ANSWERS_MAX));
  private readonly posts = new LRUCache<string, PostReading>(atMost(POSTS_MAX));
  /** The failures of each account's posts. */
  private readonly failures = new LRUCache<string, ReadonlyMap<string, number>>(
    atMost(ANSWERS_MAX),
  );
  private readonly refusals = new LRUCache<string, Refusal>(atMost(REFUSALS_MAX));
  private readonly unreadable = new LRUCache<string, true>(atMost(ANSWERS_MAX));
  private readonly hiding = new LRUCache<string, true>(atMost(ANSWERS_MAX));

  /** Notes the resources of an answer. */
  noteAnswer(series: string, answer: string, externalIds: readonly string[]): void {
    this.answers.set(`${series}/${answer}`, externalIds);
  }

  /** Notes that an answer arrived, because its state came back. */
  noteArrival(series: string, answer: string): void {
    const externalIds = this.answers.get(`${series}/${answer}`);
    if (externalIds === undefined) return;
    this.noteDelivered(series, answer, externalIds);
    this.answers.delete(`${series}/${answer}`);
  }

  /** Notes the resources of an answer that arrived. */
  noteDelivered(series: string, answer: string, externalIds: readonly string[]): void {
    for (const externalId of externalIds) this.delivered.set(`${series}/${externalId}`, true);
    const others = this.listArrived(series).slice(1 - ANSWERS_PER_ACCOUNT);
    this.arrived.set(series, [...others, answer]);
  }

  /** The last answers of the series that this process knows to have arrived. */
  listArrived(series: string): readonly string[] {
    return this.arrived.get(series) ?? [];
  }

  wasDelivered(series: string, externalId: string): boolean {
    return this.delivered.has(`${series}/${externalId}`);
  }

  noteReading(igUserId: string, mediaId: string, reading: PostReading): void {
    this.posts.set(`${igUserId}/${mediaId}`, reading);
  }

  /**
   * Whether a post's number of comments shows that it has no comment written since then.
   *
   * @param batch whether comments that appeared late can be handed out.
   */
  hasNothingSince(
    { igUserId }: Account,
    media: Media,
    since: number,
    now: number,
    batch: { readonly acceptsLate: boolean },
  ): boolean {
    if (media.commentsCount === 0) return true;
    const known = this.posts.get(`${igUserId}/${media.id}`);
    return (
      known !== undefined &&
      known.commentsCount === media.commentsCount &&
      known.newestAt < since &&
      now - known.readAt < POST_REMEMBERED_MS &&
      !(known.hasLate && batch.acceptsLate)
    );
  }

  /** Counts a failure to read a post's comments. @returns the failures in a row. */
  countFailure(igUserId: string, mediaId: string): number {
    const counts = this.listFailures(igUserId);
    const count = (counts.get(mediaId) ?? 0) + 1;
    const others = [...counts].filter(([id]) => id !== mediaId).slice(1 - FAILURES_PER_ACCOUNT);
    this.failures.set(igUserId, new Map([...others, [mediaId, count] as const]));
    return count;
  }

  forgetFailures(igUserId: string, mediaId: string): void {
    const counts = this.listFailures(igUserId);
    if (!counts.has(mediaId)) return;
    this.failures.set(igUserId, new Map([...counts].filter(([id]) => id !== mediaId)));
  }

  /** The failures in a row of the account's posts. */
  listFailures(igUserId: string): ReadonlyMap<string, number> {
    return this.failures.get(igUserId) ?? new Map<string, number>();
  }

  /** Replaces the failures of the account's posts by those that the replicas know. */
  setFailures(igUserId: string, counts: ReadonlyMap<string, number>): void {
    this.failures.set(igUserId, counts);
  }

  /** Notes that a post is left out. It rests longer after each refusal. */
  noteRefusal(account: Account, mediaId: string, code: ErrorCode, now: number): void {
    const key = toKey(account, mediaId);
    const count = (this.refusals.get(key)?.count ?? 0) + 1;
    const doublings = count - RETRIES_AT_ONCE - 1;
    const restMs = doublings < 0 ? 0 : Math.min(FIRST_REST_MS * 2 ** doublings, LONGEST_REST_MS);
    this.refusals.set(key, { code, count, restsUntil: now + restMs });
  }

  forgetRefusals(account: Account, mediaId: string): void {
    this.refusals.delete(toKey(account, mediaId));
  }

  /** Why a post was left out, while it rests; otherwise undefined. */
  findRest(account: Account, mediaId: string, now: number): ErrorCode | undefined {
    const refusal = this.refusals.get(toKey(account, mediaId));
    if (refusal === undefined || now >= refusal.restsUntil) return undefined;
    // A clock that was ahead for a while must not keep a post out for longer than any rest.
    return refusal.restsUntil - now <= LONGEST_REST_MS ? refusal.code : undefined;
  }

  /** Notes whether the last sweep could read any post of the account. */
  noteReadable(account: Account, isReadable: boolean): void {
    if (isReadable) this.unreadable.delete(toKey(account, ''));
    else this.unreadable.set(toKey(account, ''), true);
  }

  wasUnreadable(account: Account): boolean {
    return this.unreadable.has(toKey(account, ''));
  }

  /** @param isHiding whether Instagram hides the account's comments; undefined changes nothing. */
  noteHiding(account: Account, isHiding: boolean | undefined): void {
    if (isHiding === true) this.hiding.set(toKey(account, ''), true);
    else if (isHiding === false) this.hiding.delete(toKey(account, ''));
  }

  hidesComments(account: Account): boolean {
    return this.hiding.has(toKey(account, ''));
  }
}

/** An account that is connected again may have new permissions, so its old refusals end. */
function toKey({ igUserId, connectedAt }: Account, mediaId: string): string {
  return `${igUserId}/${String(connectedAt)}/${mediaId}`;
}
