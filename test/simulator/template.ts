import SQLite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { LedgerSchema } from '../../src/ledger/ledger.schema.js';
import { migrate } from '../../src/ledger/migrate.js';

/** The rows of an empty ledger after all migrations. */
export async function createTemplate(): Promise<Buffer> {
  const database = new SQLite(':memory:');
  const db = new Kysely<LedgerSchema>({ dialect: new SqliteDialect({ database }) });
  await migrate(db, 'sqlite');
  const content = database.serialize();
  await db.destroy();
  return content;
}
