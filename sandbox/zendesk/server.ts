import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { adminRoutes } from './admin/admin-routes.js';
import { agentRoutes, type AgentWorkspace } from './agent/routes.js';
import type { Encoding } from './integration.js';
import { isJson } from './json.js';
import type { Polling } from './polling.js';
import { Refusal } from './refusal.js';
import type { Ticket } from './tickets.js';

const CSS = readFileSync(new URL('zendesk.css', import.meta.url), 'utf8');

/** How Zendesk's own proxy misbehaves, for as long as it is told to. */
interface ProxyMishap {
  /** It takes this much longer before it calls the service. */
  delay_ms?: number;
  /** It takes this much longer to pass the service's answer on. */
  answer_delay_ms?: number;
  /** It answers with this status itself, without calling the service. */
  status?: number;
}

export interface ZendeskOptions extends AgentWorkspace {
  polling: Polling;
  /** Told each proxied call, when it has been answered. */
  onCall?: (line: string) => void;
}

/** Zendesk's stand-in: the authenticating proxy and the channel framework, by the documentation's rules, over real HTTP. */
export function createZendesk(options: ZendeskOptions): FastifyInstance {
  const { integration, channel, tickets, polling, onCall } = options;
  let encoding: Encoding = 'form';
  let mishap: ProxyMishap = {};
  const proxied: { ticket_id: string; post_to_path: string; client_data: string }[] = [];
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
    proxied.push({ ticket_id: ticketId, post_to_path: postToPath, client_data: clientData });
    const { delay_ms: before = 0, answer_delay_ms: after = 0, status } = mishap;
    await sleep(before);
    if (status !== undefined) {
      throw new Refusal(status, 'OnDemand', 'Zendesk refuses on demand');
    }
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
    await sleep(after);
    onCall?.(`ticket ${ticketId} → POST ${url.pathname} ${String(answer.status)}`);
    return reply.status(answer.status).type('application/json').send(answer.json);
  });

  agentRoutes(app, options);
  app.get('/', (_request, reply) => reply.redirect('/agent'));
  app.get('/favicon.ico', (_request, reply) => reply.status(204).send());
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
  app.post<{ Params: { name: string }; Body: string }>(
    '/_control/accounts/:name/metadata',
    ({ params, body }) => {
      const account = channel.instances.find(({ name }) => name === params.name);
      if (account === undefined) throw new Refusal(404, 'RecordNotFound', 'Not found');
      account.metadata = body;
      return {};
    },
  );
  app.post('/_control/pull', () => channel.pullAll());
  app.post<{ Body: string }>('/_control/clock', async ({ body }) => {
    await polling.advance((JSON.parse(body) as { advance_seconds: number }).advance_seconds);
    return {};
  });
  app.post<{ Body: string }>('/_control/forget', async ({ body }) => {
    await channel.forget(body);
    return {};
  });
  app.get('/_control/calls', () => proxied);
  app.delete('/_control/calls', () => {
    proxied.length = 0;
    return {};
  });
  app.post<{ Body: string }>('/_control/proxy', ({ body }) => {
    mishap = JSON.parse(body) as ProxyMishap;
    return mishap;
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
