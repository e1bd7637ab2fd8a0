import { LRUCache } from 'lru-cache';
import { atMost } from '../common/at-most.js';
import type { ElapsedTime } from '../common/elapsed-time.js';
import { claimPace, type Claimed, type PaceRule, toLonePace, toTolerance, toWait } from './pace.js';
import { ANSWER_MAX_MS, type SharedRows } from './shared-rows.js';

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
  /** The end of its wait, in elapsed time. */
  readonly until: number;
  /** Resolves with the milliseconds to wait. */
  readonly grant: (waitMs: number) => void;
  readonly refuse: (leftMs: number) => void;
}

interface RuledClaim extends Claimed {
  readonly rule: PaceRule;
}

/** The call does not fit the pace within the time that it can wait. */
export class PaceExceeded extends Error {
  constructor(readonly leftMs: number) {
    super('pace');
  }
}

/**
 * Spaces the calls of one kind, for each account. Processes share the pace in PostgreSQL. While
 * that fails, each of them keeps to a much slower pace. Times are elapsed time, so a change of
 * the system's clock does not matter.
 */
export class PaceLine {
  /** The theoretical time of each account's next call. */
  private readonly next = new LRUCache<string, number>(atMost(ACCOUNTS_MAX));
  /** The same while the shared rows fail. */
  private readonly lone = new LRUCache<string, number>(atMost(ACCOUNTS_MAX));
  private readonly lonePace: PaceRule;
  private readonly lines = new Map<string, Waiting[]>();
  private readonly startedAt: number;

  constructor(
    private readonly kind: string,
    private readonly rule: PaceRule,
    private readonly rows: SharedRows,
    private readonly time: ElapsedTime,
  ) {
    this.lonePace = toLonePace(rule);
    this.startedAt = time.now();
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
        until: this.time.now() + waitMs,
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
      const waitMs = Math.min(...some.map((waiting) => this.leftOf(waiting)));
      const claimed = await this.claimSome(igUserId, some.length, waitMs);
      line.push(...this.answer(igUserId, some, claimed));
    }
    this.lines.delete(igUserId);
  }

  /** Grants and refuses. Returns the calls that may fit into another claim. */
  private answer(
    igUserId: string,
    some: readonly Waiting[],
    { rule, granted, next }: RuledClaim,
  ): Waiting[] {
    const now = this.time.now();
    return some.filter((waiting, index) => {
      if (index < granted) {
        waiting.grant(toWait(rule, next - (granted - index) * rule.intervalMs, now));
        return false;
      }
      if (rule !== this.lonePace) return !this.refuseIfLate(igUserId, waiting);
      waiting.refuse(toWait(rule, next, now));
      return false;
    });
  }

  private async claimSome(igUserId: string, count: number, waitMs: number): Promise<RuledClaim> {
    const { rule, lonePace } = this;
    if (!this.rows.isShared) {
      const next = this.next.get(igUserId) ?? this.startOf();
      const claimed = claimPace(rule, next, { now: this.time.now(), count, waitMs });
      this.next.set(igUserId, claimed.next);
      return { rule, ...claimed };
    }
    const shared = await this.claimShared(igUserId, count, waitMs);
    if (shared !== undefined) {
      this.next.set(igUserId, shared.next);
      return { rule, ...shared };
    }
    // Without the rows, this process does not know the calls of the others.
    const next = this.lone.get(igUserId) ?? -Infinity;
    const claimed = claimPace(lonePace, next, { now: this.time.now(), count, waitMs: 0 });
    this.lone.set(igUserId, claimed.next);
    return { rule: lonePace, ...claimed };
  }

  private async claimShared(
    igUserId: string,
    count: number,
    waitMs: number,
  ): Promise<Claimed | undefined> {
    const now = this.time.now();
    const { intervalMs } = this.rule;
    const toleranceMs = toTolerance(this.rule);
    const shared = await this.rows.use(
      ({ paces }) =>
        paces.claim({ igUserId, kind: this.kind, count, waitMs, intervalMs, toleranceMs }),
      Math.max(waitMs, ANSWER_MAX_MS),
    );
    // The statement ran after `now`, so the time is never later than the shared one.
    return shared && { granted: shared.granted, next: now + shared.nextInMs };
  }

  private startOf(): number {
    return this.startedAt + this.rule.burst * START_SHARE * this.rule.intervalMs;
  }

  private refuseIfLate(igUserId: string, waiting: Waiting): boolean {
    const next = this.next.get(igUserId) ?? -Infinity;
    const leftMs = toWait(this.rule, next, this.time.now());
    if (leftMs <= this.leftOf(waiting)) return false;
    waiting.refuse(leftMs);
    return true;
  }

  /** Milliseconds that a call may still wait. With 0, only a place that is free now fits. */
  private leftOf({ until }: Waiting): number {
    return Math.max(0, until - this.time.now());
  }
}
