import { escapeHtml } from '../../escape-html.js';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { SANDBOX_APP } from '../omniwear.js';
import type { UndocumentedChoices } from '../graph-routes.js';
import type { Facebook } from './facebook.js';
import { PEOPLE } from './people.js';

interface DialogQuery {
  client_id?: string;
  redirect_uri?: string;
  response_type?: string;
  state?: string;
  scope?: string;
  config_id?: string;
}

/** Facebook's log-in dialog (Facebook Login, "Manually build a login flow"). It refuses frames, as the real one does. */
export function dialogRoutes(
  app: FastifyInstance,
  facebook: Facebook,
  undocumented: UndocumentedChoices,
): void {
  app.get<{ Querystring: DialogQuery }>('/:version/dialog/oauth', ({ query }, reply) => {
    protect(reply, undocumented);
    const fault = faultOf(query);
    return fault === undefined
      ? reply.send(dialog(query))
      : reply.status(400).send(page('Sorry, something went wrong.', `<p>${fault}</p>`));
  });

  app.get<{ Querystring: DialogQuery & { person?: string } }>(
    '/:version/dialog/oauth/answer',
    ({ query }, reply) => {
      protect(reply, undocumented);
      const { redirect_uri: redirectUri = '', state = '' } = query;
      if (faultOf(query) !== undefined) return reply.status(400).send('');
      const person = PEOPLE.find(({ key }) => key === query.person);
      const back = new URL(redirectUri);
      back.search = new URLSearchParams(
        person === undefined
          ? {
              error: 'access_denied',
              error_code: '200',
              error_description: 'Permissions error',
              error_reason: 'user_denied',
              state,
            }
          : { code: facebook.grant(person, redirectUri, query.scope), state },
      ).toString();
      // Facebook leaves this behind for browsers of old.
      if (person !== undefined) back.hash = '_=_';
      return reply.redirect(back.href);
    },
  );
}

function protect(reply: FastifyReply, { loginSeversOpener }: UndocumentedChoices): void {
  reply.headers({
    'content-type': 'text/html; charset=utf-8',
    'x-frame-options': 'DENY',
    ...(loginSeversOpener === true ? { 'cross-origin-opener-policy': 'same-origin' } : {}),
  });
}

/** The app's address for the way back is set in its dashboard; here, any https address with the right path on this machine is. */
function faultOf(query: DialogQuery): string | undefined {
  if (query.client_id !== SANDBOX_APP.id) return 'The client_id is not that of the sandbox’s app.';
  if (query.response_type !== 'code') return 'The response_type must be code.';
  if (query.scope === undefined && query.config_id === undefined) return 'Nothing is asked for.';
  const { redirect_uri: redirectUri = '' } = query;
  if (!URL.canParse(redirectUri)) return 'The redirect_uri is not a URL.';
  const { protocol, pathname, search } = new URL(redirectUri);
  return protocol === 'https:' && pathname === '/admin/log-in/callback' && search === ''
    ? undefined
    : 'URL blocked: this redirect failed because the redirect URI is not white-listed in the app’s client OAuth settings.';
}

function dialog(query: DialogQuery): string {
  const answer = (person: string): string =>
    escapeHtml(
      `oauth/answer?${new URLSearchParams({ ...(query as Record<string, string>), person }).toString()}`,
    );
  return page(
    'Log in with Facebook',
    `<p>The sandbox’s app asks for: ${escapeHtml(query.scope?.replaceAll(',', ', ') ?? 'what its configuration says')}.</p>
<ul>
${PEOPLE.map(
  ({ key, name, about }) =>
    `<li><a id="${key}" href="${answer(key)}">Continue as ${escapeHtml(name)}</a> <span>${escapeHtml(about)}</span></li>`,
).join('\n')}
</ul>
<p><a id="cancel" href="${answer('')}">Cancel</a></p>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Facebook’s stand-in</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0; background: #f0f2f5; color: #1c1e21 }
  h1 { background: #1877f2; color: #fff; font-size: 1.1rem; margin: 0; padding: .75rem 1.5rem }
  main { background: #fff; border-radius: 8px; margin: 1.5rem auto; max-width: 34rem; padding: 1rem 1.5rem }
  li { margin: .6rem 0 }
  li span { color: #606770 }
</style>
</head>
<body>
<h1>${title}</h1>
<main>
${body}
</main>
</body>
</html>
`;
}
