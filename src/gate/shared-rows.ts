import { Injectable } from '@nestjs/common';
import { Deadline } from '../common/deadline.js';
import { limitTime } from '../common/limit-time.js';
import { EventLog } from '../common/logging/event-log.js';
import type { GateHolds } from '../ledger/gate/gate-holds.js';
import type { GatePaces } from '../ledger/gate/gate-paces.js';

/** A call waits this long for the gate's rows at most. The database answers in milliseconds. */
export const ANSWER_MAX_MS = 250;
/** After a failure, the rows are not used for this long. */
const PAUSE_MS = 1000;
/** How long a change waits for the database. A slow disk takes seconds. */
const STORE_MAX_MS = 3000;

export interface GateRows {
  readonly holds: GateHolds;
  readonly paces: GatePaces;
}

class LateAnswer extends Error {
  override readonly name = 'LateAnswer';
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
  /** The pause is for statements that wait at most this long. */
  private pausedMs = 0;
  private storing: Promise<unknown> = Promise.resolve();

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

  /**
   * Runs a statement. The call's own deadline does not end it: the rows are those of all calls.
   *
   * @param maxMs the longest wait for the answer.
   * @returns undefined if there is no answer in time.
   */
  async use<T>(
    task: (rows: GateRows) => Promise<T>,
    maxMs = ANSWER_MAX_MS,
  ): Promise<T | undefined> {
    const { rows } = this;
    if (rows === undefined || this.isPaused(maxMs)) return undefined;
    try {
      const answer = Deadline.run(new Deadline(maxMs), () => task(rows));
      const result = await limitTime(answer, maxMs, () => new LateAnswer());
      this.isFailing = false;
      return result;
    } catch (error) {
      this.noteFailure(error, error instanceof LateAnswer ? maxMs : Infinity);
      return undefined;
    }
  }

  /** Stores a change after the changes before it. */
  store(task: (rows: GateRows) => Promise<void>): void {
    this.storing = this.storing.then(() => this.use(task, STORE_MAX_MS));
    this.rows?.holds.closeAfter(this.storing);
  }

  /** Resolves when the changes so far are stored or have failed. */
  get stored(): Promise<unknown> {
    return this.storing;
  }

  /** A slow database may still answer a statement that waits longer than the failed one. */
  private isPaused(maxMs: number): boolean {
    return performance.now() < this.pausedUntil && maxMs <= this.pausedMs;
  }

  private noteFailure(error: unknown, maxMs: number): void {
    this.pausedMs = performance.now() < this.pausedUntil ? Math.max(this.pausedMs, maxMs) : maxMs;
    this.pausedUntil = performance.now() + PAUSE_MS;
    if (!this.isFailing) this.log.unexpected('gate.not_shared', error);
    this.isFailing = true;
  }
}
