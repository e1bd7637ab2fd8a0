import type { Dialect } from 'kysely';
import { ConnectionQueue } from '../database/connection-queue.js';
import type { ScriptRunner } from '../database/script.js';
import { GroupCommitDialect } from './sqlite-dialect.js';
import type { SqliteExecutor } from './sqlite-executor.js';
import { SqliteScripts } from './sqlite-scripts.js';
import { SqliteWriter } from './sqlite-writer.js';
import { WorkerExecutor } from './worker-executor.js';

/** SQLite has one connection, so one unit of work runs at a time. */
const UNITS_AT_ONCE = 1;

interface OpenSqlite {
  readonly dialect: Dialect;
  readonly scripts: ScriptRunner;
}

/**
 * Opens the file for this process alone and creates it if it is missing.
 *
 * @param waitMs how long a statement waits for its turn that belongs to no call.
 * @param onLost is called once if the connection ends by itself. No later statement can succeed.
 */
export async function openSqlite(
  file: string,
  waitMs: number,
  onLost: (error: Error) => void,
): Promise<OpenSqlite> {
  return toOpenSqlite(await openExecutor(file, onLost), waitMs);
}

/** Uses the connection of any executor. */
export function toOpenSqlite(executor: SqliteExecutor, waitMs: number): OpenSqlite {
  const writer = new SqliteWriter(executor, new ConnectionQueue(UNITS_AT_ONCE, waitMs));
  return { dialect: new GroupCommitDialect(writer), scripts: new SqliteScripts(writer, waitMs) };
}

/**
 * A thread needs a JavaScript file, which the build makes. Tests run this source as it is, and a
 * database in memory has no disk that could be slow: both stay in this thread.
 */
async function openExecutor(file: string, onLost: (error: Error) => void): Promise<SqliteExecutor> {
  const isSource = import.meta.url.endsWith('.ts');
  if (isSource || file === ':memory:') {
    // Loads the driver, which the service's own thread does not need.
    const { InlineExecutor } = await import('./inline-executor.js');
    return InlineExecutor.open(file);
  }
  return WorkerExecutor.open(file, new URL('./sqlite-worker.js', import.meta.url), onLost);
}
