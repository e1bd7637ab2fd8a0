import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { FastifyInstance } from 'fastify';
import type { Channel } from '../channel.js';
import type { Integration } from '../integration.js';
import { Refusal } from '../refusal.js';
import type { Ticket, Tickets } from '../tickets.js';
import { agentOf } from './agents.js';
import type { InstalledApp } from './installed-app.js';
import { noTicketPage, ticketListPage, ticketPage } from './pages.js';
import { commentsJson, ticketJson } from './ticket-json.js';

const CSS = readFileSync(new URL('agent.css', import.meta.url), 'utf8');

export interface AgentWorkspace {
  integration: Integration;
  channel: Channel;
  tickets: Tickets;
  app: InstalledApp;
  /** The origin that the app is served from. */
  appsDomain: string;
}

type Query = Record<string, string | undefined>;

/** The agent workspace: tickets, their conversations, and the app beside them. */
export function agentRoutes(server: FastifyInstance, workspace: AgentWorkspace): void {
  const { integration, channel, tickets, app, appsDomain } = workspace;
  const ticketOf = (id: string): Ticket => {
    const ticket = tickets.all.get(id);
    if (ticket === undefined) throw new Refusal(404, 'RecordNotFound', 'Not found');
    return ticket;
  };
  const host = bundleHost();
  /** It is not documented whether every workspace gives apps what the channel said for them. */
  const displayInfo = { isHandedOver: true };
  server.post<{ Body: string }>('/_control/display_info', ({ body }) =>
    Object.assign(displayInfo, JSON.parse(body)),
  );

  server.get<{ Params: { id: string } }>('/api/v2/tickets/:id(^\\d+).json', ({ params }) => ({
    ticket: ticketJson(ticketOf(params.id), integration.manifest),
  }));
  server.get<{ Params: { id: string } }>('/api/v2/tickets/:id/comments.json', ({ params }) => ({
    comments: commentsJson(ticketOf(params.id), displayInfo.isHandedOver),
  }));

  server.get('/agent', (_request, reply) =>
    reply
      .type('text/html')
      .send(ticketListPage([...tickets.all.values()].sort((a, b) => Number(a.id) - Number(b.id)))),
  );
  server.get<{ Params: { id: string }; Querystring: Query }>(
    '/agent/tickets/:id',
    ({ params, query }, reply) => {
      const ticket = tickets.all.get(params.id);
      if (ticket === undefined) {
        return reply.status(404).type('text/html').send(noTicketPage(params.id));
      }
      return reply.type('text/html').send(
        ticketPage(ticket, {
          agent: agentOf(query),
          appUrl: `${appsDomain}/${app.page}`,
          appName: app.name,
          colorScheme: query.colorScheme === 'dark' ? 'dark' : 'light',
          notice: query.notice,
        }),
      );
    },
  );
  server.get('/agent/tickets', (_request, reply) => reply.redirect('/agent'));
  server.post<{ Params: { id: string }; Querystring: Query; Body: string }>(
    '/agent/tickets/:id/reply',
    async ({ params: { id }, query, body }, reply) => {
      const message = new URLSearchParams(body).get('message') ?? '';
      const { status } = await channel.reply(ticketOf(id), message);
      const agent = agentOf(query);
      const notice =
        status === 200 ? '' : `&notice=${encodeURIComponent('The reply could not be sent.')}`;
      return reply.redirect(`/agent/tickets/${id}?agent=${String(agent.id)}${notice}`, 303);
    },
  );
  server.post<{ Querystring: Query }>('/agent/check', async ({ query }, reply) => {
    await channel.pullAll();
    const back = query.back ?? '/agent';
    return reply.redirect(back.startsWith('/agent') ? back : '/agent', 303);
  });
  server.get('/agent.css', (_request, reply) => reply.type('text/css').send(CSS));
  server.get('/zaf-host.js', async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(await host),
  );
}

async function bundleHost(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('browser/main.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
  });
  return outputFiles[0]?.text ?? '';
}
