import { ServiceError } from '../../common/errors/service-error.js';
import type { ConnectionQueue } from '../database/connection-queue.js';
import { toLedgerError } from '../database/ledger-error.js';
import {
  LostTransactionError,
  type SqliteCommand,
  type SqliteExecutor,
  type SqliteResult,
  type SqliteScript,
  type SqliteScriptAnswer,
} from './sqlite-executor.js';

/** A commit contains at most this many units, and no unit waits longer than this for others. */
export const UNITS_MAX = 256;
const GATHERING_MAX_MS = 10;

/**
 * Group commit: units of work (a statement, or a transaction) run one after the other, and one
 * commit brings those that ran meanwhile to the disk. A unit ends after the commit that contains
 * it. Units that come during a commit are in the next one, so N units at once need about two syncs
 * and not N (docs/decisions/sqlite-writer.md).
 */
export class SqliteWriter {
  private batch: Batch | undefined;

  /** @param turns admits one unit at a time. */
  constructor(
    private readonly executor: SqliteExecutor,
    private readonly turns: ConnectionQueue,
  ) {}

  /**
   * Waits for the turn of a unit.
   *
   * @throws {ServiceError} `deadline_exceeded`; nothing was sent.
   */
  async enter(): Promise<SqliteUnit> {
    const leave = await this.turns.enter();
    return new SqliteUnit(this, leave);
  }

  /** Closes the file after the last commit. */
  async close(): Promise<void> {
    const unit = await this.enter();
    this.commit();
    await this.executor.run({ kind: 'close' });
    await unit.leave();
  }

  /** Runs a command for the unit whose turn it is. */
  async run(command: SqliteCommand): Promise<SqliteResult> {
    try {
      return await this.executor.run(command);
    } catch (error) {
      if (!(error instanceof LostTransactionError)) throw toLedgerError(error);
      const own = toLedgerError(error.cause);
      this.batch?.reject(own);
      this.batch = undefined;
      throw own;
    }
  }

  /** Whether writes wait for a commit that was not sent yet. */
  get hasUncommitted(): boolean {
    return this.batch !== undefined;
  }

  /** Runs scripts that only read. */
  async read(scripts: readonly SqliteScript[]): Promise<SqliteScriptAnswer[]> {
    const result = await this.run({ kind: 'scripts', scripts, commits: false });
    return result.rows as SqliteScriptAnswer[];
  }

  /**
   * Runs scripts that write.
   *
   * @returns their answers, which are valid once `committed` resolves.
   */
  async write(
    scripts: readonly SqliteScript[],
  ): Promise<{ answers: SqliteScriptAnswer[]; committed: Promise<void> }> {
    const batch = this.join();
    batch.units += scripts.length;
    const commits = !this.turns.isContended || batch.isComplete;
    if (commits) this.batch = undefined;
    try {
      const result = await this.executor.run({ kind: 'scripts', scripts, commits });
      if (commits) batch.resolve();
      return { answers: result.rows as SqliteScriptAnswer[], committed: batch.committed };
    } catch (error) {
      const own = toLedgerError(error instanceof LostTransactionError ? error.cause : error);
      batch.reject(own);
      if (this.batch === batch) this.batch = undefined;
      throw own;
    }
  }

  /** The batch of a unit that wrote. */
  join(): Batch {
    this.batch ??= new Batch();
    return this.batch;
  }

  /** Commits when no unit waits, or when the batch is large or old enough. */
  commitIfDue(): void {
    if (this.batch === undefined) return;
    if (!this.turns.isContended || this.batch.isComplete) this.commit();
  }

  private commit(): void {
    const { batch } = this;
    if (batch === undefined) return;
    this.batch = undefined;
    this.executor.run({ kind: 'commit' }).then(
      () => {
        batch.resolve();
      },
      (error: unknown) => {
        batch.reject(toLedgerError(error));
      },
    );
  }
}

/** A statement, or a transaction. It has the connection for itself from `enter` to `leave`. */
export class SqliteUnit {
  private batch: Batch | undefined;
  private failure: unknown;

  constructor(
    private readonly writer: SqliteWriter,
    private readonly endTurn: () => void,
  ) {}

  async run(command: SqliteCommand): Promise<SqliteResult> {
    if (command.kind === 'rollback') {
      this.batch = undefined;
      return this.writer.run(command);
    }
    // After SQLite ended the transaction, no later statement may count on the earlier ones.
    if (this.failure !== undefined) throw this.failure as Error;
    try {
      const result = await this.writer.run(command);
      if (result.wrote) this.join();
      return result;
    } catch (error) {
      if (error instanceof ServiceError) this.failure = error;
      throw error;
    }
  }

  /** Gives the turn to the next unit, and resolves when the writes of this one are on the disk. */
  async leave(): Promise<void> {
    this.writer.commitIfDue();
    this.endTurn();
    await this.batch?.committed;
  }

  private join(): void {
    if (this.batch !== undefined) return;
    this.batch = this.writer.join();
    this.batch.units += 1;
  }
}

/** The units of one commit. */
class Batch {
  units = 0;
  readonly committed: Promise<void>;
  resolve: () => void = () => undefined;
  reject: (error: Error) => void = () => undefined;
  private readonly startedAt = performance.now();

  constructor() {
    this.committed = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // A unit that was rolled back does not wait for it.
    this.committed.catch(() => undefined);
  }

  get isComplete(): boolean {
    return this.units >= UNITS_MAX || performance.now() - this.startedAt >= GATHERING_MAX_MS;
  }
}
