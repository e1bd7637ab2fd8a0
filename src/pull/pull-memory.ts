import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ErrorCode } from '../domain/error-codes.js';
import type { Account } from '../domain/account.js';
import type { Media } from '../instagram/graph-objects.js';

/** Resources remembered as delivered, over all accounts; at about 150 bytes each they take 15 MB. */
const DELIVERED_MAX = 100_000;
/** Answers whose arrival is not known yet; one for each account, and some that were lost. */
const ANSWERS_MAX = 1000;
/** Posts whose comments are remembered to be read; at about 150 bytes each they take 7 MB. */
const POSTS_MAX = 50_000;
/** Posts that could not be read; at about 200 bytes each they take 2 MB. */
const REFUSALS_MAX = 10_000;
/**
 * How long a post whose number of comments did not change is taken to have no new ones, in milliseconds. One comment deleted and
 * one written leave the number as it was; `OVERLAP_MS` of the sweep is longer, so that such a one is found after all.
 */
export const POST_REMEMBERED_MS = 1_800_000;
/**
 * A refused post is read again in each of so many sweeps: a comment deleted meanwhile is refused
 * once.
 */
const RETRIES_AT_ONCE = 2;
/** Then a post rests for so long, twice as long after each refusal, up to the longest rest. */
const FIRST_REST_MS = 900_000;
export const LONGEST_REST_MS = 21_600_000;

/** What was seen of a post when all its comments were read. */
export interface PostReading {
  readonly commentsCount: number;
  /** When its newest comment or reply was written, in milliseconds since 1970. */
  readonly newestAt: number;
  /** When the number of comments was read. */
  readonly readAt: number;
  /** Whether comments that appeared late are still to be handed out. */
  readonly hasLate: boolean;
}

interface Refusal {
  readonly code: ErrorCode;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly restsUntil: number;
}

/**
 * What saves work and is never needed: without it, after a restart, resources are handed out again that Zendesk passes over, and
 * comments are read again.
 */
@Injectable()
export class PullMemory {
  private readonly delivered = new LRUCache<string, true>(atMost(DELIVERED_MAX));
  private readonly answers = new LRUCache<string, readonly string[]>({ max: ANSWERS_MAX });
  private readonly posts = new LRUCache<string, PostReading>(atMost(POSTS_MAX));
  private readonly failures = new LRUCache<string, number>({ max: ANSWERS_MAX });
  private readonly refusals = new LRUCache<string, Refusal>(atMost(REFUSALS_MAX));
  private readonly unreadable = new LRUCache<string, true>({ max: ANSWERS_MAX });
  private readonly hiding = new LRUCache<string, true>({ max: ANSWERS_MAX });

  /** Notes what an answer hands out. */
  handOut(series: string, answer: string, externalIds: readonly string[]): void {
    this.answers.set(`${series}/${answer}`, externalIds);
  }

  /** Notes that an answer arrived: its state came back. */
  arrived(series: string, answer: string): void {
    const externalIds = this.answers.get(`${series}/${answer}`) ?? [];
    for (const externalId of externalIds) this.delivered.set(`${series}/${externalId}`, true);
    this.answers.delete(`${series}/${answer}`);
  }

  wasDelivered(series: string, externalId: string): boolean {
    return this.delivered.has(`${series}/${externalId}`);
  }

  noteReading(igUserId: string, mediaId: string, reading: PostReading): void {
    this.posts.set(`${igUserId}/${mediaId}`, reading);
  }

  /**
   * Whether a post surely has no comment written since then, as far as its number of comments
   * tells.
   *
   * @param isLateTaken whether comments that appeared late can be handed out.
   */
  hasNothingSince(
    igUserId: string,
    media: Media,
    since: number,
    now: number,
    isLateTaken: boolean,
  ): boolean {
    if (media.commentsCount === 0) return true;
    const known = this.posts.get(`${igUserId}/${media.id}`);
    return (
      known !== undefined &&
      known.commentsCount === media.commentsCount &&
      known.newestAt < since &&
      now - known.readAt < POST_REMEMBERED_MS &&
      !(known.hasLate && isLateTaken)
    );
  }

  /** Counts a failure to read a post's comments, and returns how many there were in a row. */
  countFailure(igUserId: string, mediaId: string): number {
    const count = (this.failures.get(`${igUserId}/${mediaId}`) ?? 0) + 1;
    this.failures.set(`${igUserId}/${mediaId}`, count);
    return count;
  }

  forgetFailures(igUserId: string, mediaId: string): void {
    this.failures.delete(`${igUserId}/${mediaId}`);
  }

  /** Notes that a post is left out. It rests the longer, the more often that happens. */
  noteRefusal(account: Account, mediaId: string, code: ErrorCode, now: number): void {
    const key = keyOf(account, mediaId);
    const count = (this.refusals.get(key)?.count ?? 0) + 1;
    const doublings = count - RETRIES_AT_ONCE - 1;
    const restMs = doublings < 0 ? 0 : Math.min(FIRST_REST_MS * 2 ** doublings, LONGEST_REST_MS);
    this.refusals.set(key, { code, count, restsUntil: now + restMs });
  }

  forgetRefusals(account: Account, mediaId: string): void {
    this.refusals.delete(keyOf(account, mediaId));
  }

  /** Why a post was left out, while it is not to be read again. */
  restingFor(account: Account, mediaId: string, now: number): ErrorCode | undefined {
    const refusal = this.refusals.get(keyOf(account, mediaId));
    if (refusal === undefined || now >= refusal.restsUntil) return undefined;
    // A clock that was ahead for a while must not keep a post out for longer than any rest.
    return refusal.restsUntil - now <= LONGEST_REST_MS ? refusal.code : undefined;
  }

  /** Notes whether the last sweep could read any post of the account. */
  noteReadable(account: Account, isReadable: boolean): void {
    if (isReadable) this.unreadable.delete(keyOf(account, ''));
    else this.unreadable.set(keyOf(account, ''), true);
  }

  wasUnreadable(account: Account): boolean {
    return this.unreadable.has(keyOf(account, ''));
  }

  /** Notes whether Instagram hides the account's comments; undefined where the pull cannot know. */
  noteHiding(account: Account, isHiding: boolean | undefined): void {
    if (isHiding === true) this.hiding.set(keyOf(account, ''), true);
    else if (isHiding === false) this.hiding.delete(keyOf(account, ''));
  }

  hidesComments(account: Account): boolean {
    return this.hiding.has(keyOf(account, ''));
  }
}

/** An account that is connected again may have new permissions: earlier refusals do not count. */
function keyOf({ igUserId, connectedAt }: Account, mediaId: string): string {
  return `${igUserId}/${String(connectedAt)}/${mediaId}`;
}

/** Bounded like `max`, but without setting the memory of all entries aside at the start. */
function atMost(entries: number): { maxSize: number; sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: () => 1 };
}
