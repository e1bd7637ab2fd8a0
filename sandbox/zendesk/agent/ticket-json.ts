import type { Manifest } from '../integration.js';
import type { Ticket } from '../tickets.js';

/** A ticket as Zendesk's REST API and app framework show it; the fields that concern the channel framework. */
export function ticketJson(ticket: Ticket, manifest: Manifest): object {
  const { instance } = ticket;
  return {
    id: Number(ticket.id),
    subject: ticket.subject,
    status: ticket.status,
    allow_channelback: ticket.allowChannelback,
    followup_source_id: ticket.followUpOf ?? null,
    via:
      instance === undefined
        ? { channel: 'email', source: { from: {}, to: {}, rel: null } }
        : {
            channel: 'any_channel',
            source: {
              from: {
                service_info: {
                  supports_channelback: manifest.urls.channelback_url !== undefined,
                  supports_clickthrough: manifest.urls.clickthrough_url !== undefined,
                  registered_integration_service_name: manifest.name,
                  registered_integration_service_external_id: manifest.id,
                  integration_service_instance_name: instance.name,
                },
              },
              to: {},
              rel: null,
            },
          },
  };
}

/** A ticket's comments as the app framework shows them: newest first, with what the channel said of each for apps. */
export function commentsJson({ comments }: Ticket): object[] {
  return comments
    .map(({ id, body, author, channelDisplayInfo }) => ({
      id,
      value: body,
      author: { name: author },
      channelDisplayInfo,
    }))
    .reverse();
}
