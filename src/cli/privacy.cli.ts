import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { Clock } from '../common/clock.js';
import { isMetaId } from '../domain/formats.js';
import { UserDeletionService } from '../ledger/deletion/user-deletion.service.js';
import { DatabaseFailure, InputError, openDatabase, runCommand } from './ledger-command.js';

const USAGE = `Usage: npm run --silent privacy -- delete-users < ids.txt

  delete-users  deletes the data about people, like a deletion that Meta requests. Reads app-scoped
                user ids from standard input, one a line, and prints how many were known.

DATABASE_URL (or DATABASE_URL_FILE) names the database. A running service locks its SQLite file:
stop the service first. On PostgreSQL the service can continue.

Exit status: 0 all are deleted; 1 the database failed, give the same list again; 2 the list cannot
be used and nothing was deleted.
`;

/** More than the ids of all people of an app. A larger input is another file. */
const INPUT_MAX_BYTES = 32 * 1_048_576;
/** Wrong lines that are listed; for the others, their number is enough. */
const WRONG_LINES_MAX = 10;

async function run(): Promise<string> {
  const [command, ...others] = readArguments();
  if (command !== 'delete-users' || others.length > 0) throw new InputError(USAGE);
  const ids = readIds(await readInput());
  const database = await openDatabase('Nothing was deleted.');
  try {
    return await deleteAll(UserDeletionService.create(database, new Clock()), ids);
  } finally {
    await database.onApplicationShutdown();
  }
}

function readArguments(): string[] {
  try {
    return parseArgs({ allowPositionals: true }).positionals;
  } catch {
    throw new InputError(USAGE);
  }
}

async function readInput(): Promise<string> {
  if (process.stdin.isTTY) throw new InputError(USAGE);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > INPUT_MAX_BYTES) throw new InputError('The list is too long. Give it in parts.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Each id once. One wrong line may mean a wrong file, so it stops the command. */
function readIds(input: string): string[] {
  const lines = input
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.trim());
  const wrong = lines.flatMap((line, index) =>
    line === '' || isMetaId(line) ? [] : [String(index + 1)],
  );
  if (wrong.length > 0) {
    const more =
      wrong.length > WRONG_LINES_MAX ? ` and ${String(wrong.length - WRONG_LINES_MAX)} more` : '';
    const named = wrong.slice(0, WRONG_LINES_MAX).join(', ');
    throw new InputError(
      `An id is 1 to 30 digits. These lines are not ids: ${named}${more}. Nothing was deleted.`,
    );
  }
  const ids = [...new Set(lines.filter((line) => line !== ''))];
  if (ids.length === 0) throw new InputError('There is no id on standard input.');
  return ids;
}

async function deleteAll(users: UserDeletionService, ids: readonly string[]): Promise<string> {
  let [known, accounts, shared] = [0, 0, 0];
  for (const [index, id] of ids.entries()) {
    try {
      const counts = await users.deleteListed(id);
      if (counts.accounts + counts.shared > 0) known += 1;
      accounts += counts.accounts;
      shared += counts.shared;
    } catch {
      throw new DatabaseFailure(
        `The database failed after ${String(index)} of ${String(ids.length)} ids. Run it again.`,
      );
    }
  }
  return [
    `ids: ${String(ids.length)}`,
    `people who had connected accounts: ${String(known)}`,
    `accounts deleted: ${String(accounts)}`,
    `accounts kept, because another person connected them too: ${String(shared)}`,
  ].join('\n');
}

await runCommand(run);
