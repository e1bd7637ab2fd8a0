import type { Kysely, Migration } from 'kysely';
import type { Engine } from '../database/ledger.schema.js';

export const likes = (engine: Engine): Migration => ({
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
});
