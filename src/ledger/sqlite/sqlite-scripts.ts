import { setImmediate as endOfTurn, setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '../../common/deadline.js';
import { newTimeUpError, newTooBusyError, WAITING_MAX } from '../database/connection-queue.js';
import { toLedgerError } from '../database/ledger-error.js';
import type { ScriptRows, ScriptRunner, ScriptStep } from '../database/script.js';
import type { SqliteScript, SqliteScriptAnswer } from './sqlite-executor.js';
import { type SqliteWriter, UNITS_MAX } from './sqlite-writer.js';

/**
 * A batch begins this long after the one before, unless the database was idle. On a fast disk, a
 * message would otherwise carry few scripts, and messages would take a sixth of a like's time.
 */
const GATHERING_MS = 1;

interface Waiting {
  readonly script: SqliteScript;
  readonly isRead: boolean;
  /** The end of its wait, by `performance.now()`. */
  readonly until: number;
  readonly resolve: (rows: ScriptRows) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Runs scripts in batches: all that wait become one command with one commit. A single message to
 * the database's thread costs as much as several statements.
 */
export class SqliteScripts implements ScriptRunner {
  private waiting: Waiting[] = [];
  private isWorking = false;
  private timer: NodeJS.Timeout | undefined;
  /** When the timer is due, by `performance.now()`. */
  private timerAt = Infinity;
  private batchAt = -Infinity;

  /** @param waitMs how long a script waits that belongs to no call. */
  constructor(
    private readonly writer: SqliteWriter,
    private readonly waitMs: number,
  ) {}

  run(steps: readonly ScriptStep[]): Promise<ScriptRows> {
    const waitMs = Deadline.current?.remainingMs ?? this.waitMs;
    if (waitMs <= 0) return Promise.reject(newTimeUpError());
    if (this.waiting.length >= WAITING_MAX) return Promise.reject(newTooBusyError());
    return new Promise((resolve, reject) => {
      const isRead = steps.every(({ statement }) => statement.query.kind === 'SelectQueryNode');
      const until = performance.now() + waitMs;
      this.waiting.push({ script: toScript(steps), isRead, until, resolve, reject });
      // The work belongs to all calls, so the deadline of this one does not end it.
      Deadline.beyond(() => {
        this.start(until);
      });
    });
  }

  private start(until: number): void {
    if (until < this.timerAt) this.setTimer(until);
    if (this.isWorking) return;
    this.isWorking = true;
    void this.work();
  }

  private setTimer(at: number): void {
    clearTimeout(this.timer);
    this.timerAt = at;
    this.timer = setTimeout(
      () => {
        this.timerAt = Infinity;
        this.expire();
        if (this.waiting.length > 0) this.setTimer(this.findNextExpiry());
      },
      Math.max(1, at - performance.now()),
    ).unref();
  }

  private async work(): Promise<void> {
    while (this.waiting.length > 0) {
      // The other calls of this turn of the event loop join the batch.
      if (performance.now() - this.batchAt < GATHERING_MS) await sleep(GATHERING_MS);
      else await endOfTurn();
      this.batchAt = performance.now();
      try {
        await this.runBatch();
      } catch {
        // The scripts that waited too long have their answer. The others try again.
      }
    }
    this.isWorking = false;
  }

  private async runBatch(): Promise<void> {
    const unit = await this.writer.enter();
    this.expire();
    const batch = this.waiting.splice(0, UNITS_MAX);
    const reads = batch.filter(({ isRead }) => isRead);
    const writes = batch.filter(({ isRead }) => !isRead);
    const reading = this.read(reads);
    // A failed read can end the transaction. Then no commit may confirm the writes before it.
    if (this.writer.hasUncommitted) await reading;
    const working = Promise.all([reading, this.write(writes)]);
    // The commands are on their way, so those of the next unit come after them.
    void unit.leave();
    await working;
  }

  private async read(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    try {
      settle(batch, await this.writer.read(batch.map(({ script }) => script)));
    } catch (error) {
      for (const { reject } of batch) reject(error as Error);
    }
  }

  /** Resolves when the scripts have run. Their callers also wait for the commit. */
  private async write(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    const fail = (error: unknown): void => {
      for (const { reject } of batch) reject(error as Error);
    };
    try {
      const { answers, committed } = await this.writer.write(batch.map(({ script }) => script));
      committed.then(() => {
        settle(batch, answers);
      }, fail);
    } catch (error) {
      fail(error);
    }
  }

  /** Rejects the scripts that waited too long. */
  private expire(): void {
    const now = performance.now();
    const expired = this.waiting.filter(({ until }) => until <= now);
    if (expired.length === 0) return;
    this.waiting = this.waiting.filter(({ until }) => until > now);
    for (const { reject } of expired) reject(newTooBusyError());
  }

  private findNextExpiry(): number {
    return Math.min(...this.waiting.map(({ until }) => until));
  }
}

function toScript(steps: readonly ScriptStep[]): SqliteScript {
  return steps.map(({ statement: { sql, parameters }, mustReturnId }) => ({
    sql,
    parameters,
    mustReturnId,
  }));
}

function settle(batch: readonly Waiting[], answers: readonly SqliteScriptAnswer[]): void {
  batch.forEach(({ resolve, reject }, index) => {
    const answer = answers[index];
    if (answer === undefined) reject(new Error('a script has no answer'));
    else if ('error' in answer) reject(toLedgerError(answer.error));
    else resolve(answer.rows);
  });
}
