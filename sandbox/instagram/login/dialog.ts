import type { FastifyInstance, FastifyReply } from 'fastify';
import { escapeHtml } from '../../escape-html.js';
import { SANDBOX_APP } from '../omniwear.js';
import type { UndocumentedChoices } from '../undocumented-choices.js';
import type { Facebook } from './facebook.js';
import { PEOPLE, type Person } from './people.js';

interface DialogQuery {
  client_id?: string;
  redirect_uri?: string;
  response_type?: string;
  state?: string;
  scope?: string;
  config_id?: string;
}

/**
 * Facebook's login dialog (Facebook Login, "Manually build a login flow").
 * Like the real dialog, it refuses to be framed.
 */
export function registerDialogRoutes(
  app: FastifyInstance,
  facebook: Facebook,
  undocumented: UndocumentedChoices,
): void {
  app.get<{ Querystring: DialogQuery }>('/:version/dialog/oauth', ({ query }, reply) => {
    setPageHeaders(reply, undocumented);
    const problem = findProblem(query);
    return problem === undefined
      ? reply.send(buildDialog(query))
      : reply.status(400).send(buildPage('Sorry, something went wrong.', `<p>${problem}</p>`));
  });

  app.get<{ Querystring: DialogQuery & { person?: string } }>(
    '/:version/dialog/oauth/answer',
    ({ query }, reply) => {
      setPageHeaders(reply, undocumented);
      const { redirect_uri: redirectUri = '', state = '' } = query;
      if (findProblem(query) !== undefined) return reply.status(400).send('');
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
          : { code: facebook.issueCode(person, redirectUri, query.scope), state },
      ).toString();
      // Facebook appends this fragment for old browsers.
      if (person !== undefined) back.hash = '_=_';
      return reply.redirect(back.href);
    },
  );
}

function setPageHeaders(reply: FastifyReply, { loginSeversOpener }: UndocumentedChoices): void {
  reply.headers({
    'content-type': 'text/html; charset=utf-8',
    'x-frame-options': 'DENY',
    ...(loginSeversOpener === true ? { 'cross-origin-opener-policy': 'same-origin' } : {}),
  });
}

/**
 * The reason to reject a request for the dialog. A real app lists its redirect URIs in its
 * dashboard; the sandbox accepts any https address with the service's callback path.
 */
function findProblem(query: DialogQuery): string | undefined {
  if (query.client_id !== SANDBOX_APP.id)
    return 'The client_id is not the id of the sandbox’s app.';
  if (query.response_type !== 'code') return 'The response_type must be code.';
  if (query.scope === undefined && query.config_id === undefined)
    return 'The request names no permissions.';
  const { redirect_uri: redirectUri = '' } = query;
  if (!URL.canParse(redirectUri)) return 'The redirect_uri is not a URL.';
  const { protocol, pathname, search } = new URL(redirectUri);
  return protocol === 'https:' && pathname === '/admin/log-in/callback' && search === ''
    ? undefined
    : 'URL blocked: this redirect failed because the redirect URI is not white-listed in the ' +
        'app’s client OAuth settings.';
}

function buildDialog(query: DialogQuery): string {
  const toAnswerLink = (person: string): string => {
    const fields = new URLSearchParams({ ...(query as Record<string, string>), person });
    return escapeHtml(`oauth/answer?${fields.toString()}`);
  };
  const permissions = query.scope?.replaceAll(',', ', ') ?? 'the permissions in its configuration';
  const toItem = ({ key, name, about }: Person): string =>
    `<li><a id="${key}" href="${toAnswerLink(key)}">Continue as ${escapeHtml(name)}</a>
<span>${escapeHtml(about)}</span></li>`;
  return buildPage(
    'Log in with Facebook',
    `<p>The sandbox’s app requests: ${escapeHtml(permissions)}.</p>
<ul>
${PEOPLE.map(toItem).join('\n')}
</ul>
<p><a id="cancel" href="${toAnswerLink('')}">Cancel</a></p>`,
  );
}

function buildPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Facebook’s stand-in</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0; background: #f0f2f5; color: #1c1e21 }
  h1 { background: #1877f2; color: #fff; font-size: 1.1rem; margin: 0; padding: .75rem 1.5rem }
  main { background: #fff; border-radius: 8px; margin: 1.5rem auto; max-width: 34rem;
    padding: 1rem 1.5rem }
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
