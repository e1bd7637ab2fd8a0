import { LRUCache } from 'lru-cache';
import { atMost } from '../common/at-most.js';

/** A report of used limits. */
export interface UsageReport {
  /** The highest of Meta's counters. */
  readonly percent: number;
  /** How long until calls are accepted again, if Meta says so. */
  readonly regainMs: number | undefined;
}

/** What Meta reported with an answer. */
export interface Usage {
  readonly app: UsageReport | undefined;
  readonly account: UsageReport | undefined;
}

/** From this usage on, calls are spaced. */
const SLOW_PERCENT = 80;
/** From this usage on, calls pause. */
export const FULL_PERCENT = 95;
/** The space between two calls just below `FULL_PERCENT`. */
const SPACING_MAX_MS = 3000;
/** Calls for which no person waits give way: they need a space this many times as long. */
const BACKGROUND_FACTOR = 4;
/** Meta's counters move with each minute, so an older report says little. */
const FRESH_MS = 300_000;
/** Accounts with a report: 1 MB. */
const ACCOUNTS_MAX = 10_000;

interface Meter {
  readonly percent: number;
  readonly at: number;
  /** When the next call fits. */
  next: number;
}

/** A place for one call. */
export interface Reservation {
  readonly waitMs: number;
  /** For a call that is not sent. */
  readonly giveBack: () => void;
}

const NO_WAIT: Reservation = { waitMs: 0, giveBack: () => undefined };

/** Spaces the calls of an account or of the app whose limits are nearly used up. */
export class UsageMeter {
  private readonly meters = new LRUCache<string, Meter>(atMost(ACCOUNTS_MAX));

  note(key: string, { percent }: UsageReport): void {
    const meter = this.meters.get(key);
    if (percent < SLOW_PERCENT) {
      if (meter !== undefined) this.meters.delete(key);
      return;
    }
    const now = performance.now();
    this.meters.set(key, { percent, at: now, next: meter?.next ?? now });
  }

  /**
   * Reserves a place for a call.
   *
   * @returns how long it waits, and a function that gives the place back. If the wait is more than
   *   `waitMs`, nothing was reserved.
   */
  reserve(key: string, isBackground: boolean, waitMs: number): Reservation {
    const now = performance.now();
    const meter = this.find(key, now);
    if (meter === undefined) return NO_WAIT;
    const spacing = toSpacing(meter.percent);
    const place = meter.next + (isBackground ? spacing * (BACKGROUND_FACTOR - 1) : 0);
    const wait = Math.max(0, place - now);
    if (wait > waitMs) return { ...NO_WAIT, waitMs: wait };
    meter.next = Math.max(meter.next, now) + spacing;
    return {
      waitMs: wait,
      giveBack: () => {
        // A newer report keeps the time, so the place is still in it.
        const current = this.meters.get(key);
        if (current !== undefined) current.next -= spacing;
      },
    };
  }

  private find(key: string, now: number): Meter | undefined {
    if (this.meters.size === 0) return undefined;
    const meter = this.meters.get(key);
    return meter === undefined || now - meter.at > FRESH_MS ? undefined : meter;
  }
}

/** Grows from nothing at `SLOW_PERCENT` to `SPACING_MAX_MS` at `FULL_PERCENT`. */
function toSpacing(percent: number): number {
  const share = (percent - SLOW_PERCENT) / (FULL_PERCENT - SLOW_PERCENT);
  return SPACING_MAX_MS * Math.min(1, Math.max(0, share));
}
