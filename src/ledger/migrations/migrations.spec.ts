import { describe, expect, it } from '@jest/globals';
import { Kysely, Migrator, PostgresDialect, sql, SqliteDialect } from 'kysely';
import { MovableClock } from '../../sandbox/clock.js';
import { CapturedLog } from '../../test/support/capture.js';
import { ENGINES, settingsOf } from '../../test/support/engines.js';
import { Database } from './database.js';
import { migrationsFor } from './ledger.migrations.js';
import { CommentAuthors } from './comment-authors.js';
import { openPool } from './postgres-pool.js';
import { openSqlite } from './sqlite-file.js';
import { TicketMap } from './ticket-map.js';

const BEFORE = '0005-shared-accounts';
const ROWS = [
  `insert into permalinks values ('5', '1', 'https://www.instagram.com/p/A/')`,
  `insert into permalinks values ('5', '2', 'https://www.instagram.com/p/A/')`,
  `insert into comment_authors values ('6', '5', 'person', '1')`,
  `insert into connected_accounts values ('1', 'omniwear', 'active', '2026-01-01', null, null)`,
  `insert into ticket_resources values ('omniwear', 62, 'comment:5:6', '5', '6', 1)`,
  `insert into ticket_resources values ('omniwear', 62, 'media:5', '5', null, 0)`,
  `insert into ticket_resources values ('omniwear', 63, 'media:9', '9', null, 1)`,
];

describe.each(ENGINES)('the migration to rows with owners on %s', (_, startEngine) => {
  it('keeps tickets and authors that were stored before', async () => {
    const engine = await startEngine();
    const settings = settingsOf(await engine.makeDatabase());
    const { database: at } = settings;
    const dialect =
      at.engine === 'sqlite'
        ? new SqliteDialect({ database: openSqlite(at.file) })
        : new PostgresDialect({ pool: openPool(at, {}) });
    const old = new Kysely<unknown>({ dialect });
    const provider = { getMigrations: () => Promise.resolve(migrationsFor(at.engine)) };
    const { error } = await new Migrator({ db: old, provider }).migrateTo(BEFORE);
    expect(error).toBeUndefined();
    for (const row of ROWS) await sql.raw(row).execute(old);
    await old.destroy();

    const database = new Database(settings);
    await database.onModuleInit();
    const clock = new MovableClock();
    const tickets = new TicketMap(database, clock, new CapturedLog().log);
    expect(await tickets.targetOf('1', 'omniwear', 62)).toEqual({ kind: 'comment', id: '6' });
    // Both own the post. The comment was handed out for the first account alone.
    expect(await tickets.targetOf('2', 'omniwear', 62)).toEqual({ kind: 'media', id: '5' });
    expect(await tickets.targetOf('1', 'omniwear', 63)).toBeUndefined();
    expect(
      await new CommentAuthors(database, clock).forget('person', { subdomain: 'omniwear' }),
    ).toBe(1);
    expect(await tickets.targetOf('1', 'omniwear', 62)).toEqual({ kind: 'media', id: '5' });
    await database.onApplicationShutdown();
    await engine.stop();
  });
});
