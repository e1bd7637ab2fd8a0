import { readFileSync } from 'node:fs';
import Fastify, { type FastifyInstance } from 'fastify';
import { adminRoutes } from './admin/admin-routes.js';
import type { Channel } from './channel.js';
import type { Encoding, Integration } from './integration.js';
import { isJson } from './json.js';
import { Refusal } from './refusal.js';
import type { Ticket, Tickets } from './tickets.js';

const CSS = readFileSync(new URL('zendesk.css', import.meta.url), 'utf8');

export interface ZendeskOptions {
  integration: Integration;
  channel: Channel;
  tickets: Tickets;
  /** Told each proxied call, when it has been answered. */
  onCall?: (line: string) => void;
}

/** Zendesk's stand-in: the authenticating proxy and the channel framework, by the documentation's rules, over real HTTP. */
export function createZendesk(options: ZendeskOptions): FastifyInstance {
  const { integration, channel, tickets, onCall } = options;
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
    const ticket = tickets.all.get(ticketId);
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

  app.get('/', (_request, reply) => reply.redirect('/agent'));
  app.get('/zendesk.css', (_request, reply) => reply.type('text/css').send(CSS));

  adminRoutes(app, { integration, channel });

  const ticketOf = (id: string): Ticket => {
    const ticket = tickets.all.get(id);
    if (ticket === undefined) throw new Refusal(404, 'RecordNotFound', 'Not found');
    return ticket;
  };
  app.get('/_control/tickets', () => [...tickets.all.values()].map(shown));
  app.get<{ Params: { id: string } }>('/_control/tickets/:id', ({ params }) =>
    shown(ticketOf(params.id)),
  );
  app.post<{ Params: { id: string }; Body: string; Querystring: { to?: string } }>(
    '/_control/tickets/:id/reply',
    ({ params, body, query }) => channel.reply(ticketOf(params.id), body, query.to),
  );
  app.post<{ Params: { id: string } }>('/_control/tickets/:id/close', ({ params }) => {
    ticketOf(params.id).status = 'closed';
    return shown(ticketOf(params.id));
  });
  app.get('/_control/accounts', () =>
    channel.instances.map(({ subdomain, name, active, needsUpdate }) => ({
      subdomain,
      name,
      active,
      needsUpdate,
    })),
  );
  app.post('/_control/pull', () =>
    Promise.all(channel.instances.map((instance) => channel.pull(instance))),
  );
  app.post<{ Body: string }>('/_control/forget', async ({ body }) => {
    await channel.forget(body);
    return {};
  });
  app.post<{ Body: string }>('/_control/encoding', (request) => {
    encoding = request.body === 'json' ? 'json' : 'form';
    return { encoding };
  });
  return app;
}

/** A ticket without what its account holds. */
function shown({ instance, ...ticket }: Ticket): object {
  return { ...ticket, account: instance?.name };
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
