import type { TicketResourcesTable } from '../database/ledger.schema.js';

/** One resource and one ticket in an event. */
export interface TicketMention {
  readonly ticketId: number;
  readonly externalId: string;
  readonly mediaId: string;
  /** Undefined for the post itself. */
  readonly commentId: string | undefined;
  /**
   * `first`: the ticket was created from the resource. `part`: the resource is in the ticket.
   * `followed`: the resource is in a later ticket that follows this one.
   */
  readonly place: 'first' | 'part' | 'followed';
}

/** A mention as the row of one account. */
export interface MentionRow {
  readonly place: TicketMention['place'];
  readonly row: TicketResourcesTable;
}

export function toMentionRow(
  mention: TicketMention,
  owner: Pick<TicketResourcesTable, 'ig_user_id' | 'subdomain' | 'used_on'>,
): MentionRow {
  const { ticketId, mediaId, commentId, externalId, place } = mention;
  // A followed ticket is about the post; the comment is in the ticket that follows it.
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

/** Identifies a ticket of an account. */
export function toTicketKey(row: Omit<TicketResourcesTable, 'external_id'>): string {
  return [row.ig_user_id, row.subdomain, row.ticket_id].join('/');
}

/** Identifies a row. */
export function toRowKey(row: TicketResourcesTable): string {
  return `${toTicketKey(row)}/${row.external_id}`;
}
