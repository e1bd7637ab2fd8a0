import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Clock } from '../common/clock.js';
import { loadDatabaseSettings, StartupError } from '../config/index.js';
import { Database } from '../ledger/database.js';
import { LedgerLine } from '../ledger/ledger-line.js';

const USAGE = `Usage: npm run --silent ledger -- status|restored

  status    prints the ledger's id, the number of its accounts, and when it was restored.
  restored  records that the database was restored from an older copy. Every heart is then "not
            known" until it is clicked again, and replies are looked for before they are sent.

DATABASE_URL (or DATABASE_URL_FILE) names the database. A running service locks its SQLite file:
stop the service first. On PostgreSQL the service can continue.

Exit status: 0 done; 1 the database failed; 2 the arguments cannot be used.
`;
const LOCKED =
  'If the service runs on this SQLite file, stop it first: it locks the file. Nothing was done.';
/** How long a statement waits for one of the database's connections. */
const WAIT_MS = 10_000;

/** The arguments cannot be used. */
class InputError extends Error {}
/** The database cannot be used. */
class DatabaseFailure extends Error {}

const COMMANDS: Readonly<Record<string, (line: LedgerLine) => Promise<string>>> = {
  status: describeLine,
  restored: async (line) => {
    await line.breakAll('command');
    return describeLine(line);
  },
};

async function run(): Promise<string> {
  const command = COMMANDS[readCommand()];
  if (command === undefined) throw new InputError(USAGE);
  const database = await open();
  try {
    return await command(LedgerLine.create(database, new Clock()));
  } catch {
    throw new DatabaseFailure('The database failed. Run the command again.');
  } finally {
    await database.onApplicationShutdown();
  }
}

function readCommand(): string {
  try {
    const [command, ...others] = parseArgs({ allowPositionals: true }).positionals;
    return command === undefined || others.length > 0 ? '' : command;
  } catch {
    return '';
  }
}

async function open(): Promise<Database> {
  const settings = loadDatabaseSettings();
  if (settings.engine === 'sqlite' && !existsSync(settings.file)) {
    throw new DatabaseFailure('DATABASE_URL names a SQLite file that does not exist.');
  }
  const database = new Database({ database: settings, proxyDeadlineMs: WAIT_MS });
  try {
    await database.onModuleInit();
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new DatabaseFailure(settings.engine === 'sqlite' ? `${reason}\n${LOCKED}` : reason);
  }
  return database;
}

async function describeLine(line: LedgerLine): Promise<string> {
  const { ledger, accounts, brokenAt, brokenAccounts } = await line.readStatus();
  return [
    `ledger: ${ledger}`,
    `accounts that were pulled: ${String(accounts)}`,
    `restored, for all accounts: ${brokenAt ?? 'never'}`,
    `accounts whose pulls proved a restore: ${String(brokenAccounts)}`,
  ].join('\n');
}

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
