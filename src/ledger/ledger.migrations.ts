import type { Kysely, Migration, MigrationProvider } from 'kysely';

/** The schema's history. A migration that has been released is never changed; a new one is added instead. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-likes': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('likes')
        .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
        .addColumn('target_kind', 'varchar(7)', (column) => column.notNull())
        .addColumn('target_id', 'varchar(30)', (column) => column.notNull())
        .addColumn('liked', 'integer', (column) => column.notNull())
        .addColumn('changed_at', 'varchar(24)', (column) => column.notNull())
        .addPrimaryKeyConstraint('likes_key', ['ig_user_id', 'target_kind', 'target_id'])
        .execute();
      await db.schema
        .createTable('like_attempts')
        .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
        .addColumn('target_kind', 'varchar(7)', (column) => column.notNull())
        .addColumn('target_id', 'varchar(30)', (column) => column.notNull())
        .addColumn('liked', 'integer', (column) => column.notNull())
        .addColumn('started_at', 'varchar(24)', (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex('like_attempts_target')
        .on('like_attempts')
        .columns(['ig_user_id', 'target_kind', 'target_id'])
        .execute();
    },
  },
  '0002-channel': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('permalinks')
        .addColumn('media_id', 'varchar(30)', (column) => column.primaryKey())
        .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
        .addColumn('permalink', 'varchar(511)', (column) => column.notNull())
        .execute();
    },
  },
};

export const migrationProvider: MigrationProvider = {
  getMigrations: () => Promise.resolve(MIGRATIONS),
};
