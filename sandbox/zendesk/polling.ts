import type { MovableClock } from '../clock.js';
import type { Channel } from './channel.js';

/** Zendesk polls each account about every two minutes (documentation, "Overview"). */
const PULL_EVERY_MS = 120_000;
const LOOK_EVERY_MS = 1_000;

/** Polls every account every two minutes of a clock that can be moved. */
export class Polling {
  private dueAt: number;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly channel: Channel,
    private readonly clock: MovableClock,
  ) {
    this.dueAt = clock.now() + PULL_EVERY_MS;
    this.timer = setInterval(() => void this.pullWhatIsDue(), LOOK_EVERY_MS);
  }

  /** Moves the clock on, and polls as often as it would have meanwhile. */
  async advance(seconds: number): Promise<void> {
    this.clock.advance(seconds);
    await this.pullWhatIsDue();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async pullWhatIsDue(): Promise<void> {
    while (this.dueAt <= this.clock.now()) {
      this.dueAt += PULL_EVERY_MS;
      for (const instance of this.channel.instances) {
        if (instance.active) await this.channel.pull(instance);
      }
    }
  }
}
