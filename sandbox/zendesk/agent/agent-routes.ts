import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { FastifyInstance } from 'fastify';
import type { Channel } from '../channel.js';
import type { Integration } from '../integration.js';
import type { Tickets } from '../tickets.js';
import { buildNoTicketPage, buildTicketListPage, buildTicketPage } from './agent-pages.js';
import { readAgent } from './agents.js';
import type { InstalledApp } from './installed-app.js';
import { toCommentsJson, toTicketJson } from './ticket-json.js';

const CSS = readFileSync(new URL('agent.css', import.meta.url), 'utf8');

export interface AgentWorkspace {
  integration: Integration;
  channel: Channel;
  tickets: Tickets;
  app: InstalledApp;
  /** The origin that the app is served from. */
  appsDomain: string;
}

/** Zendesk does not document whether every workspace gives apps the channel's `display_info`. */
export interface DisplayInfoState {
  isHandedOver: boolean;
}

type Query = Record<string, string | undefined>;

/** The agent workspace: tickets, their conversations, and the app next to them. */
export function registerAgentRoutes(
  server: FastifyInstance,
  workspace: AgentWorkspace,
  displayInfo: DisplayInfoState,
): void {
  const { integration, channel, tickets, app, appsDomain } = workspace;
  const host = bundleHost();
  server.get<{ Params: { id: string } }>('/api/v2/tickets/:id(^\\d+).json', ({ params }) => ({
    ticket: toTicketJson(tickets.get(params.id), integration.manifest),
  }));
  server.get<{ Params: { id: string } }>('/api/v2/tickets/:id/comments.json', ({ params }) => ({
    comments: toCommentsJson(tickets.get(params.id), displayInfo.isHandedOver),
  }));

  server.get('/agent', (_request, reply) => {
    const byNumber = [...tickets.all.values()].sort((a, b) => Number(a.id) - Number(b.id));
    return reply.type('text/html').send(buildTicketListPage(byNumber));
  });
  server.get<{ Params: { id: string }; Querystring: Query }>(
    '/agent/tickets/:id',
    ({ params, query }, reply) => {
      const ticket = tickets.all.get(params.id);
      if (ticket === undefined) {
        return reply.status(404).type('text/html').send(buildNoTicketPage(params.id));
      }
      return reply.type('text/html').send(
        buildTicketPage(ticket, {
          agent: readAgent(query),
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
      const { status } = await channel.reply(tickets.get(id), message);
      const agent = readAgent(query);
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
