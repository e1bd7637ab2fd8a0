import { randomBytes } from 'node:crypto';
import { type Kysely, type Migration, sql } from 'kysely';

/** 72 random bits, 12 characters. */
const NAME_BYTES = 9;

/**
 * Gives the ledger an id, and each account the numbers of its pulls. A restored or copied ledger is
 * recognized by them. Likes and attempts get the line in which they were made.
 */
export const ledgerLine: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('ledger_line')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('ledger', 'varchar(16)', (column) => column.notNull())
      .addColumn('line', 'varchar(16)', (column) => column.notNull().defaultTo(''))
      .addColumn('broken_at', 'varchar(24)')
      .addColumn('identity', 'varchar(80)')
      .addColumn('number', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
    const ledger = randomBytes(NAME_BYTES).toString('base64url');
    await sql`insert into ledger_line (id, ledger) values (1, ${ledger})`.execute(db);
    await db.schema
      .createTable('account_lines')
      .addColumn('ig_user_id', 'varchar(30)', (column) => column.primaryKey())
      .addColumn('number', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('names', 'varchar(160)', (column) => column.notNull().defaultTo(''))
      .addColumn('line', 'varchar(16)', (column) => column.notNull().defaultTo(''))
      .addColumn('broken_at', 'varchar(24)')
      .addColumn('seen', 'varchar(400)', (column) => column.notNull().defaultTo(''))
      .execute();
    await db.schema.alterTable('likes').addColumn('line', 'varchar(32)').execute();
    for (const [name, type] of [
      ['line', 'varchar(32)'],
      ['token', 'varchar(16)'],
    ] as const) {
      await db.schema.alterTable('like_attempts').addColumn(name, type).execute();
    }
    await db.schema
      .createIndex('like_attempts_started_at')
      .on('like_attempts')
      .column('started_at')
      .execute();
  },
};
