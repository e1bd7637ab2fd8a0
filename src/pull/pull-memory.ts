import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Media } from '../instagram/graph-objects.js';

/** Resources remembered as delivered, over all accounts; at about 150 bytes each they take 15 MB. */
const DELIVERED_MAX = 100_000;
/** Answers whose arrival is not known yet; one for each account, and some that were lost. */
const ANSWERS_MAX = 1000;
/** Posts whose comments are remembered to be read; at about 150 bytes each they take 7 MB. */
const POSTS_MAX = 50_000;
/**
 * How long a post whose number of comments did not change is taken to have no new ones, in milliseconds. One comment deleted and
 * one written leave the number as it was; `OVERLAP_MS` of the sweep is longer, so that such a one is found after all.
 */
export const POST_REMEMBERED_MS = 1_800_000;

/** What was seen of a post when all its comments were read. */
export interface PostReading {
  readonly commentsCount: number;
  /** When its newest comment or reply was written, in milliseconds since 1970. */
  readonly newestAt: number;
  /** When the number of comments was read. */
  readonly readAt: number;
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

  /** Whether a post surely has no comment written since then, as far as its number of comments tells. */
  hasNothingSince(igUserId: string, media: Media, since: number, now: number): boolean {
    if (media.commentsCount === 0) return true;
    const known = this.posts.get(`${igUserId}/${media.id}`);
    return (
      known !== undefined &&
      known.commentsCount === media.commentsCount &&
      known.newestAt < since &&
      now - known.readAt < POST_REMEMBERED_MS
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
}

/** Bounded like `max`, but without setting the memory of all entries aside at the start. */
function atMost(entries: number): { maxSize: number; sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: () => 1 };
}
