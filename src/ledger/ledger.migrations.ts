import { type Kysely, type Migration, sql } from 'kysely';
import { ownedRows } from './migration-0006.js';

/**
 * The schema's history, the same for both engines. A migration that has been released is never changed; a new one is added
 * instead.
 */
export const migrationsFor = (engine: 'sqlite' | 'postgres'): Record<string, Migration> => ({
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
        .addColumn('id', engine === 'sqlite' ? 'integer' : 'bigint', (column) =>
          engine === 'sqlite'
            ? column.primaryKey().autoIncrement()
            : column.primaryKey().generatedAlwaysAsIdentity(),
        )
        .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
        .addColumn('target_kind', 'varchar(7)', (column) => column.notNull())
        .addColumn('target_id', 'varchar(30)', (column) => column.notNull())
        .addColumn('liked', 'integer', (column) => column.notNull())
        .addColumn('overlapped', 'integer', (column) => column.notNull().defaultTo(0))
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
  },
  '0004-connecting': {
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
  },
  '0005-shared-accounts': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .alterTable('deletion_requests')
        .addColumn('shared', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
    },
  },
  '0006-owned-rows': ownedRows,
  '0007-origin-of-log-ins': {
    async up(db: Kysely<unknown>): Promise<void> {
      // Logins live for half an hour; those of an earlier version have to begin again.
      await sql`delete from pending_log_ins`.execute(db);
      for (const [name, type] of [
        ['network', 'varchar(64)'],
        ['subdomain', 'varchar(63)'],
      ] as const) {
        await db.schema
          .alterTable('pending_log_ins')
          .addColumn(name, type, (column) => column.notNull().defaultTo(''))
          .execute();
        await db.schema
          .createIndex(`pending_log_ins_${name}`)
          .on('pending_log_ins')
          .column(name)
          .execute();
      }
    },
  },
});
