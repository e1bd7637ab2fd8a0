import { type Kysely, type Migration, sql } from 'kysely';

export const channel: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('permalinks')
      .addColumn('media_id', 'varchar(30)', (column) => column.notNull())
      .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
      .addColumn('permalink', 'varchar(511)', (column) => column.notNull())
      .addPrimaryKeyConstraint('permalinks_key', ['media_id', 'ig_user_id'])
      .execute();
    await db.schema
      .createTable('channelbacks')
      .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
      .addColumn('subdomain', 'varchar(63)', (column) => column.notNull())
      .addColumn('request_id', 'varchar(255)', (column) => column.notNull())
      .addColumn('first_attempt_at', 'varchar(24)', (column) => column.notNull())
      .addColumn('last_attempt_at', 'varchar(24)', (column) => column.notNull())
      .addColumn('external_id', 'varchar(255)')
      .addPrimaryKeyConstraint('channelbacks_key', ['ig_user_id', 'subdomain', 'request_id'])
      .execute();
    await db.schema
      .createTable('ticket_resources')
      .addColumn('subdomain', 'varchar(63)', (column) => column.notNull())
      .addColumn('ticket_id', 'bigint', (column) => column.notNull())
      .addColumn('external_id', 'varchar(255)', (column) => column.notNull())
      .addColumn('media_id', 'varchar(30)', (column) => column.notNull())
      .addColumn('comment_id', 'varchar(30)')
      .addColumn('is_first', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('ticket_resources_key', ['subdomain', 'ticket_id', 'external_id'])
      .execute();
    await db.schema
      .createIndex('ticket_resources_first')
      .on('ticket_resources')
      .columns(['subdomain', 'ticket_id'])
      .unique()
      .where(sql.ref('is_first'), '=', 1)
      .execute();
    await db.schema
      .createIndex('ticket_resources_comment')
      .on('ticket_resources')
      .column('comment_id')
      .execute();
    await db.schema
      .createTable('comment_authors')
      .addColumn('comment_id', 'varchar(30)', (column) => column.primaryKey())
      .addColumn('media_id', 'varchar(30)', (column) => column.notNull())
      .addColumn('author_id', 'varchar(255)', (column) => column.notNull())
      .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('comment_authors_author')
      .on('comment_authors')
      .column('author_id')
      .execute();
    await db.schema
      .createTable('connected_accounts')
      .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
      .addColumn('subdomain', 'varchar(63)', (column) => column.notNull())
      .addColumn('state', 'varchar(8)', (column) => column.notNull())
      .addColumn('told_at', 'varchar(24)', (column) => column.notNull())
      .addColumn('pulled_at', 'varchar(24)')
      .addColumn('pull_outcome', 'varchar(40)')
      .addPrimaryKeyConstraint('connected_accounts_key', ['ig_user_id', 'subdomain'])
      .execute();
    await db.schema
      .createIndex('channelbacks_external_id')
      .on('channelbacks')
      .columns(['ig_user_id', 'external_id'])
      .unique()
      .execute();
    await db.schema
      .createIndex('channelbacks_last_attempt')
      .on('channelbacks')
      .column('last_attempt_at')
      .execute();
  },
};
