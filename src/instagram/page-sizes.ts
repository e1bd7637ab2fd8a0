import { LRUCache } from 'lru-cache';
import type { ReadRemedy } from './instagram-error.js';

/** Lists whose size is remembered; at about 150 bytes each they have 1.5 MB. */
const LISTS_MAX = 10_000;
/** Milliseconds until a list is tried at full size again. */
const REMEMBERED_MS = 3_600_000;
/** Meta's code 1 without a reason is mostly a passing fault, so few smaller sizes are tried. */
const VAGUE_STEP = 4;
const STEP = 2;

/** Entries of a page, and of each list expanded inside it. */
export interface PageSize {
  readonly entries: number;
  readonly expanded: number;
}

/**
 * Which part of the full page size each list is read with, since Instagram refused larger pages.
 */
export class PageSizes {
  private readonly divisors: LRUCache<string, number>;

  constructor(clock: { now(): number }) {
    this.divisors = new LRUCache({
      max: LISTS_MAX,
      ttl: REMEMBERED_MS,
      perf: { now: () => clock.now() },
    });
  }

  /** What to divide the full page size of a list by. */
  divisorOf(list: string): number {
    return this.divisors.get(list) ?? 1;
  }

  remember(list: string, divisor: number): void {
    if (divisor !== 1 && divisor !== this.divisorOf(list)) this.divisors.set(list, divisor);
  }
}

export function dividedBy(divisor: number, { entries, expanded }: PageSize): PageSize {
  return {
    entries: Math.max(1, Math.floor(entries / divisor)),
    expanded: Math.max(1, Math.floor(expanded / divisor)),
  };
}

/**
 * The sizes at which one read of a list is tried, one after the other. It ends at one entry,
 * expanded once, so a read takes at most 7 calls.
 */
export class SizeSteps {
  private wasRepeated = false;

  constructor(
    private readonly full: PageSize,
    public divisor: number,
  ) {}

  get size(): PageSize {
    return dividedBy(this.divisor, this.full);
  }

  /**
   * Moves to the size to try after a failure: a smaller one, or the same once more where Meta did
   * not say that the page was too large.
   *
   * @returns whether there is one.
   */
  advance(remedy: ReadRemedy | undefined): boolean {
    if (remedy !== 'smaller_page' && remedy !== 'maybe_smaller_page') return false;
    const { entries, expanded } = this.size;
    if (entries === 1 && expanded === 1) return false;
    if (remedy === 'smaller_page') {
      this.divisor *= STEP;
    } else if (this.wasRepeated) {
      this.divisor *= VAGUE_STEP;
    }
    this.wasRepeated = true;
    return true;
  }
}
