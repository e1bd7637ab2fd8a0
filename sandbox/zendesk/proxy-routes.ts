import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Encoding, Integration } from './integration.js';
import { isJson } from './json.js';
import type { Tickets } from './tickets.js';
import { recordInvalid, ZendeskError } from './zendesk-error.js';

/** How Zendesk's own proxy misbehaves, until tests change it. */
export interface ProxyFault {
  /** The delay before the proxy calls the service. */
  delay_ms?: number;
  /** The delay before the proxy returns the service's answer. */
  answer_delay_ms?: number;
  /** The status that the proxy answers with, without calling the service. */
  status?: number;
}

/** What tests set and read at the authenticating proxy. */
export interface ProxyState {
  encoding: Encoding;
  fault: ProxyFault;
  readonly calls: { ticket_id: string; post_to_path: string; client_data: string }[];
}

export interface ProxyOptions {
  integration: Integration;
  tickets: Tickets;
  /** Receives a line for each answered call. */
  onCall?: (line: string) => void;
}

type Query = Record<string, string | string[] | undefined>;

/** The authenticating proxy: calls the service on behalf of the app in a ticket's sidebar. */
export function registerProxyRoutes(
  app: FastifyInstance,
  { integration, tickets, onCall }: ProxyOptions,
  state: ProxyState,
): void {
  app.post<{ Querystring: Query; Body: string | undefined }>(
    '/api/v2/any_channel/proxy.json',
    async (request, reply) => {
      const ticketId = readParameter(request.query, 'ticket_id');
      const postToPath = readParameter(request.query, 'post_to_path');
      const clientData = request.body ?? '';
      state.calls.push({ ticket_id: ticketId, post_to_path: postToPath, client_data: clientData });
      const { delay_ms: before = 0, answer_delay_ms: after = 0, status } = state.fault;
      await sleep(before);
      if (status !== undefined) {
        throw new ZendeskError(status, 'OnDemand', 'Zendesk refuses on demand');
      }
      if (clientData.trim() !== '' && !isJson(clientData)) {
        throw new ZendeskError(400, 'InvalidJSON', 'The body is not JSON');
      }
      const { instance } = tickets.get(ticketId);
      const url = integration.resolve(postToPath);
      if (instance === undefined) {
        throw recordInvalid('The ticket did not come through a channel integration');
      }
      const answer = await integration.forward(
        url,
        { instance_metadata: instance.metadata, client_data: clientData },
        state.encoding,
      );
      await sleep(after);
      onCall?.(`ticket ${ticketId} → POST ${url.pathname} ${String(answer.status)}`);
      return reply.status(answer.status).type('application/json').send(answer.json);
    },
  );
}

function readParameter(query: Query, name: string): string {
  const value = query[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new ZendeskError(400, 'InvalidParameter', `${name} must be given once`);
}
