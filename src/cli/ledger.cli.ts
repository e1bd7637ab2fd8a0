import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { Clock } from '../common/clock.js';
import { LedgerLine } from '../ledger/line/ledger-line.js';
import { DatabaseFailure, InputError, openDatabase, runCommand } from './ledger-command.js';

const USAGE = `Usage: npm run --silent ledger -- status|restored

  status    prints the ledger's id, the number of its accounts, and when it was restored.
  restored  records that the database was restored from an older copy. Every heart is then "not
            known" until it is clicked again, and replies are looked for before they are sent.

DATABASE_URL (or DATABASE_URL_FILE) names the database. A running service locks its SQLite file:
stop the service first. On PostgreSQL the service can continue.

Exit status: 0 done; 1 the database failed; 2 the arguments cannot be used.
`;

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
  const database = await openDatabase('Nothing was done.');
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

async function describeLine(line: LedgerLine): Promise<string> {
  const { ledger, accounts, brokenAt, brokenAccounts } = await line.readStatus();
  return [
    `ledger: ${ledger}`,
    `accounts that were pulled: ${String(accounts)}`,
    `restored, for all accounts: ${brokenAt ?? 'never'}`,
    `accounts whose pulls proved a restore: ${String(brokenAccounts)}`,
  ].join('\n');
}

await runCommand(run);
