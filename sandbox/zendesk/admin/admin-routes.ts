import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Channel } from '../channel.js';
import type { Integration } from '../integration.js';
import { zendeskPage } from '../page.js';
import { Refusal } from '../refusal.js';
import type { IntegrationInstance } from '../tickets.js';
import { accountsBody, editorBody, finalizedPage, refusedPage } from './admin-pages.js';
import { faultsOfAccount } from './account-rules.js';

/** The Zendesk of each of them is one of its own; the stand-in is all of them. */
const SUBDOMAINS = ['omniwear', 'trailhead'];
const DEFAULT_LOCALE = 'en-US';

interface Place {
  Params: { subdomain: string; id: string };
  Querystring: { locale?: string; account?: string };
  Body: string | undefined;
}

/**
 * Zendesk's Admin Center: the accounts of the channel app, and the frame in which the integration's own page adds or edits one. The page ends
 * with a form to the finalizer, which takes nothing but what it posts.
 */
export function adminRoutes(
  app: FastifyInstance,
  { integration, channel }: { integration: Integration; channel: Channel },
): void {
  const accountOf = ({ subdomain, id }: Place['Params']): IntegrationInstance => {
    const account = channel.instances.find(
      (each) => each.id === id && each.subdomain === subdomain,
    );
    if (account === undefined) throw new Refusal(404, 'RecordNotFound', 'Not found');
    return account;
  };
  const page = (title: string, body: string): string => zendeskPage('admin', title, body);

  app.get('/admin', (_request, reply) => reply.redirect(`/admin/${String(SUBDOMAINS[0])}`));
  app.get<Place>('/admin/:subdomain', ({ params: { subdomain } }, reply) => {
    const accounts = channel.instances.filter((each) => each.subdomain === subdomain);
    return reply
      .type('text/html')
      .send(page('Accounts', accountsBody(subdomain, SUBDOMAINS, integration.manifest, accounts)));
  });

  const editor = (
    request: FastifyRequest<Place>,
    account: Pick<IntegrationInstance, 'id' | 'name' | 'metadata' | 'state'>,
  ): string => {
    const { subdomain } = request.params;
    const { locale = DEFAULT_LOCALE } = request.query;
    const finalizer = `/admin/${subdomain}/zendesk/channels/integration_service_instances/editor_finalizer`;
    return page(
      account.id === '' ? 'Add account' : 'Edit account',
      editorBody(integration.address('admin_ui'), {
        name: account.name,
        metadata: account.metadata,
        state: account.state,
        return_url: `http://127.0.0.1:${String(request.socket.localPort)}${finalizer}?account=${account.id}`,
        subdomain,
        locale,
      }),
    );
  };
  app.get<Place>('/admin/:subdomain/accounts/new', (request, reply) =>
    reply.type('text/html').send(editor(request, { id: '', name: '', metadata: '', state: '' })),
  );
  app.get<Place>('/admin/:subdomain/accounts/:id/edit', (request, reply) =>
    reply.type('text/html').send(editor(request, accountOf(request.params))),
  );

  app.post<Place>(
    '/admin/:subdomain/zendesk/channels/integration_service_instances/editor_finalizer',
    async ({ params, query, body }, reply) => {
      const fields = new URLSearchParams(body ?? '');
      const faults = faultsOfAccount(fields);
      if (faults.length > 0) {
        return reply.status(422).type('text/html').send(refusedPage(faults));
      }
      const account = {
        name: fields.get('name') ?? '',
        metadata: fields.get('metadata') ?? '',
        state: fields.get('state') ?? '',
      };
      const { account: id = '' } = query;
      if (id === '') {
        const added = await channel.connect(account.name, account.metadata, {
          subdomain: params.subdomain,
          state: account.state,
        });
        void channel.pull(added);
      } else {
        Object.assign(accountOf({ ...params, id }), account, { active: true, needsUpdate: false });
      }
      return reply.type('text/html').send(finalizedPage(params.subdomain));
    },
  );
}
