import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { returnsId } from '../script.js';
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
/** Name of the savepoint of a transaction. Only one is open at a time. */
const SAVEPOINT = 'unit';

const NO_RESULT: SqliteResult = { rows: [], changes: 0, lastInsertRowid: 0, wrote: false };

/**
 * The connection to a SQLite file. All writes since the last commit are in one open transaction,
 * and each transaction of the service is a savepoint in it.
 */
export class SqliteEngine {
  private readonly statements = new LRUCache<string, SQLite.Statement>({ max: STATEMENTS_MAX });

  private constructor(private readonly sqlite: SQLite.Database) {}

  /** Opens the file for this process alone and creates it if it is missing. */
  static open(file: string): SqliteEngine {
    if (file !== ':memory:') makePrivate(file);
    const sqlite = new SQLite(file, { timeout: LOCK_WAIT_MS });
    sqlite.pragma('locking_mode = EXCLUSIVE');
    sqlite.pragma('journal_mode = WAL');
    // Each commit reaches the disk, so confirmed answers survive a power failure.
    sqlite.pragma('synchronous = FULL');
    return new SqliteEngine(sqlite);
  }

  /** Whether writes wait for their commit. */
  hasOpenTransaction(): boolean {
    return this.sqlite.inTransaction;
  }

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
    const [only] = script;
    const isAtomic = script.length === 1 && only?.mustReturnId === undefined;
    if (!isAtomic) this.run({ kind: 'savepoint' });
    const wasOpen = this.sqlite.inTransaction;
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
      if (!isAtomic) this.control(`release ${SAVEPOINT}`);
      return { rows };
    } catch (error) {
      if (wasOpen && !this.sqlite.inTransaction) throw error;
      if (!isAtomic) this.rollBack();
      return { error: error as Error };
    }
  }

  private execute(sql: string, parameters: readonly unknown[]): SqliteResult {
    const statement = this.prepare(sql);
    const wrote = !statement.readonly;
    if (wrote) this.begin();
    if (statement.reader) return { ...NO_RESULT, rows: statement.all(...parameters), wrote };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], changes, lastInsertRowid, wrote };
  }

  private begin(): void {
    if (!this.sqlite.inTransaction) this.control('begin');
  }

  private rollBack(): SqliteResult {
    // A full disk ends the transaction by itself. Another rollback would hide the reason.
    if (!this.sqlite.inTransaction) return NO_RESULT;
    this.control(`rollback to ${SAVEPOINT}`);
    return this.control(`release ${SAVEPOINT}`);
  }

  private commit(): SqliteResult {
    if (!this.sqlite.inTransaction) return NO_RESULT;
    try {
      return this.control('commit');
    } catch (error) {
      if (this.hasOpenTransaction()) this.control('rollback');
      throw error;
    }
  }

  private control(sql: string): SqliteResult {
    this.prepare(sql).run();
    return NO_RESULT;
  }

  private prepare(sql: string): SQLite.Statement {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.sqlite.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }
}

/** Creates the folder and the file if they are missing, readable by the service's user alone. */
function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}
