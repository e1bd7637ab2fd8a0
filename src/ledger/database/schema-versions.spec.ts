import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { Kysely, PostgresDialect, sql, SqliteDialect } from 'kysely';
import { ENGINES, settingsOf, useEngine } from '../../../test/support/engines.js';
import { forKysely } from '../../../test/simulator/kysely-sqlite.js';
import { VERSION } from '../../version.js';
import { Database } from './database.js';
import type { LedgerSchema } from './ledger.schema.js';
import { buildMigrations } from '../migrations/migrations.js';
import { openPool } from '../postgres/postgres-pool.js';

/** The lock that Kysely takes to migrate PostgreSQL. */
const MIGRATION_LOCK = 3853314791062309107n;

type Db = Kysely<LedgerSchema>;

const insertMigration = async (db: Db, name: string): Promise<void> => {
  const values = sql`(${name}, '2026-11-26')`;
  await sql`insert into kysely_migration (name, timestamp) values ${values}`.execute(db);
};
/** Adds a migration as a later version records it. */
const addMigration = async (
  db: Db,
  name: string,
  record?: { is_additive: number; version: string },
): Promise<void> => {
  await insertMigration(db, name);
  if (record !== undefined) {
    await db
      .insertInto('schema_versions')
      .values({ name, ...record })
      .execute();
  }
};

describe.each(ENGINES)('a newer schema on %s', (engineName, startEngine) => {
  const engine = useEngine(startEngine);

  const start = async (url: string): Promise<void> => {
    const database = new Database(settingsOf(url));
    await database.onModuleInit();
    await database.onApplicationShutdown();
  };
  const connect = (url: string): Db => {
    const { database: at } = settingsOf(url);
    const dialect =
      at.engine === 'sqlite'
        ? new SqliteDialect({ database: forKysely(new DatabaseSync(at.file)) })
        : new PostgresDialect({ pool: openPool(at, {}) });
    return new Kysely({ dialect });
  };
  /** A database of this version, changed while no process uses it. */
  const changed = async (change: (db: Db) => Promise<unknown>): Promise<string> => {
    const url = await engine.makeDatabase();
    await start(url);
    const db = connect(url);
    await change(db);
    await db.destroy();
    return url;
  };
  const failureOf = async (url: string): Promise<string> => {
    const error: unknown = await start(url).catch((failure: unknown) => failure);
    return error instanceof Error ? error.message : 'none';
  };

  it('is recognised by the records of its migrations, which each version writes', async () => {
    const url = await engine.makeDatabase();
    await start(url);
    const db = connect(url);
    const rows = await db.selectFrom('schema_versions').selectAll().orderBy('name').execute();
    await db.destroy();
    const names = Object.keys(buildMigrations('sqlite')).filter(
      (name) => name >= '0011-schema-versions',
    );
    expect(rows).toEqual(names.map((name) => ({ name, is_additive: 1, version: VERSION })));
  });

  it('is used if all of its migrations are additive', async () => {
    const url = await changed(async (db) => {
      await addMigration(db, '9001-more', { is_additive: 1, version: '9.1.0' });
      await addMigration(db, '9002-yet-more', { is_additive: 1, version: '9.2.0' });
    });
    expect(await failureOf(url)).toBe('none');
  });

  it('is refused if one of them is not, and the newest version is named', async () => {
    const url = await changed(async (db) => {
      await addMigration(db, '9001-other', { is_additive: 0, version: '9.1.0' });
      await addMigration(db, '9002-more', { is_additive: 1, version: '9.2.0' });
    });
    expect(await failureOf(url)).toBe(
      'The service cannot start.\n' +
        '  - The database was written by a newer version (9.2.0) of this service, and this ' +
        `version (${VERSION}) cannot use it. Start version 9.2.0 or a later one, or restore the ` +
        'backup from before the upgrade',
    );
  });

  it.each([
    ['without a record', undefined],
    ['with a strange version', { is_additive: 0, version: 'x\nDATABASE_URL=postgres://a' }],
  ])('is refused %s', async (_, record) => {
    const url = await changed((db) => addMigration(db, '9001-other', record));
    expect(await failureOf(url)).toContain(
      `written by a newer version of this service, and this version (${VERSION}) cannot use it. ` +
        'Start that version, or restore',
    );
  });

  it('is refused if it lacks a migration of this version', async () => {
    const url = await changed(async (db) => {
      await sql`delete from kysely_migration where name = '0010-pull-answers'`.execute(db);
      await addMigration(db, '9001-more', { is_additive: 1, version: '9.1.0' });
    });
    expect(await failureOf(url)).toContain('written by a newer version (9.1.0)');
  });

  if (engineName !== 'PostgreSQL') return;

  it.each([
    [1, 'none'],
    [0, 'newer version (9.1.0)'],
  ])(
    'is noticed if it appears while this version waits for its turn (additive: %d)',
    async (is_additive, failure) => {
      const url = await engine.makeDatabase();
      await start(url);
      const db = connect(url);
      const starting = await db.transaction().execute(async (held) => {
        await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(held);
        const started = failureOf(url);
        const isWaiting = async (): Promise<boolean> => {
          const { rows } = await sql`
            select 1 from pg_locks where locktype = 'advisory' and not granted`.execute(db);
          return rows.length > 0;
        };
        while (!(await isWaiting())) await sleep(20);
        await addMigration(held, '9001-more', { is_additive, version: '9.1.0' });
        return { started };
      });
      expect(await starting.started).toContain(failure);
      await db.destroy();
    },
  );
});
