import { LRUCache } from 'lru-cache';
import { atMost } from '../common/at-most.js';

/** A success of another kind of call ends a limit too early, so its length grows for this long. */
const KEPT_MS = 30 * 60_000;
/** Accounts with a recent limit: 1 MB. A forgotten one costs one refused call. */
const ACCOUNTS_MAX = 10_000;

/** How often each recent limit was hit, after its hold has ended. */
export class Repeats {
  private readonly counts = new LRUCache<string, number>({ ...atMost(ACCOUNTS_MAX), ttl: KEPT_MS });

  /** @param repeats how often it was hit in a row before. */
  note(key: string, repeats: number): void {
    this.counts.set(key, repeats + 1);
  }

  /** How often the limit was hit in the last half hour. */
  of(key: string): number {
    return this.counts.get(key) ?? 0;
  }
}
