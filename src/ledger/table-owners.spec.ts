import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../../test/support/run.js';
import type { LedgerSchema } from './database/ledger.schema.js';

/** The only file that writes each table. */
const OWNERS: Record<keyof LedgerSchema, string> = {
  account_lines: 'line/line-rows.ts',
  budget_counts: 'budgets/budget-counts.ts',
  channelbacks: 'replies/channelback-ledger.ts',
  comment_authors: 'deletion/comment-authors.ts',
  connected_accounts: 'accounts/connected-accounts.ts',
  connection_names: 'accounts/connected-accounts.ts',
  deletion_requests: 'deletion/deletion-requests.ts',
  ledger_line: 'line/line-rows.ts',
  gate_holds: 'gate/gate-holds.ts',
  gate_paces: 'gate/gate-paces.ts',
  like_attempts: 'likes/like-ledger.ts',
  likes: 'likes/like-ledger.ts',
  meta_users: 'accounts/meta-users.ts',
  pending_log_ins: 'accounts/pending-logins.ts',
  permalinks: 'tickets/permalinks.ts',
  pull_answers: 'pulls/pull-answers.ts',
  pull_failures: 'pulls/pull-failures.ts',
  schema_versions: 'database/schema-versions.ts',
  ticket_resources: 'tickets/ticket-store.ts',
  write_probe: 'database/database.ts',
};
/** Files that hold parts of an owner's queries. */
const READERS: Readonly<Record<string, string>> = {
  'likes/like-conditions.ts': 'likes/like-ledger.ts',
  'likes/like-deletion.ts': 'likes/like-ledger.ts',
  'likes/like-statements.ts': 'likes/like-ledger.ts',
  'likes/like-states.ts': 'likes/like-ledger.ts',
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
