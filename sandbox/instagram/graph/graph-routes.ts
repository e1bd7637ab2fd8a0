import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { registerAccountEdges } from './edges/accounts.js';
import { registerCommentEdges } from './edges/comments.js';
import { registerLikeEdges } from './edges/likes.js';
import { registerMediaEdges } from './edges/media.js';
import { registerMessageEdges } from './edges/messages.js';
import { registerNodeRoutes } from './edges/node.js';
import { registerTokenEdges } from './edges/tokens.js';
import { GraphApi, type GraphState } from './graph-api.js';
import { badParameter, GraphError } from './graph-error.js';
import { buildUsageHeaders } from './usage-headers.js';

/**
 * The Graph API's edges for likes, media, comments and login
 * (Meta, "Instagram Platform", reference).
 */
export function registerGraphRoutes(app: FastifyInstance, state: GraphState): void {
  // Parameters arrive in the query, as JSON or as a form.
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    },
  );
  app.setErrorHandler((error, _request, reply) => {
    const known = error instanceof GraphError ? error : badParameter('The request cannot be read');
    const traceId = `A${randomBytes(16).toString('base64url').slice(0, 22)}`;
    return reply
      .status(known.status)
      .headers({ ...buildUsageHeaders(), ...reply.getHeaders() })
      .send(known.body(traceId));
  });

  const graph = new GraphApi(app, state);
  registerLikeEdges(graph);
  registerMediaEdges(graph);
  registerCommentEdges(graph);
  registerMessageEdges(graph);
  registerTokenEdges(graph);
  registerAccountEdges(graph);
  registerNodeRoutes(graph);
}
