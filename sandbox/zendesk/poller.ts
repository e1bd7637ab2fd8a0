import type { MovableClock } from '../clock.js';
import type { Channel } from './channel.js';

/** Zendesk polls each account about every two minutes (documentation, "Overview"). */
const PULL_EVERY_MS = 120_000;
const CHECK_EVERY_MS = 1_000;

/** Polls each active account, on a clock that tests can move. */
export class Poller {
  private dueAt: number;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly channel: Channel,
    private readonly clock: MovableClock,
  ) {
    this.dueAt = clock.now() + PULL_EVERY_MS;
    this.timer = setInterval(() => void this.pullIfDue(), CHECK_EVERY_MS);
  }

  /** Moves the clock forward and makes every poll that was due in between. */
  async advance(seconds: number): Promise<void> {
    this.clock.advance(seconds);
    await this.pullIfDue();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async pullIfDue(): Promise<void> {
    while (this.dueAt <= this.clock.now()) {
      this.dueAt += PULL_EVERY_MS;
      for (const instance of this.channel.instances) {
        if (instance.active) await this.channel.pull(instance);
      }
    }
  }
}
