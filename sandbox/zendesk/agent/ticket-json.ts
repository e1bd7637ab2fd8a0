import type { Manifest } from '../integration.js';
import type { Ticket } from '../tickets.js';

/** A ticket as the REST API and the app framework show it; only the fields that apps use here. */
export function toTicketJson(ticket: Ticket, manifest: Manifest): object {
  const service = toServiceInfo(ticket, manifest);
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

function toServiceInfo({ instance, otherService }: Ticket, manifest: Manifest): object | undefined {
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

/** A ticket's comments as the app framework shows them, newest first. */
export function toCommentsJson({ comments }: Ticket, includesDisplayInfo: boolean): object[] {
  return comments
    .map(({ id, body, author, channelDisplayInfo }) => ({
      id,
      value: body,
      author: { name: author },
      ...(includesDisplayInfo ? { channelDisplayInfo } : {}),
    }))
    .reverse();
}
