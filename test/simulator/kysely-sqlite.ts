import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import type { SqliteDatabase } from 'kysely';

/** Lets Kysely's own dialect for SQLite use a database of the service's driver. */
export function forKysely(sqlite: DatabaseSyncInstance): SqliteDatabase {
  return {
    close: () => {
      sqlite.close();
    },
    prepare: (text) => {
      const statement = sqlite.prepare(text);
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...parameters) as unknown[],
        run: (parameters) => statement.run(...parameters),
        iterate: (parameters) => statement.iterate(...parameters),
      };
    },
  };
}
