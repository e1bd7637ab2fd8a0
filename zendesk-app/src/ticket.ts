import { at, text } from './json.js';
import type { ZafClient } from './zaf.js';

/** Which integration a ticket came through (ZAF gives a ticket's `via` as the REST API does). */
const SERVICE_ID = 'ticket.via.source.from.service_info.registered_integration_service_external_id';

const ID = /^\d{1,30}$/;

/** The ticket beside which the app stands. */
export interface Ticket {
  readonly id: string;
  /** What names the ticket's photo or comment to the service; undefined where the ticket is not of this integration. */
  readonly subject:
    { media_id: string } | { comment_id: string } | { ticket_id: string } | undefined;
  readonly locale: string;
  readonly colorScheme: unknown;
}

/** Reads all that the app asks Zendesk for, in one go. */
export async function readTicket(client: ZafClient, manifestId: string): Promise<Ticket> {
  const got = await client.get([
    'ticket.id',
    'ticket.comments',
    SERVICE_ID,
    'currentUser.locale',
    'colorScheme',
  ]);
  const ticketId = idOf(got['ticket.id']);
  return {
    id: ticketId,
    subject: subjectOf(ticketId, got['ticket.comments'], got[SERVICE_ID], manifestId),
    locale: text(got['currentUser.locale']) ?? 'en',
    colorScheme: got.colorScheme,
  };
}

/** Zendesk gives a ticket's number as a number, or as a string of digits. */
function idOf(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

/**
 * What the ticket was made of: the `display_info` of its first comment. Zendesk does not say whether every workspace still hands
 * that to apps; without it the service is asked by the ticket's number.
 */
function subjectOf(
  ticketId: string,
  comments: unknown,
  serviceId: unknown,
  manifestId: string,
): Ticket['subject'] {
  if (serviceId !== undefined && serviceId !== null && serviceId !== manifestId) return undefined;
  const newestFirst: unknown[] = Array.isArray(comments) ? comments : [];
  const shown = newestFirst
    .map((comment) => at(comment, 'channelDisplayInfo', `${manifestId}/media/v1`))
    .filter((data) => data !== undefined);
  const first = shown.at(-1);
  const commentId = at(first, 'comment_id');
  const mediaId = at(first, 'media_id');
  if (typeof commentId === 'string' && ID.test(commentId)) return { comment_id: commentId };
  if (typeof mediaId === 'string' && ID.test(mediaId)) return { media_id: mediaId };
  return serviceId === manifestId ? { ticket_id: ticketId } : undefined;
}
