import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../../test/support/run.js';
import type { LedgerSchema } from './ledger.schema.js';

/** The only file that writes each table. */
const OWNERS: Record<keyof LedgerSchema, string> = {
  account_lines: 'line-rows.ts',
  budget_counts: 'budget-counts.ts',
  channelbacks: 'channelback-ledger.ts',
  comment_authors: 'comment-authors.ts',
  connected_accounts: 'connected-accounts.ts',
  connection_names: 'connected-accounts.ts',
  deletion_requests: 'deletion-requests.ts',
  ledger_line: 'line-rows.ts',
  gate_holds: 'gate-holds.ts',
  gate_paces: 'gate-paces.ts',
  like_attempts: 'like-ledger.ts',
  likes: 'like-ledger.ts',
  meta_users: 'meta-users.ts',
  pending_log_ins: 'pending-logins.ts',
  permalinks: 'permalinks.ts',
  pull_answers: 'pull-answers.ts',
  pull_failures: 'pull-failures.ts',
  schema_versions: 'schema-versions.ts',
  ticket_resources: 'ticket-store.ts',
  write_probe: 'database.ts',
};
/** Files that hold parts of an owner's queries. */
const READERS: Readonly<Record<string, string>> = {
  'like-conditions.ts': 'like-ledger.ts',
  'like-deletion.ts': 'like-ledger.ts',
  'like-statements.ts': 'like-ledger.ts',
  'like-states.ts': 'like-ledger.ts',
};

const SOURCE = join(ROOT, 'src');
const LEDGER = join(SOURCE, 'ledger');
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .filter((name) => !name.startsWith(join('ledger', 'migrations')))
  .map((name) => ({
    file: relative(LEDGER, join(SOURCE, name)),
    code: readFileSync(join(SOURCE, name), 'utf8'),
  }));

/** Finds each call of these methods and the table that it names, as "file: table". */
function findCalls(methods: string): string[] {
  return files.flatMap(({ file, code }) =>
    [...code.matchAll(new RegExp(`\\.(?:${methods})\\(\\s*([^,)]*)`, 'g'))].map(
      ([, argument = '']) => {
        const [, table] = /^'(\w+)(?: as \w+)?'$/.exec(argument.trim()) ?? [];
        return `${READERS[file] ?? file}: ${table ?? `not a literal: ${argument}`}`;
      },
    ),
  );
}

const expected = Object.entries(OWNERS)
  .map(([table, owner]) => `${owner}: ${table}`)
  .sort();

describe('the tables of the ledger', () => {
  it('are each written by one file', () => {
    const calls = findCalls('insertInto|replaceInto|mergeInto|updateTable|deleteFrom');
    expect([...new Set(calls)].sort()).toEqual(expected);
  });

  it('are each read by the file that writes them', () => {
    const calls = findCalls('selectFrom|(?:inner|left|right|full|cross)Join|using');
    expect([...new Set(calls)].filter((call) => !expected.includes(call))).toEqual([]);
  });

  it('are not used in raw SQL outside the migrations', () => {
    const tables = Object.keys(OWNERS).join('|');
    const raw = new RegExp(`\\b(?:from|into|update|join|table)\\s+"?(?:${tables})\\b`, 'i');
    expect(files.filter(({ code }) => raw.test(code)).map(({ file }) => file)).toEqual([]);
  });
});
