import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { EventLog } from '../../common/logging/event-log.js';
import { LedgerLine } from './ledger-line.js';
import { LedgerTime } from '../database/ledger-time.js';

/**
 * The largest difference between two clocks that is not reported. Synchronized clocks differ by
 * milliseconds.
 */
const SKEW_MAX_MS = 5000;
/** How often a difference that lasts is logged again. */
const LOG_AGAIN_MS = 3_600_000;

/** Checks the ledger and the clock before the service accepts calls, and the clock again later. */
@Injectable()
export class LineWatch implements OnApplicationBootstrap {
  private loggedAt = -Infinity;

  constructor(
    private readonly line: LedgerLine,
    private readonly time: LedgerTime,
    private readonly log: EventLog,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.line.compare();
    await this.line.openFile();
    await this.checkClock();
  }

  /**
   * Compares this process's clock with PostgreSQL's.
   *
   * @returns how many seconds it is ahead, negative if it is behind; undefined if they agree.
   */
  async checkClock(): Promise<number | undefined> {
    const skewMs = await this.time.readSkew();
    if (Math.abs(skewMs) <= SKEW_MAX_MS) {
      this.loggedAt = -Infinity;
      return undefined;
    }
    const seconds = Math.round(skewMs / 1000);
    if (performance.now() - this.loggedAt >= LOG_AGAIN_MS) {
      this.loggedAt = performance.now();
      this.log.warn('clock.skewed', { seconds });
    }
    return seconds;
  }
}
