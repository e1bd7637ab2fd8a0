import type { TicketMention } from '../ledger/ticket-rows.js';
import { parseExternalId } from '../domain/external-id.js';
import type { ResourceEvent } from './event.dto.js';

/** Resources of which a ticket was made, as against those that were added to one. */
const BEGINNINGS: ReadonlySet<string | undefined> = new Set([
  'comment_on_new_ticket',
  'comment_on_follow_up_ticket',
]);

/**
 * The tickets that a resource is in. Of a follow-up Zendesk reports two numbers and documents for
 * neither which one is the new ticket. Zendesk counts tickets up, so the larger number is the new
 * ticket, and the other one is the closed ticket that it follows.
 */
export function mentionsIn(event: ResourceEvent): TicketMention[] {
  const resource = parseExternalId(event.external_id);
  const numbers = [event.ticket_id, event.follow_up_ticket_id].filter(
    (number) => number !== undefined && number !== null,
  );
  if (resource === undefined || numbers.length === 0) return [];
  const newest = Math.max(...numbers);
  return [...new Set(numbers)].map((ticketId) => ({
    ticketId,
    externalId: event.external_id,
    mediaId: resource.mediaId,
    commentId: resource.kind === 'comment' ? resource.commentId : undefined,
    place: ticketId !== newest ? 'followed' : BEGINNINGS.has(event.type_id) ? 'first' : 'part',
  }));
}
