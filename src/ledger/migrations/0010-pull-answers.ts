import type { Kysely, Migration } from 'kysely';

/** What the answers to pulls carried, so that every process knows what Zendesk has. */
export const pullAnswers: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('pull_answers')
      .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
      .addColumn('series', 'varchar(32)', (column) => column.notNull())
      .addColumn('answer', 'varchar(32)', (column) => column.notNull())
      .addColumn('external_ids', 'text', (column) => column.notNull())
      .addColumn('has_arrived', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('answered_at', 'varchar(24)', (column) => column.notNull())
      .addPrimaryKeyConstraint('pull_answers_key', ['ig_user_id', 'series', 'answer'])
      .execute();
    await db.schema
      .createIndex('pull_answers_answered_at')
      .on('pull_answers')
      .column('answered_at')
      .execute();
  },
};
