import type { TicketMention } from '../ledger/tickets/ticket-mention.js';
import { parseExternalId } from '../domain/external-id.js';
import type { ResourceEvent } from './event.dto.js';

/** Resources that started a ticket. All others were added to an existing ticket. */
const BEGINNINGS: ReadonlySet<string | undefined> = new Set([
  'comment_on_new_ticket',
  'comment_on_follow_up_ticket',
]);

/**
 * Lists the tickets that a resource is in. Zendesk reports two numbers for a follow-up and does not
 * document which one is the new ticket. Zendesk's ticket numbers increase, so the larger number is
 * the new ticket, and the other one is the closed ticket that it follows.
 */
export function toTicketMentions(event: ResourceEvent): TicketMention[] {
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
