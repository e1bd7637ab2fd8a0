import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  DatabaseSync,
  type DatabaseSyncInstance,
  type StatementSyncInstance,
} from '@photostructure/sqlite';
import { LRUCache } from 'lru-cache';
import { needsTransaction, returnsId } from '../database/script.js';
import { withSqliteErrors } from './sqlite-error.js';
import type {
  SqliteCommand,
  SqliteResult,
  SqliteScript,
  SqliteScriptAnswer,
} from './sqlite-executor.js';

/** How long a start waits for the previous process to release the file. */
const LOCK_WAIT_MS = 5000;
/** Prepared statements kept, at a few kB each. Lists of different lengths are different texts. */
const STATEMENTS_MAX = 200;
/** Memory for pages. Negative numbers are KiB: 16 MB hold the inner pages of 10 million likes. */
const CACHE_SIZE = -16_000;
/** Name of the savepoint of a transaction. Only one is open at a time. */
const SAVEPOINT = 'unit';

/** Every other statement counts as one that writes. At worst it waits for an empty commit. */
const READS = /^\s*select\b/i;

interface Prepared {
  readonly statement: StatementSyncInstance;
  readonly writes: boolean;
  readonly returnsRows: boolean;
}

const NO_RESULT: SqliteResult = { rows: [], changes: 0, lastInsertRowid: 0, wrote: false };

/**
 * The connection to a SQLite file. All writes since the last commit are in one open transaction,
 * and each transaction of the service is a savepoint in it.
 */
export class SqliteEngine {
  private readonly statements = new LRUCache<string, Prepared>({ max: STATEMENTS_MAX });

  private constructor(private readonly sqlite: DatabaseSyncInstance) {}

  /** Opens the file for this process alone and creates it if it is missing. */
  static open(file: string): SqliteEngine {
    if (file !== ':memory:') makePrivate(file);
    return withSqliteErrors(() => {
      const sqlite = new DatabaseSync(file, { timeout: LOCK_WAIT_MS });
      sqlite.exec('pragma locking_mode = EXCLUSIVE');
      sqlite.exec('pragma journal_mode = WAL');
      // Each commit reaches the disk, so confirmed answers survive a power failure.
      sqlite.exec('pragma synchronous = FULL');
      sqlite.exec(`pragma cache_size = ${String(CACHE_SIZE)}`);
      return new SqliteEngine(sqlite);
    });
  }

  /** Whether writes wait for their commit. */
  hasOpenTransaction(): boolean {
    return this.sqlite.isTransaction;
  }

  /** @throws {SqliteError} */
  run(command: SqliteCommand): SqliteResult {
    switch (command.kind) {
      case 'execute':
        return this.execute(command.sql, command.parameters);
      case 'savepoint':
        this.begin();
        return this.control(`savepoint ${SAVEPOINT}`);
      case 'release':
        return this.control(`release ${SAVEPOINT}`);
      case 'rollback':
        return this.rollBack();
      case 'scripts':
        return this.runScripts(command.scripts, command.commits);
      case 'commit':
        return this.commit();
      case 'close':
        this.commit();
        this.sqlite.close();
        return NO_RESULT;
    }
  }

  private runScripts(scripts: readonly SqliteScript[], commits: boolean): SqliteResult {
    const rows = scripts.map((script) => this.runScript(script));
    if (commits) this.commit();
    return { ...NO_RESULT, rows };
  }

  /** @throws if SQLite ended the whole transaction. */
  private runScript(script: SqliteScript): SqliteScriptAnswer {
    const hasSavepoint = needsTransaction(script);
    if (hasSavepoint) this.run({ kind: 'savepoint' });
    const wasOpen = this.hasOpenTransaction();
    try {
      const rows: unknown[][] = [];
      for (const { sql, parameters, mustReturnId } of script) {
        const result = this.execute(sql, parameters);
        if (!returnsId(result.rows, mustReturnId)) {
          this.rollBack();
          return { rows: undefined };
        }
        rows.push(result.rows);
      }
      if (hasSavepoint) this.control(`release ${SAVEPOINT}`);
      return { rows };
    } catch (error) {
      if (wasOpen && !this.hasOpenTransaction()) throw error;
      if (hasSavepoint) this.rollBack();
      return { error: error as Error };
    }
  }

  private execute(sql: string, parameters: readonly unknown[]): SqliteResult {
    parameters.forEach(checkParameter);
    return withSqliteErrors(() => {
      const { statement, writes, returnsRows } = this.prepare(sql);
      if (writes) this.begin();
      if (returnsRows) return { ...NO_RESULT, rows: statement.all(...parameters), wrote: writes };
      const { changes, lastInsertRowid } = statement.run(...parameters);
      return { rows: [], changes, lastInsertRowid, wrote: writes };
    });
  }

  private begin(): void {
    if (!this.sqlite.isTransaction) this.control('begin');
  }

  private rollBack(): SqliteResult {
    // A full disk ends the transaction by itself. Another rollback would hide the reason.
    if (!this.sqlite.isTransaction) return NO_RESULT;
    this.control(`rollback to ${SAVEPOINT}`);
    return this.control(`release ${SAVEPOINT}`);
  }

  private commit(): SqliteResult {
    if (!this.sqlite.isTransaction) return NO_RESULT;
    try {
      return this.control('commit');
    } catch (error) {
      if (this.hasOpenTransaction()) this.control('rollback');
      throw error;
    }
  }

  private control(sql: string): SqliteResult {
    withSqliteErrors(() => this.prepare(sql).statement.run());
    return NO_RESULT;
  }

  private prepare(sql: string): Prepared {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.sqlite.prepare(sql);
    const prepared = {
      statement,
      writes: !READS.test(sql),
      returnsRows: statement.columns().length > 0,
    };
    this.statements.set(sql, prepared);
    return prepared;
  }
}

/**
 * Refuses what the driver would store as something else: it cuts a text at a NUL, and reads an
 * object as named parameters. PostgreSQL refuses a NUL too.
 */
function checkParameter(value: unknown): void {
  if (typeof value === 'string' ? value.includes('\0') : isStrangeObject(value)) {
    throw new TypeError('A statement has a parameter that SQLite cannot store.');
  }
}

function isStrangeObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

/** Creates the folder and the file if they are missing, readable by the service's user alone. */
function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}
