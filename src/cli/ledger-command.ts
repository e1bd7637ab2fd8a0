import { existsSync } from 'node:fs';
import { loadDatabaseSettings, StartupError } from '../config/index.js';
import { Database } from '../ledger/database/database.js';

/** How long a statement waits for one of the database's connections. */
const WAIT_MS = 10_000;
const LOCKED = 'If the service runs on this SQLite file, stop it first: it locks the file.';

/** The arguments or standard input cannot be used. */
export class InputError extends Error {}
/** The database cannot be used. */
export class DatabaseFailure extends Error {}

/**
 * Opens the database that `DATABASE_URL` names. The caller closes it.
 *
 * @param consequence a sentence for the error of a locked file: the command did nothing.
 * @throws {StartupError | DatabaseFailure}
 */
export async function openDatabase(consequence: string): Promise<Database> {
  const settings = loadDatabaseSettings();
  if (settings.engine === 'sqlite' && !existsSync(settings.file)) {
    throw new DatabaseFailure('DATABASE_URL names a SQLite file that does not exist.');
  }
  const database = new Database({ database: settings, proxyDeadlineMs: WAIT_MS });
  try {
    await database.onModuleInit();
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    const isSqlite = settings.engine === 'sqlite';
    throw new DatabaseFailure(isSqlite ? `${reason}\n${LOCKED} ${consequence}` : reason);
  }
  return database;
}

/** Runs a command and prints its result. Exit status: 0 done, 2 unusable input, 1 otherwise. */
export async function runCommand(run: () => Promise<string>): Promise<void> {
  try {
    console.log(await run());
  } catch (error) {
    const isKnown =
      error instanceof InputError ||
      error instanceof DatabaseFailure ||
      error instanceof StartupError;
    console.error(isKnown ? error.message : 'The command failed unexpectedly.');
    process.exitCode = error instanceof InputError ? 2 : 1;
  }
}
