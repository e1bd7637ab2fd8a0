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
 * The part of the burst that a process without shared rows grants right after its start, if the
 * process before it sent calls just before. Together they send 45 likes in 5 seconds at most.
 */
const START_SHARE = 0.25;
/** A process that is alone stores the time of its last calls this often. */
const NOTE_EVERY_MS = 1000;
/** A call is sent this long after its claim at most: the longest `PROXY_DEADLINE_MS`. */
const SENT_WITHIN_MS = 60_000;
/** How long a process that is alone waits for its file. A slow disk takes seconds. */
const FILE_MAX_MS = 10_000;

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
  /** The same as `next`, for the calls that this process has really sent, while it is alone. */
  private readonly sent = new LRUCache<string, number>(atMost(ACCOUNTS_MAX));
  private readonly lonePace: PaceRule;
  private readonly lines = new Map<string, Waiting[]>();
  private readonly startedAt: number;
  /** The theoretical time of the next call of an account without calls yet, while alone. */
  private start: Promise<number> | undefined;
  private notedAt = -Infinity;

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

  /**
   * Claims a place again, right before the call is sent. The call may have waited since its first
   * claim, for example for the database, and such calls would go out all at once. A process that
   * is alone knows when it sent each call. With shared rows, a call that is late needs another
   * place, because processes do not know each other's late calls.
   *
   * @returns how long to wait.
   * @throws {PaceExceeded}
   */
  async claimSending(igUserId: string, isLate: boolean, waitMs: number): Promise<number> {
    if (this.rows.isShared) return isLate ? this.claim(igUserId, waitMs) : 0;
    const { granted, next } = await this.claimAlone(this.sent, igUserId, 1, waitMs);
    const place = granted === 0 ? next : next - this.rule.intervalMs;
    const leftMs = toWait(this.rule, place, this.time.now());
    if (granted === 0) throw new PaceExceeded(leftMs);
    return leftMs;
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
      const claimed = await this.claimAlone(this.next, igUserId, count, waitMs);
      // Comes before the calls are recorded, so the process after this one finds it.
      this.noteUse();
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

  private async claimAlone(
    times: LRUCache<string, number>,
    igUserId: string,
    count: number,
    waitMs: number,
  ): Promise<Claimed> {
    const start = await (this.start ??= this.findStart());
    const next = times.get(igUserId) ?? start;
    const claimed = claimPace(this.rule, next, { now: this.time.now(), count, waitMs });
    times.set(igUserId, claimed.next);
    return claimed;
  }

  /** A process that is alone may follow another one that has just used a burst. */
  private async findStart(): Promise<number> {
    const { burst, intervalMs, windowMs } = this.rule;
    const known = await this.rows.use(
      async ({ paces }) => ({ agoMs: (await paces.readUse(this.kind)) ?? Infinity }),
      FILE_MAX_MS,
    );
    const recentMs = windowMs + NOTE_EVERY_MS + SENT_WITHIN_MS;
    if (known !== undefined && known.agoMs > recentMs) return -Infinity;
    return this.startedAt + burst * (1 - START_SHARE) * intervalMs;
  }

  private noteUse(): void {
    const now = this.time.now();
    if (now - this.notedAt < NOTE_EVERY_MS) return;
    this.notedAt = now;
    void this.rows.use(({ paces }) => paces.noteUse(this.kind), FILE_MAX_MS);
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
