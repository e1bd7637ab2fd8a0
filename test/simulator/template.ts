import { DatabaseSync } from '@photostructure/sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import type { LedgerSchema } from '../../src/ledger/database/ledger.schema.js';
import { migrate } from '../../src/ledger/database/migrate.js';
import { forKysely } from './kysely-sqlite.js';

/** The rows of an empty ledger after all migrations. */
export async function createTemplate(): Promise<Buffer> {
  const database = new DatabaseSync(':memory:');
  const db = new Kysely<LedgerSchema>({
    dialect: new SqliteDialect({ database: forKysely(database) }),
  });
  await migrate(db, 'sqlite');
  const content = Buffer.from(database.serialize());
  await db.destroy();
  return content;
}
