import type { Kysely, Migration } from 'kysely';

/** The holds and paces of the gates in front of Meta. Times are milliseconds since 1970. */
export const accountGates: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('gate_holds')
      .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
      .addColumn('token', 'varchar(16)', (column) => column.notNull())
      .addColumn('cause', 'varchar(16)', (column) => column.notNull())
      .addColumn('graph_code', 'integer')
      .addColumn('graph_subcode', 'integer')
      .addColumn('repeats', 'integer', (column) => column.notNull())
      .addColumn('until_ms', 'bigint', (column) => column.notNull())
      .addColumn('probe_ms', 'bigint', (column) => column.notNull())
      .addColumn('changed_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('gate_holds_key', ['ig_user_id', 'token'])
      .execute();
    await db.schema
      .createIndex('gate_holds_changed')
      .on('gate_holds')
      .column('changed_ms')
      .execute();
    await db.schema
      .createTable('gate_paces')
      .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
      .addColumn('kind', 'varchar(16)', (column) => column.notNull())
      .addColumn('next_ms', 'bigint', (column) => column.notNull())
      .addColumn('claimed_ms', 'bigint', (column) => column.notNull())
      .addColumn('granted', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('gate_paces_key', ['ig_user_id', 'kind'])
      .execute();
  },
};
