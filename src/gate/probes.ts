import type { Deadline } from '../common/deadline.js';

/** The longest wait for a probe: Meta answers most calls sooner. */
const WAIT_MAX_MS = 1000;
/** The part of a call's time that it waits for a probe. */
const WAIT_SHARE = 1 / 3;

interface Probe {
  readonly ended: Promise<void>;
  readonly end: () => void;
}

/** The probes that this process has sent and not settled. */
export class Probes {
  private readonly running = new Map<string, Probe>();

  get size(): number {
    return this.running.size;
  }

  has(key: string): boolean {
    return this.running.has(key);
  }

  begin(key: string): void {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.running.set(key, { ended, end });
  }

  end(key: string): void {
    this.running.get(key)?.end();
    this.running.delete(key);
  }

  /** Waits for the outcome of a probe, if one is in progress, for a bounded time. */
  async wait(key: string, deadline: Deadline): Promise<void> {
    const probe = this.running.get(key);
    if (probe === undefined) return;
    const waitMs = Math.min(WAIT_MAX_MS, deadline.remainingMs * WAIT_SHARE);
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, waitMs);
    });
    await Promise.race([probe.ended, timeUp]);
    clearTimeout(timer);
  }
}
