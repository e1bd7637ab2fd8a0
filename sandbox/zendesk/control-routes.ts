import type { FastifyInstance } from 'fastify';
import type { DisplayInfoState } from './agent/agent-routes.js';
import type { Channel } from './channel.js';
import type { Poller } from './poller.js';
import type { ProxyFault, ProxyState } from './proxy-routes.js';
import type { Ticket, Tickets } from './tickets.js';
import { notFound } from './zendesk-error.js';

export interface ControlOptions {
  channel: Channel;
  tickets: Tickets;
  poller: Poller;
}

type ById = Readonly<{ Params: { id: string } }>;

/** Routes for tests: they show and change the stand-in's state (docs/sandbox.md). */
export function registerControlRoutes(
  app: FastifyInstance,
  { channel, tickets, poller }: ControlOptions,
  proxy: ProxyState,
  displayInfo: DisplayInfoState,
): void {
  app.get('/_control/tickets', () => [...tickets.all.values()].map(toPublicTicket));
  app.get<ById>('/_control/tickets/:id', ({ params }) => toPublicTicket(tickets.get(params.id)));
  app.post<ById & { Body: string; Querystring: { to?: string } }>(
    '/_control/tickets/:id/reply',
    ({ params, body, query }) => channel.reply(tickets.get(params.id), body, query.to),
  );
  app.post<ById>('/_control/tickets/:id/close', ({ params }) => {
    const ticket = tickets.get(params.id);
    ticket.status = 'closed';
    return toPublicTicket(ticket);
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
      if (account === undefined) throw notFound();
      account.metadata = body;
      return {};
    },
  );
  app.post('/_control/pull', () => channel.pullAll());
  app.post<{ Body: string }>('/_control/clock', async ({ body }) => {
    await poller.advance((JSON.parse(body) as { advance_seconds: number }).advance_seconds);
    return {};
  });
  app.post<{ Body: string }>('/_control/forget', async ({ body }) => {
    await channel.forget(body);
    return {};
  });

  app.get('/_control/calls', () => proxy.calls);
  app.delete('/_control/calls', () => {
    proxy.calls.length = 0;
    return {};
  });
  app.post<{ Body: string }>('/_control/proxy', ({ body }) => {
    proxy.fault = JSON.parse(body) as ProxyFault;
    return proxy.fault;
  });
  app.post<{ Body: string }>('/_control/display_info', ({ body }) =>
    Object.assign(displayInfo, JSON.parse(body)),
  );
  app.post<{ Body: string }>('/_control/encoding', ({ body }) => {
    proxy.encoding = body === 'json' ? 'json' : 'form';
    return { encoding: proxy.encoding };
  });
}

/** A ticket with its account's name instead of the account's data. */
function toPublicTicket({ instance, ...ticket }: Ticket): object {
  return { ...ticket, account: instance?.name };
}
