import { type Kysely, type Migration, sql } from 'kysely';

const DAY_CHARS = 10;

/**
 * Gives each row about a ticket or a comment to the account that owns the post, so no account
 * can read or replace the rows of another one. Ticket rows get the day of their last use, comments
 * get columns for the deletion of their author, and connections get the names under which their
 * Zendesk has called.
 */
export const ownedRows: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createTickets(db);
    await createCommentAuthors(db);
    await db.schema
      .createTable('connection_names')
      .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
      .addColumn('subdomain', 'varchar(63)', (column) => column.notNull())
      .addColumn('name', 'varchar(63)', (column) => column.notNull())
      .addColumn('told_at', 'varchar(24)', (column) => column.notNull())
      .addPrimaryKeyConstraint('connection_names_key', ['ig_user_id', 'subdomain', 'name'])
      .execute();
    await db.schema
      .createIndex('connection_names_name')
      .on('connection_names')
      .column('name')
      .execute();
    await db.schema
      .createTable('write_probe')
      .addColumn('id', 'varchar(36)', (column) => column.primaryKey())
      .addColumn('filler', 'text', (column) => column.notNull())
      .execute();
  },
};

async function createTickets(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('owned_tickets')
    .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
    .addColumn('subdomain', 'varchar(63)', (column) => column.notNull())
    .addColumn('ticket_id', 'bigint', (column) => column.notNull())
    .addColumn('external_id', 'varchar(255)', (column) => column.notNull())
    .addColumn('media_id', 'varchar(30)', (column) => column.notNull())
    .addColumn('comment_id', 'varchar(30)')
    .addColumn('is_first', 'integer', (column) => column.notNull())
    .addColumn('used_on', 'varchar(10)', (column) => column.notNull())
    .addPrimaryKeyConstraint('owned_tickets_key', [
      'ig_user_id',
      'ticket_id',
      'subdomain',
      'external_id',
    ])
    .execute();
  const today = new Date().toISOString().slice(0, DAY_CHARS);
  await sql`
    insert into owned_tickets
    select p.ig_user_id, t.subdomain, t.ticket_id, t.external_id, t.media_id, t.comment_id,
      t.is_first, ${sql.lit(today)}
    from ticket_resources t join permalinks p on p.media_id = t.media_id
    where t.comment_id is null or exists (
      select 1 from comment_authors a
      where a.comment_id = t.comment_id and a.ig_user_id = p.ig_user_id
    )`.execute(db);
  await db.schema.dropTable('ticket_resources').execute();
  await db.schema.alterTable('owned_tickets').renameTo('ticket_resources').execute();
  await db.schema
    .createIndex('ticket_resources_first_of_account')
    .on('ticket_resources')
    .columns(['ig_user_id', 'ticket_id', 'subdomain'])
    .unique()
    .where(sql.ref('is_first'), '=', 1)
    .execute();
  await db.schema
    .createIndex('ticket_resources_external_id')
    .on('ticket_resources')
    .columns(['ig_user_id', 'external_id'])
    .execute();
  await db.schema
    .createIndex('ticket_resources_used_on')
    .on('ticket_resources')
    .columns(['ig_user_id', 'used_on'])
    .execute();
}

async function createCommentAuthors(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('owned_comments')
    .addColumn('comment_id', 'varchar(30)', (column) => column.notNull())
    .addColumn('ig_user_id', 'varchar(30)', (column) => column.notNull())
    .addColumn('media_id', 'varchar(30)', (column) => column.notNull())
    .addColumn('author_id', 'varchar(255)', (column) => column.notNull())
    .addColumn('forgotten_at', 'varchar(24)')
    .addColumn('erase_at', 'varchar(24)')
    .addPrimaryKeyConstraint('owned_comments_key', ['comment_id', 'ig_user_id'])
    .execute();
  await sql`
    insert into owned_comments
    select comment_id, ig_user_id, media_id, author_id, null, null from comment_authors`.execute(
    db,
  );
  await db.schema.dropTable('comment_authors').execute();
  await db.schema.alterTable('owned_comments').renameTo('comment_authors').execute();
  await db.schema
    .createIndex('comment_authors_of_author')
    .on('comment_authors')
    .column('author_id')
    .execute();
  for (const column of ['forgotten_at', 'erase_at']) {
    await db.schema
      .createIndex(`comment_authors_${column}`)
      .on('comment_authors')
      .column(column)
      .where(sql.ref(column), 'is not', null)
      .execute();
  }
}
