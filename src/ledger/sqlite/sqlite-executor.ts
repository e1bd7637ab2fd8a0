import type { ScriptRows } from '../database/script.js';

/** Text and values of a statement, and the row that it must return (`ScriptStep`). */
interface SqliteStep {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly mustReturnId: number | undefined;
}

export type SqliteScript = readonly SqliteStep[];

/** The result of one script. Its error did not touch the other scripts. */
export type SqliteScriptAnswer = { readonly rows: ScriptRows } | { readonly error: Error };

/** What the writer asks of the connection to SQLite. */
export type SqliteCommand =
  | { readonly kind: 'execute'; readonly sql: string; readonly parameters: readonly unknown[] }
  /** A transaction of the service begins, ends, or fails. */
  | { readonly kind: 'savepoint' | 'release' | 'rollback' }
  /**
   * Runs scripts one after the other, each in its own savepoint, and commits then if `commits` is
   * set. The rows of the result are `SqliteScriptAnswer`s. If the whole command fails, all writes
   * since the last commit are gone.
   */
  | {
      readonly kind: 'scripts';
      readonly scripts: readonly SqliteScript[];
      readonly commits: boolean;
    }
  /** Brings all writes since the last commit to the disk. */
  | { readonly kind: 'commit' }
  | { readonly kind: 'close' };

export interface SqliteResult {
  readonly rows: unknown[];
  readonly changes: number;
  readonly lastInsertRowid: number | bigint;
  /** Whether the statement was of a kind that writes. */
  readonly wrote: boolean;
}

/** SQLite ended the whole open transaction, so every write since the last commit is gone. */
export class LostTransactionError extends Error {
  constructor(override readonly cause: Error) {
    super('SQLite rolled back all writes since the last commit.');
  }
}

/**
 * Runs commands on one connection to SQLite, in the order of the calls. A second command may be
 * given before the first one has ended.
 */
export interface SqliteExecutor {
  /** @throws {LostTransactionError} or the driver's error. */
  run(command: SqliteCommand): Promise<SqliteResult>;
}
