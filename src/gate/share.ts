import type { Deadline } from '../common/deadline.js';

/** Calls of one account that may wait for a connection at once. */
const WAITING_MAX = 5000;
/** An account whose last answer is older than this counts as unproven. */
const PROVEN_MS = 60_000;
/**
 * Calls that an unproven account may have in progress. If Meta refuses the account, the others do
 * not go out. Two, because an agent's app reads two things at once.
 */
const UNPROVEN_MAX = 2;
/** While Meta does not answer, an unproven account gets twice as many calls after each of these. */
const GROWTH_MS = 250;
/** A call is sent only with this much time left: Instagram could hardly answer in less. */
const SEND_MIN_MS = 100;

interface Waiting {
  readonly admit: () => void;
}

/** The connections of one account. */
export class Share {
  private inUse = 0;
  private answeredAt = -Infinity;
  /** When the calls in progress began to wait for a first answer, or Meta last refused one. */
  private unprovenSince = 0;
  private readonly waiting = new Set<Waiting>();
  private timer: NodeJS.Timeout | undefined;

  /** @param max connections of one account. */
  constructor(private readonly max: number) {}

  /** Whether no call uses or waits for a connection. */
  get isIdle(): boolean {
    return this.inUse === 0 && this.waiting.size === 0;
  }

  /** Waits for a connection. Returns whether the call has one; if not, its time ran out. */
  async enter(deadline: Deadline): Promise<boolean> {
    if (this.waiting.size === 0 && this.inUse < this.limit) {
      this.admitOne();
      return true;
    }
    if (this.waiting.size >= WAITING_MAX) return false;
    return this.wait(deadline.remainingMs - SEND_MIN_MS);
  }

  /** @param proven whether Meta answered and did not refuse the account. */
  leave(proven: boolean | undefined): void {
    this.inUse -= 1;
    if (proven === true) this.answeredAt = performance.now();
    if (proven === false) {
      this.answeredAt = -Infinity;
      this.unprovenSince = performance.now();
    }
    this.admitWaiting();
  }

  private get limit(): number {
    const now = performance.now();
    if (now - this.answeredAt < PROVEN_MS) return this.max;
    if (this.inUse === 0) return Math.min(UNPROVEN_MAX, this.max);
    const steps = Math.floor((now - this.unprovenSince) / GROWTH_MS);
    return Math.min(UNPROVEN_MAX * 2 ** Math.min(steps, 16), this.max);
  }

  private admitOne(): void {
    if (this.inUse === 0) this.unprovenSince = performance.now();
    this.inUse += 1;
  }

  private wait(waitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          this.waiting.delete(waiting);
          resolve(false);
        },
        Math.max(0, waitMs),
      );
      const waiting: Waiting = {
        admit: () => {
          clearTimeout(timer);
          this.waiting.delete(waiting);
          this.admitOne();
          resolve(true);
        },
      };
      this.waiting.add(waiting);
      this.scheduleGrowth();
    });
  }

  private admitWaiting(): void {
    for (const waiting of this.waiting) {
      if (this.inUse >= this.limit) break;
      waiting.admit();
    }
    this.scheduleGrowth();
  }

  private scheduleGrowth(): void {
    const isNeeded = this.waiting.size > 0 && this.inUse < this.max;
    if (!isNeeded || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.admitWaiting();
    }, GROWTH_MS);
  }
}
