import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Kysely, Migrator, PostgresDialect, sql } from 'kysely';
import { MovableClock } from '../../../sandbox/clock.js';
import { ENGINES, settingsOf, type TestEngine } from '../../../test/support/engines.js';
import { createStores } from '../../../test/support/ledger-stores.js';
import { Database } from '../database/database.js';
import { openPool } from '../postgres/postgres-pool.js';
import { openSqlite } from '../sqlite/open-sqlite.js';
import { buildMigrations } from './migrations.js';

/** Names in the `kysely_migration` table of existing ledgers. They never change. */
const RECORDED = [
  '0001-likes',
  '0002-channel',
  '0004-connecting',
  '0005-shared-accounts',
  '0006-owned-rows',
  '0007-origin-of-log-ins',
  '0008-ledger-line',
  '0009-account-gates',
  '0010-pull-answers',
  '0011-schema-versions',
  '0012-budget-counts',
];
const BEFORE_OWNED_ROWS = '0005-shared-accounts';
const ROWS_BEFORE_OWNED_ROWS = [
  `insert into permalinks values ('5', '1', 'https://www.instagram.com/p/A/')`,
  `insert into permalinks values ('5', '2', 'https://www.instagram.com/p/A/')`,
  `insert into comment_authors values ('6', '5', 'person', '1')`,
  `insert into connected_accounts values ('1', 'omniwear', 'active', '2026-01-01', null, null)`,
  `insert into ticket_resources values ('omniwear', 62, 'comment:5:6', '5', '6', 1)`,
  `insert into ticket_resources values ('omniwear', 62, 'media:5', '5', null, 0)`,
  `insert into ticket_resources values ('omniwear', 63, 'media:9', '9', null, 1)`,
];

interface RecordedMigration {
  name: string;
  timestamp: string;
}

describe.each(ENGINES)('the migrations on %s', (_, startEngine) => {
  let engine: TestEngine;
  let settings: ReturnType<typeof settingsOf>;
  beforeEach(async () => {
    engine = await startEngine();
    settings = settingsOf(await engine.makeDatabase());
  });
  afterEach(() => engine.stop());

  /** Makes a ledger as an earlier version left it. */
  const makeOldLedger = async (last: string, rows: readonly string[]): Promise<void> => {
    const { database: at } = settings;
    const dialect =
      at.engine === 'sqlite'
        ? (await openSqlite(at.file, 1000, () => undefined)).dialect
        : new PostgresDialect({ pool: openPool(at, {}) });
    const db = new Kysely<unknown>({ dialect });
    const all = Object.values(buildMigrations(at.engine));
    const byName = Object.fromEntries(all.map((each, index) => [RECORDED[index] ?? '', each]));
    const provider = { getMigrations: () => Promise.resolve(byName) };
    const { error } = await new Migrator({ db, provider }).migrateTo(last);
    expect(error).toBeUndefined();
    for (const row of rows) await sql.raw(row).execute(db);
    await db.destroy();
  };
  const open = async (): Promise<Database> => {
    const database = new Database(settings);
    await database.onModuleInit();
    return database;
  };
  const readRecorded = async (database: Database): Promise<RecordedMigration[]> => {
    const { rows } = await sql<RecordedMigration>`
      select name, timestamp from kysely_migration order by name`.execute(database.db);
    return rows;
  };

  it('record these names, in this order', async () => {
    const database = await open();
    expect((await readRecorded(database)).map(({ name }) => name)).toEqual(RECORDED);
    await database.onApplicationShutdown();
  });

  it('find a ledger of the current schema up to date', async () => {
    await makeOldLedger('0008-ledger-line', []);
    const first = await open();
    const recorded = await readRecorded(first);
    await first.onApplicationShutdown();
    const second = await open();
    expect(await readRecorded(second)).toEqual(recorded);
    expect(recorded.map(({ name }) => name)).toEqual(RECORDED);
    await second.probe();
    await second.onApplicationShutdown();
  });

  it('keep the tickets and authors of a ledger without owners', async () => {
    await makeOldLedger(BEFORE_OWNED_ROWS, ROWS_BEFORE_OWNED_ROWS);
    const database = await open();
    const { ticketFinder, authorDeletion } = createStores(database, new MovableClock());
    expect(await ticketFinder.findTarget('1', 'omniwear', 62)).toEqual({
      kind: 'comment',
      id: '6',
    });
    // Both accounts own the post. A pull returned the comment for the first account only.
    expect(await ticketFinder.findTarget('2', 'omniwear', 62)).toEqual({ kind: 'media', id: '5' });
    expect(await ticketFinder.findTarget('1', 'omniwear', 63)).toBeUndefined();
    expect(await authorDeletion.delete('person', { subdomain: 'omniwear' })).toBe(1);
    expect(await ticketFinder.findTarget('1', 'omniwear', 62)).toEqual({ kind: 'media', id: '5' });
    await database.onApplicationShutdown();
  });
});
