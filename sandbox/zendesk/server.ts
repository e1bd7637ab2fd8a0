import Fastify, { type FastifyInstance } from 'fastify';
import type { Encoding, Integration } from './integration.js';
import { isJson } from './json.js';
import { Refusal } from './refusal.js';

/** An account of the integration, as Zendesk keeps it for the admin who connected it. */
export interface IntegrationInstance {
  name: string;
  /** What the integration service sealed; Zendesk does not look into it. */
  metadata: string;
}

export interface Ticket {
  id: string;
  subject: string;
  /** The account that the ticket came through; none for a ticket of another channel. */
  instance?: IntegrationInstance;
}

export interface ZendeskOptions {
  integration: Integration;
  tickets: readonly Ticket[];
  /** Told each proxied call, when it has been answered. */
  onCall?: (line: string) => void;
}

/** Zendesk's stand-in: the authenticating proxy, by the documentation's rules, over real HTTP. */
export function createZendesk({ integration, tickets, onCall }: ZendeskOptions): FastifyInstance {
  const byId = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  let encoding: Encoding = 'form';
  const app = Fastify({ forceCloseConnections: true });

  // The app's body is handed on as it came, whatever its type is said to be: `curl -d` says it is a form.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  app.setErrorHandler((error, _request, reply) => {
    const { status, error: name, description } = asRefusal(error);
    return reply.status(status).send({ error: name, description });
  });

  app.post<{
    Querystring: Record<string, string | string[] | undefined>;
    Body: string | undefined;
  }>('/api/v2/any_channel/proxy.json', async (request, reply) => {
    const ticketId = single(request.query, 'ticket_id');
    const postToPath = single(request.query, 'post_to_path');
    const clientData = request.body ?? '';
    if (clientData.trim() !== '' && !isJson(clientData)) {
      throw new Refusal(400, 'InvalidJSON', 'The body is not JSON');
    }
    const ticket = byId.get(ticketId);
    if (ticket === undefined) throw new Refusal(404, 'RecordNotFound', 'Not found');
    const url = integration.resolve(postToPath);
    if (ticket.instance === undefined) {
      throw new Refusal(
        422,
        'RecordInvalid',
        'The ticket did not come through a channel integration',
      );
    }
    const { metadata } = ticket.instance;
    const answer = await integration.post(
      url,
      { instance_metadata: metadata, client_data: clientData },
      encoding,
    );
    onCall?.(`ticket ${ticketId} → POST ${url.pathname} ${String(answer.status)}`);
    return reply.status(answer.status).type('application/json').send(answer.json);
  });

  app.post<{ Body: string }>('/_control/encoding', (request) => {
    encoding = request.body === 'json' ? 'json' : 'form';
    return { encoding };
  });
  return app;
}

function single(query: Record<string, string | string[] | undefined>, name: string): string {
  const value = query[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Refusal(400, 'InvalidParameter', `${name} must be given once`);
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  return new Refusal(status, 'InvalidRequest', 'The request cannot be read');
}
