import { type Kysely, type Migration, sql } from 'kysely';

export const loginOrigin: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    // Logins expire after half an hour; those that an earlier version began have to restart.
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
};
