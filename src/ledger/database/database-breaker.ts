import type { EventLog } from '../../common/logging/event-log.js';
import { LedgerError } from './ledger-error.js';

/** Failures in a row after which calls fail at once. A restart of a healthy server causes fewer. */
export const FAILURES_MAX = 5;
/** How long calls fail at once before one of them tries the database again. */
export const RETRY_MS = 1000;
/** A statement that had less time than this proves nothing if it got no answer. */
export const PROOF_MS = 250;

/**
 * Stops calling a database that is unreachable or does not answer: each further call would wait for
 * its whole time. After `FAILURES_MAX` failures in a row, calls fail at once, and one call in
 * `RETRY_MS` tries again.
 */
export class DatabaseBreaker {
  private failures = 0;
  private closedAt: number | undefined;
  private retryAt = 0;

  constructor(private readonly log: EventLog) {}

  /**
   * Lets a call pass to the database.
   *
   * @throws {LedgerError} if the database is known to be unreachable.
   */
  enter(): void {
    if (this.closedAt === undefined) return;
    const now = performance.now();
    if (now < this.retryAt) throw new LedgerError(new Error('The database did not answer before.'));
    // If this call ends without a result, the next one tries `RETRY_MS` later.
    this.retryAt = now + RETRY_MS;
  }

  /** The server answered, with a result or an error. */
  noteAnswer(): void {
    this.failures = 0;
    if (this.closedAt === undefined) return;
    this.log.info('database.opened', { ms: Math.round(performance.now() - this.closedAt) });
    this.closedAt = undefined;
  }

  /** The server could not be reached, or gave no answer within `PROOF_MS` or longer. */
  noteSilence(): void {
    this.failures += 1;
    if (this.failures < FAILURES_MAX) return;
    const now = performance.now();
    this.retryAt = now + RETRY_MS;
    if (this.closedAt !== undefined) return;
    this.closedAt = now;
    this.log.error('database.closed', { failures: this.failures, retry_ms: RETRY_MS });
  }
}
