import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Channel } from '../channel.js';
import type { Integration } from '../integration.js';
import { buildPage } from '../page.js';
import type { IntegrationInstance } from '../tickets.js';
import { notFound } from '../zendesk-error.js';
import { checkAccount } from './account-rules.js';
import {
  buildAccountsBody,
  buildEditorBody,
  buildFinalizedPage,
  buildRejectedPage,
} from './admin-pages.js';

/** Each subdomain is a separate Zendesk; the stand-in plays all of them. */
const SUBDOMAINS = ['omniwear', 'trailhead'];
const DEFAULT_LOCALE = 'en-US';
const FINALIZER = 'zendesk/channels/integration_service_instances/editor_finalizer';

interface Place {
  Params: { subdomain: string; id: string };
  Querystring: { locale?: string; account?: string };
  Body: string | undefined;
}

/**
 * Zendesk's Admin Center: the list of accounts, and the frame in which the integration's page
 * adds or edits an account. That page ends by posting the account to the finalizer.
 */
export function registerAdminRoutes(
  app: FastifyInstance,
  { integration, channel }: { integration: Integration; channel: Channel },
): void {
  const findAccount = ({ subdomain, id }: Place['Params']): IntegrationInstance => {
    const account = channel.instances.find(
      (each) => each.id === id && each.subdomain === subdomain,
    );
    if (account === undefined) throw notFound();
    return account;
  };

  app.get('/admin', (_request, reply) => reply.redirect(`/admin/${String(SUBDOMAINS[0])}`));
  app.get<Place>('/admin/:subdomain', ({ params: { subdomain } }, reply) => {
    const accounts = channel.instances.filter((each) => each.subdomain === subdomain);
    const body = buildAccountsBody(subdomain, SUBDOMAINS, integration.manifest, accounts);
    return reply.type('text/html').send(buildPage('admin', 'Accounts', body));
  });

  const buildEditor = (
    request: FastifyRequest<Place>,
    account: Pick<IntegrationInstance, 'id' | 'name' | 'metadata' | 'state'>,
  ): string => {
    const { subdomain } = request.params;
    const { locale = DEFAULT_LOCALE } = request.query;
    const origin = `http://127.0.0.1:${String(request.socket.localPort)}`;
    return buildPage(
      'admin',
      account.id === '' ? 'Add account' : 'Edit account',
      buildEditorBody(integration.address('admin_ui'), {
        name: account.name,
        metadata: account.metadata,
        state: account.state,
        return_url: `${origin}/admin/${subdomain}/${FINALIZER}?account=${account.id}`,
        subdomain,
        locale,
      }),
    );
  };
  app.get<Place>('/admin/:subdomain/accounts/new', (request, reply) =>
    reply
      .type('text/html')
      .send(buildEditor(request, { id: '', name: '', metadata: '', state: '' })),
  );
  app.get<Place>('/admin/:subdomain/accounts/:id/edit', (request, reply) =>
    reply.type('text/html').send(buildEditor(request, findAccount(request.params))),
  );

  app.post<Place>(`/admin/:subdomain/${FINALIZER}`, async ({ params, query, body }, reply) => {
    const fields = new URLSearchParams(body ?? '');
    const problems = checkAccount(fields);
    if (problems.length > 0) {
      return reply.status(422).type('text/html').send(buildRejectedPage(problems));
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
      Object.assign(findAccount({ ...params, id }), account, { active: true, needsUpdate: false });
    }
    return reply.type('text/html').send(buildFinalizedPage(params.subdomain));
  });
}
