import { readFileSync } from 'node:fs';
import Fastify, { type FastifyInstance } from 'fastify';
import { registerAdminRoutes } from './admin/admin-routes.js';
import {
  type AgentWorkspace,
  type DisplayInfoState,
  registerAgentRoutes,
} from './agent/agent-routes.js';
import { type ControlOptions, registerControlRoutes } from './control-routes.js';
import { type ProxyOptions, type ProxyState, registerProxyRoutes } from './proxy-routes.js';
import { ZendeskError } from './zendesk-error.js';

const CSS = readFileSync(new URL('zendesk.css', import.meta.url), 'utf8');

export type ZendeskOptions = AgentWorkspace & ProxyOptions & ControlOptions;

/**
 * Zendesk's stand-in: the authenticating proxy, the channel framework, the agent workspace and
 * the Admin Center, by the documentation's rules, over real HTTP.
 */
export function createZendesk(options: ZendeskOptions): FastifyInstance {
  const proxy: ProxyState = { encoding: 'form', fault: {}, calls: [] };
  const displayInfo: DisplayInfoState = { isHandedOver: true };
  const app = Fastify({ forceCloseConnections: true });

  // The proxy forwards the app's body unchanged. Its content type is ignored: `curl -d` sends
  // JSON as a form.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  app.setErrorHandler((error, _request, reply) => {
    const { status, error: name, description } = toZendeskError(error);
    return reply.status(status).send({ error: name, description });
  });

  app.get('/', (_request, reply) => reply.redirect('/agent'));
  app.get('/favicon.ico', (_request, reply) => reply.status(204).send());
  app.get('/zendesk.css', (_request, reply) => reply.type('text/css').send(CSS));
  registerProxyRoutes(app, options, proxy);
  registerAgentRoutes(app, options, displayInfo);
  registerAdminRoutes(app, options);
  registerControlRoutes(app, options, proxy, displayInfo);
  return app;
}

function toZendeskError(error: unknown): ZendeskError {
  if (error instanceof ZendeskError) return error;
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  return new ZendeskError(status, 'InvalidRequest', 'The request cannot be read');
}
