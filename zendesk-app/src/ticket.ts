import { readPath, toText } from './json.js';
import type { ZafClient } from './zaf.js';

/** The integration that created a ticket. ZAF returns `via` in the same form as the REST API. */
const SERVICE_ID = 'ticket.via.source.from.service_info.registered_integration_service_external_id';

const ID = /^\d{1,30}$/;

/** The ticket next to the app, and the settings of the agent who reads it. */
export interface Ticket {
  readonly id: string;
  /** Identifies the post or comment to the service; undefined for tickets of other channels. */
  readonly subject:
    { media_id: string } | { comment_id: string } | { ticket_id: string } | undefined;
  readonly locale: string;
  readonly colorScheme: unknown;
}

/** Reads everything that the app needs from Zendesk in one request. */
export async function readTicket(client: ZafClient, manifestId: string): Promise<Ticket> {
  const values = await client.get([
    'ticket.id',
    'ticket.comments',
    SERVICE_ID,
    'currentUser.locale',
    'colorScheme',
  ]);
  const ticketId = toTicketId(values['ticket.id']);
  return {
    id: ticketId,
    subject: toSubject(ticketId, values['ticket.comments'], values[SERVICE_ID], manifestId),
    locale: toText(values['currentUser.locale']) ?? 'en',
    colorScheme: values.colorScheme,
  };
}

/** Zendesk returns a ticket's id as a number or as a string of digits. */
function toTicketId(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

/**
 * Reads the subject from the `display_info` of the first comment. Zendesk does not document whether
 * apps in every workspace receive it; without it, the app asks the service by the ticket's id.
 */
function toSubject(
  ticketId: string,
  comments: unknown,
  serviceId: unknown,
  manifestId: string,
): Ticket['subject'] {
  if (serviceId !== undefined && serviceId !== null && serviceId !== manifestId) return undefined;
  const newestFirst: unknown[] = Array.isArray(comments) ? comments : [];
  const displayInfo = newestFirst
    .map((comment) => readPath(comment, 'channelDisplayInfo', `${manifestId}/media/v1`))
    .filter((data) => data !== undefined);
  const first = displayInfo.at(-1);
  const commentId = readPath(first, 'comment_id');
  const mediaId = readPath(first, 'media_id');
  if (typeof commentId === 'string' && ID.test(commentId)) return { comment_id: commentId };
  if (typeof mediaId === 'string' && ID.test(mediaId)) return { media_id: mediaId };
  return serviceId === manifestId ? { ticket_id: ticketId } : undefined;
}
