import { LRUCache } from 'lru-cache';
import type { Clock } from '../common/clock.js';
import { claimPace, type Claimed, type PaceRule, toTolerance, toWait } from './pace.js';
import type { SharedRows } from './shared-rows.js';

/** Calls in one claim. */
const CLAIM_MAX = 100;
/** Accounts with a known pace: 1 MB. A forgotten one is read again where it is shared. */
const ACCOUNTS_MAX = 10_000;
/**
 * The part of the burst that a process without shared rows grants right after its start. The
 * process before it may have used a whole burst.
 */
const START_SHARE = 0.5;

interface Waiting {
  readonly waitMs: number;
  /** Resolves with the milliseconds to wait. */
  readonly grant: (waitMs: number) => void;
  readonly refuse: (leftMs: number) => void;
}

/** The call does not fit the pace within the time that it can wait. */
export class PaceExceeded extends Error {
  constructor(readonly leftMs: number) {
    super('pace');
  }
}

/** Spaces the calls of one kind, for each account. Processes share the pace in PostgreSQL. */
export class PaceLine {
  /** The theoretical time of each account's next call, by this process's clock. */
  private readonly next = new LRUCache<string, number>({ max: ACCOUNTS_MAX });
  private readonly lines = new Map<string, Waiting[]>();
  private readonly startedAt: number;

  constructor(
    private readonly kind: string,
    private readonly rule: PaceRule,
    private readonly rows: SharedRows,
    private readonly clock: Clock,
  ) {
    this.startedAt = clock.now();
  }

  /**
   * Claims a place.
   *
   * @param waitMs the longest wait that the caller accepts.
   * @returns how long to wait.
   * @throws {PaceExceeded} nothing was claimed.
   */
  claim(igUserId: string, waitMs: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        waitMs,
        grant: resolve,
        refuse: (leftMs) => {
          reject(new PaceExceeded(leftMs));
        },
      };
      // Other processes only add to the wait, so a call that does not fit here fits nowhere.
      if (this.refuseIfLate(igUserId, waiting)) return;
      const line = this.lines.get(igUserId);
      if (line !== undefined) {
        line.push(waiting);
        return;
      }
      this.lines.set(igUserId, [waiting]);
      void this.work(igUserId);
    });
  }

  /** Claims for all that wait, one claim after the other. */
  private async work(igUserId: string): Promise<void> {
    const line = this.lines.get(igUserId) ?? [];
    while (line.length > 0) {
      const some = line
        .splice(0, CLAIM_MAX)
        .filter((waiting) => !this.refuseIfLate(igUserId, waiting));
      if (some.length === 0) continue;
      const waitMs = Math.min(...some.map((each) => each.waitMs));
      const { granted, next } = await this.claimSome(igUserId, some.length, waitMs);
      this.next.set(igUserId, next);
      const now = this.clock.now();
      some.forEach((waiting, index) => {
        const place = next - (granted - index) * this.rule.intervalMs;
        if (index < granted) waiting.grant(toWait(this.rule, place, now));
        else if (!this.refuseIfLate(igUserId, waiting)) line.push(waiting);
      });
    }
    this.lines.delete(igUserId);
  }

  private async claimSome(igUserId: string, count: number, waitMs: number): Promise<Claimed> {
    const now = this.clock.now();
    const shared = this.rows.isShared
      ? await this.rows.use(({ paces }) =>
          paces.claim({
            igUserId,
            kind: this.kind,
            count,
            waitMs,
            intervalMs: this.rule.intervalMs,
            toleranceMs: toTolerance(this.rule),
          }),
        )
      : undefined;
    // The statement ran after `now`, so the time is never later than the shared one.
    if (shared !== undefined) return { granted: shared.granted, next: now + shared.nextInMs };
    const next = this.next.get(igUserId) ?? this.startOf();
    return claimPace(this.rule, next, { now, count, waitMs });
  }

  private startOf(): number {
    return this.startedAt + this.rule.burst * START_SHARE * this.rule.intervalMs;
  }

  private refuseIfLate(igUserId: string, { waitMs, refuse }: Waiting): boolean {
    const next = this.next.get(igUserId) ?? -Infinity;
    const leftMs = toWait(this.rule, next, this.clock.now());
    if (leftMs <= waitMs) return false;
    refuse(leftMs);
    return true;
  }
}
