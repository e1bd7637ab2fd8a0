import type { Manifest } from '../integration.js';
import type { Ticket } from '../tickets.js';

/** A ticket as Zendesk's REST API and app framework show it; the fields that concern the channel framework. */
export function ticketJson(ticket: Ticket, manifest: Manifest): object {
  const service = serviceOf(ticket, manifest);
  return {
    id: Number(ticket.id),
    subject: ticket.subject,
    status: ticket.status,
    allow_channelback: ticket.allowChannelback,
    followup_source_id: ticket.followUpOf ?? null,
    via: {
      channel: service === undefined ? 'email' : 'any_channel',
      source: {
        from: service === undefined ? {} : { service_info: service },
        to: {},
        rel: null,
      },
    },
  };
}

function serviceOf({ instance, otherService }: Ticket, manifest: Manifest): object | undefined {
  const { name, id } = otherService ?? manifest;
  if (otherService === undefined && instance === undefined) return undefined;
  return {
    supports_channelback: instance !== undefined && manifest.urls.channelback_url !== undefined,
    supports_clickthrough: instance !== undefined && manifest.urls.clickthrough_url !== undefined,
    registered_integration_service_name: name,
    registered_integration_service_external_id: id,
    integration_service_instance_name: instance?.name ?? name,
  };
}

/**
 * A ticket's comments as the app framework shows them: newest first, with what the channel said of each for apps, unless Zendesk does
 * not hand that over.
 */
export function commentsJson({ comments }: Ticket, isHandedOver: boolean): object[] {
  return comments
    .map(({ id, body, author, channelDisplayInfo }) => ({
      id,
      value: body,
      author: { name: author },
      ...(isHandedOver ? { channelDisplayInfo } : {}),
    }))
    .reverse();
}
