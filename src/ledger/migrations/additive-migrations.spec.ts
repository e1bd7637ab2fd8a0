import { describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { Kysely, Migrator, PostgresDialect, sql, SqliteDialect } from 'kysely';
import { ENGINES, settingsOf, useEngine } from '../../../test/support/engines.js';
import { forKysely } from '../../../test/simulator/kysely-sqlite.js';
import { openPool } from '../postgres/postgres-pool.js';
import { buildMigrations, isAdditive } from './migrations.js';

interface Column {
  /** As `table.column`. */
  readonly name: string;
  readonly type: string;
  /** Whether an older version's insert can leave it out. */
  readonly isOptional: boolean;
}

interface Schema {
  readonly tables: readonly string[];
  readonly columns: readonly Column[];
  /** As `table.index`. */
  readonly uniqueIndexes: readonly string[];
}

/** What a statement of the older version could trip over. */
function findBreaks(before: Schema, after: Schema): string[] {
  const known = new Map(after.columns.map((column) => [column.name, column]));
  const old = new Set(before.columns.map(({ name }) => name));
  const isOnOldTable = (name: string): boolean => before.tables.includes(name.split('.')[0] ?? '');
  return [
    ...before.columns
      .filter(({ name, type, isOptional }) => {
        const now = known.get(name);
        return now?.type !== type || (isOptional && !now.isOptional);
      })
      .map(({ name }) => `${name} was changed`),
    ...after.columns
      .filter(({ name, isOptional }) => !old.has(name) && isOnOldTable(name) && !isOptional)
      .map(({ name }) => `${name} is required`),
    ...after.uniqueIndexes
      .filter((name) => isOnOldTable(name) && !before.uniqueIndexes.includes(name))
      .map((name) => `${name} forbids more rows`),
  ];
}

describe.each(ENGINES)('each migration on %s', (name, startEngine) => {
  const engine = useEngine(startEngine);

  const readSchema = async (db: Kysely<unknown>): Promise<Schema> => {
    const tables = await db.introspection.getTables();
    const indexes =
      name === 'SQLite'
        ? sql<{ name: string }>`
            select m.name || '.' || i.name as name
            from sqlite_master m join pragma_index_list(m.name) i
            where m.type = 'table' and i."unique" = 1`
        : sql<{ name: string }>`
            select t.relname || '.' || i.relname as name
            from pg_index x join pg_class t on t.oid = x.indrelid
            join pg_class i on i.oid = x.indexrelid
            where x.indisunique and t.relnamespace = 'public'::regnamespace`;
    return {
      tables: tables.map((table) => table.name),
      columns: tables.flatMap((table) =>
        table.columns.map((column) => ({
          name: `${table.name}.${column.name}`,
          type: column.dataType,
          isOptional: column.isNullable || column.hasDefaultValue || column.isAutoIncrementing,
        })),
      ),
      uniqueIndexes: (await indexes.execute(db)).rows.map((row) => row.name),
    };
  };

  it('is additive unless it is marked otherwise', async () => {
    const { database: at } = settingsOf(await engine.makeDatabase());
    const dialect =
      at.engine === 'sqlite'
        ? new SqliteDialect({ database: forKysely(new DatabaseSync(':memory:')) })
        : new PostgresDialect({ pool: openPool(at, {}) });
    const db = new Kysely<unknown>({ dialect });
    const migrations = buildMigrations(at.engine);
    const provider = { getMigrations: () => Promise.resolve(migrations) };
    const migrator = new Migrator({ db, provider });
    const breaking: string[] = [];
    let before = await readSchema(db);
    for (const migration of Object.keys(migrations)) {
      const { error } = await migrator.migrateTo(migration);
      expect(error).toBeUndefined();
      const after = await readSchema(db);
      const breaks = findBreaks(before, after);
      if (isAdditive(migration)) expect({ migration, breaks }).toEqual({ migration, breaks: [] });
      if (breaks.length > 0) breaking.push(migration);
      before = after;
    }
    expect(breaking).toEqual(['0006-owned-rows']);
    await db.destroy();
  });
});
