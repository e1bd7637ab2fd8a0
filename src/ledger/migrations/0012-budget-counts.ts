import type { Kysely, Migration } from 'kysely';

/** What is left of the budgets of unauthenticated calls. Times are milliseconds since 1970. */
export const budgetCounts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('budget_counts')
      .addColumn('holder_hash', 'varchar(43)', (column) => column.primaryKey())
      .addColumn('room', 'integer', (column) => column.notNull())
      .addColumn('ends_ms', 'bigint', (column) => column.notNull())
      .execute();
  },
};
