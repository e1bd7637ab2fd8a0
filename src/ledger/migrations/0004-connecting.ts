import type { Kysely, Migration } from 'kysely';

export const connecting: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('pending_log_ins')
      .addColumn('id_hash', 'varchar(43)', (column) => column.primaryKey())
      .addColumn('state_hash', 'varchar(43)', (column) => column.notNull().unique())
      .addColumn('set_up_hash', 'varchar(43)', (column) => column.notNull())
      .addColumn('started_at', 'varchar(24)', (column) => column.notNull())
      .addColumn('outcome', 'varchar(8)', (column) => column.notNull())
      .addColumn('sealed_code', 'text')
      .addColumn('confirmation_hash', 'varchar(43)')
      .addColumn('tries', 'integer', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('meta_users')
      .addColumn('user_id', 'varchar(30)', (column) => column.notNull())
      .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
      .addPrimaryKeyConstraint('meta_users_key', ['user_id', 'ig_user_id'])
      .execute();
    await db.schema
      .createTable('deletion_requests')
      .addColumn('code_hash', 'varchar(43)', (column) => column.primaryKey())
      .addColumn('done_at', 'varchar(24)', (column) => column.notNull())
      .addColumn('accounts', 'integer', (column) => column.notNull())
      .execute();
  },
};
