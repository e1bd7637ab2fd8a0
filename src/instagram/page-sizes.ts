import { LRUCache } from 'lru-cache';
import { atMost } from '../common/at-most.js';
import type { ReadRemedy } from './instagram-error.js';

/** Lists with a remembered size: 1.5 MB at about 150 bytes each. */
const LISTS_MAX = 10_000;
/** After this time a list is read at full size again. */
const REMEMBERED_MS = 3_600_000;
/** Meta's code 1 without a reason is usually temporary, so few smaller sizes are tried. */
const VAGUE_STEP = 4;
const STEP = 2;

/** Entries of a page, and entries of each list inside it. */
export interface PageSize {
  readonly entries: number;
  readonly expanded: number;
}

/**
 * The fraction of the full page size to read each list with, after Instagram refused larger pages.
 */
export class PageSizes {
  private readonly divisors: LRUCache<string, number>;

  constructor(clock: { now(): number }) {
    this.divisors = new LRUCache({
      ...atMost(LISTS_MAX),
      ttl: REMEMBERED_MS,
      perf: { now: () => clock.now() },
    });
  }

  /** The divisor of a list's full page size. */
  findDivisor(list: string): number {
    return this.divisors.get(list) ?? 1;
  }

  remember(list: string, divisor: number): void {
    if (divisor !== 1 && divisor !== this.findDivisor(list)) this.divisors.set(list, divisor);
  }
}

function divide({ entries, expanded }: PageSize, divisor: number): PageSize {
  return {
    entries: Math.max(1, Math.floor(entries / divisor)),
    expanded: Math.max(1, Math.floor(expanded / divisor)),
  };
}

/**
 * The page sizes that one read of a list tries in turn. The last one has one entry with one
 * entry inside, so a read takes at most 7 calls.
 */
export class SizeSteps {
  private wasRepeated = false;

  constructor(
    private readonly full: PageSize,
    public divisor: number,
  ) {}

  get size(): PageSize {
    return divide(this.full, this.divisor);
  }

  /**
   * Moves to the next size after a failure: a smaller one, or the same size once more if Meta did
   * not report that the page was too large.
   *
   * @returns whether there is another size.
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
