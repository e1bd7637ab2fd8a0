import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import type { SqliteDatabase } from 'kysely';
import { toLedgerError } from './ledger-error.js';

/** How long a start waits for the previous process to release the file. */
const LOCK_WAIT_MS = 5000;

/** Opens the file for this process alone and creates it if it is missing. */
export function openSqlite(file: string): SqliteDatabase {
  if (file !== ':memory:') makePrivate(file);
  const sqlite = new SQLite(file, { timeout: LOCK_WAIT_MS });
  sqlite.pragma('locking_mode = EXCLUSIVE');
  sqlite.pragma('journal_mode = WAL');
  // Each commit reaches the disk, so confirmed answers survive a power failure.
  sqlite.pragma('synchronous = FULL');
  return {
    prepare: (text) => prepare(sqlite, text),
    close: () => {
      sqlite.close();
    },
  };
}

/** Creates the folder and the file if they are missing, readable by the service's user alone. */
function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}

type Statement = ReturnType<SqliteDatabase['prepare']>;

/** Prepares a statement whose failures are `LedgerError`s. */
function prepare(sqlite: SQLite.Database, text: string): Statement {
  // A full disk ends the transaction by itself. Another rollback would fail and hide the reason.
  if (text === 'rollback' && !sqlite.inTransaction) {
    return { reader: false, all: () => [], run: () => NO_CHANGE, iterate: () => [].values() };
  }
  const statement = guard(() => sqlite.prepare(text));
  return {
    reader: statement.reader,
    all: (parameters) => guard(() => statement.all(...parameters)),
    run: (parameters) => guard(() => statement.run(...parameters)),
    iterate: (parameters) => guard(() => statement.iterate(...parameters)),
  };
}

const NO_CHANGE = { changes: 0, lastInsertRowid: 0 };

function guard<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw error instanceof SQLite.SqliteError ? toLedgerError(error) : error;
  }
}
