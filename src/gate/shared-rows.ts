import { Injectable } from '@nestjs/common';
import { EventLog } from '../common/logging/event-log.js';
import type { GateHolds } from '../ledger/gate-holds.js';
import type { GatePaces } from '../ledger/gate-paces.js';

/** A call waits this long for the gate's rows at most. The database answers in milliseconds. */
const ANSWER_MAX_MS = 250;
/** After a failure, the rows are not used for this long. */
const PAUSE_MS = 1000;

export interface GateRows {
  readonly holds: GateHolds;
  readonly paces: GatePaces;
}

/**
 * The gate's rows in the database, where there is one. If it fails or is slow, the gate works from
 * memory: a broken database must not stop calls that do not need it.
 */
@Injectable()
export class SharedRows {
  private rows: GateRows | undefined;
  private isFailing = false;
  private pausedUntil = 0;

  constructor(private readonly log: EventLog) {}

  connect(rows: GateRows): void {
    this.rows = rows;
  }

  get isConnected(): boolean {
    return this.rows !== undefined;
  }

  /** Whether other processes may change the rows. */
  get isShared(): boolean {
    return this.rows?.holds.isShared ?? false;
  }

  /** Runs a statement. Returns undefined if there is no answer in time. */
  async use<T>(task: (rows: GateRows) => Promise<T>): Promise<T | undefined> {
    if (this.rows === undefined || performance.now() < this.pausedUntil) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error('the database did not answer in time'));
      }, ANSWER_MAX_MS);
    });
    try {
      const result = await Promise.race([task(this.rows), timeUp]);
      this.isFailing = false;
      return result;
    } catch (error) {
      this.noteFailure(error);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  private noteFailure(error: unknown): void {
    this.pausedUntil = performance.now() + PAUSE_MS;
    if (!this.isFailing) this.log.unexpected('gate.not_shared', error);
    this.isFailing = true;
  }
}
