import type { Kysely, Migration } from 'kysely';

export const sharedAccounts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable('deletion_requests')
      .addColumn('shared', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
