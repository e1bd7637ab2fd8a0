import type { Kysely, Migration } from 'kysely';

/** Which later migrations the previous version can live with, and which version ran them. */
export const schemaVersions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('schema_versions')
      .addColumn('name', 'varchar(255)', (column) => column.primaryKey())
      .addColumn('is_additive', 'integer', (column) => column.notNull())
      .addColumn('version', 'varchar(64)', (column) => column.notNull())
      .execute();
  },
};
