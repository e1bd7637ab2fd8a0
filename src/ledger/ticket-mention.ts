import type { Kysely } from 'kysely';
import type { LedgerSchema, TicketResourcesTable } from './ledger.schema.js';

/** What an event says about one resource and one ticket. */
export interface TicketMention {
  readonly ticketId: number;
  readonly externalId: string;
  readonly mediaId: string;
  /** Undefined for the post itself. */
  readonly commentId: string | undefined;
  /**
   * `first`: the ticket was made of it. `part`: it is in the ticket. `followed`: it is in a later
   * ticket that follows this one.
   */
  readonly place: 'first' | 'part' | 'followed';
}

/** A mention as one account's row. */
export interface TicketNote {
  readonly place: TicketMention['place'];
  readonly row: TicketResourcesTable;
}

export function noteOf(
  mention: TicketMention,
  owner: Pick<TicketResourcesTable, 'ig_user_id' | 'subdomain' | 'used_on'>,
): TicketNote {
  const { ticketId, mediaId, commentId, externalId, place } = mention;
  // A followed ticket is about the post: the comment is in the ticket that follows it.
  const isFollowed = place === 'followed';
  return {
    place,
    row: {
      ...owner,
      ticket_id: ticketId,
      external_id: isFollowed ? `media:${mediaId}` : externalId,
      media_id: mediaId,
      comment_id: isFollowed ? null : (commentId ?? null),
      is_first: place === 'first' ? 1 : 0,
    },
  };
}

/** Names a ticket of an account. */
export function toTicketKey(row: Omit<TicketResourcesTable, 'external_id'>): string {
  return [row.ig_user_id, row.subdomain, row.ticket_id].join('/');
}

/** Names a row. */
export function keyOf(row: TicketResourcesTable): string {
  return `${toTicketKey(row)}/${row.external_id}`;
}

/** The accounts that resources were handed out for, by `external_id`. */
export async function ownersOf(
  db: Kysely<LedgerSchema>,
  mentions: readonly TicketMention[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const mediaIds = mentions.map(({ mediaId }) => mediaId);
  const media = await db
    .selectFrom('permalinks')
    .select(['media_id', 'ig_user_id'])
    .where('media_id', 'in', mediaIds)
    .execute();
  const commentIds = mentions.map(({ commentId }) => commentId ?? '');
  const comments = await db
    .selectFrom('comment_authors')
    .select(['media_id', 'comment_id', 'ig_user_id'])
    .where('comment_id', 'in', commentIds)
    .execute();
  const owners = new Map<string, string[]>();
  const add = (externalId: string, owner: string): void => {
    owners.set(externalId, [...(owners.get(externalId) ?? []), owner]);
  };
  for (const row of media) add(`media:${row.media_id}`, row.ig_user_id);
  for (const row of comments) add(`comment:${row.media_id}:${row.comment_id}`, row.ig_user_id);
  return owners;
}

/** What is stored of the resources of these rows. */
export function storedOf(
  db: Kysely<LedgerSchema>,
  rows: readonly TicketResourcesTable[],
): Promise<TicketResourcesTable[]> {
  return db
    .selectFrom('ticket_resources')
    .selectAll()
    .where('ig_user_id', 'in', distinct(rows, 'ig_user_id'))
    .where('external_id', 'in', distinct(rows, 'external_id'))
    .execute();
}

/** Those of the rows' tickets of which something is stored. */
export async function knownTickets(
  db: Kysely<LedgerSchema>,
  rows: readonly TicketResourcesTable[],
): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  const stored = await db
    .selectFrom('ticket_resources')
    .selectAll()
    .where('ig_user_id', 'in', distinct(rows, 'ig_user_id'))
    .where('ticket_id', 'in', distinct(rows, 'ticket_id'))
    .execute();
  return new Set(stored.map(toTicketKey));
}

/** Deletes the rows of an account beyond this many: those that were used longest ago. */
export async function trim(
  db: Kysely<LedgerSchema>,
  account: string,
  rowsMax: number,
): Promise<void> {
  const { count } = await db
    .selectFrom('ticket_resources')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('ig_user_id', '=', account)
    .executeTakeFirstOrThrow();
  if (count <= rowsMax) return;
  const oldest = await db
    .selectFrom('ticket_resources')
    .select(['ticket_id', 'subdomain', 'external_id'])
    .where('ig_user_id', '=', account)
    .orderBy('used_on')
    .orderBy('ticket_id')
    .limit(count - rowsMax)
    .execute();
  for (const row of oldest) {
    await db
      .deleteFrom('ticket_resources')
      .where((where) => where.and({ ig_user_id: account, ...row }))
      .execute();
  }
}

function distinct<K extends 'ig_user_id' | 'external_id' | 'ticket_id'>(
  rows: readonly TicketResourcesTable[],
  column: K,
): TicketResourcesTable[K][] {
  return [...new Set(rows.map((row) => row[column]))];
}
