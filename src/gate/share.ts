import type { Deadline } from '../common/deadline.js';

/** Calls of one account that may wait for a connection at once. */
const WAITING_MAX = 5000;
/** A call is sent only with this much time left: Instagram could hardly answer in less. */
export const SEND_MIN_MS = 100;

/** The connections of one account. */
export class Share {
  private inUse = 0;
  private readonly waiting = new Set<() => void>();

  /** @param max connections of one account. */
  constructor(private readonly max: number) {}

  /** Whether no call uses or waits for a connection. */
  get isIdle(): boolean {
    return this.inUse === 0 && this.waiting.size === 0;
  }

  /** Waits for a connection. Returns whether the call has one; if not, its time ran out. */
  async enter(deadline: Deadline): Promise<boolean> {
    if (this.inUse < this.max) {
      this.inUse += 1;
      return true;
    }
    if (this.waiting.size >= WAITING_MAX) return false;
    return this.wait(deadline.remainingMs - SEND_MIN_MS);
  }

  leave(): void {
    this.inUse -= 1;
    const [admit] = this.waiting;
    admit?.();
  }

  private wait(waitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => {
          this.waiting.delete(admit);
          resolve(false);
        },
        Math.max(0, waitMs),
      );
      const admit = (): void => {
        clearTimeout(timer);
        this.waiting.delete(admit);
        this.inUse += 1;
        resolve(true);
      };
      this.waiting.add(admit);
    });
  }
}
