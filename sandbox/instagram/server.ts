import Fastify, { type FastifyInstance } from 'fastify';
import { registerControlRoutes, type SeenCall } from './control-routes.js';
import { FaultQueue } from './faults.js';
import { registerGraphRoutes } from './graph/graph-routes.js';
import { registerDialogRoutes } from './login/dialog.js';
import { Facebook } from './login/facebook.js';
import { buildOmniwearWorld } from './omniwear.js';
import { drawPicture } from './pictures.js';
import type { UndocumentedChoices } from './undocumented-choices.js';
import type { World } from './world.js';

export interface InstagramServer {
  readonly app: FastifyInstance;
  readonly world: World;
  readonly faults: FaultQueue;
  /** Calls of the Graph API, oldest first. */
  readonly seen: SeenCall[];
}

export interface InstagramServerOptions {
  /** Receives a line for each answered call of the Graph API. */
  onCall?: (line: string) => void;
  /** Certificate and key for https. Without them, the server speaks plain http. */
  tls?: { cert: string; key: string };
}

/**
 * Instagram's stand-in: the documented Graph API for likes, media and comments, and Facebook's
 * login dialog, over real HTTP.
 */
export function createInstagram(options: InstagramServerOptions = {}): InstagramServer {
  const world = buildOmniwearWorld();
  const faults = new FaultQueue();
  const seen: SeenCall[] = [];
  const facebook = new Facebook(world);
  const undocumented: UndocumentedChoices = { lockOut: { code: 4, subcode: 2207051 } };
  const app = Fastify({
    forceCloseConnections: true,
    ...(options.tls === undefined ? {} : { https: options.tls }),
  }) as unknown as FastifyInstance;

  app.get<{ Params: { name: string } }>('/pictures/:name', ({ params: { name } }, reply) =>
    reply.type('image/svg+xml').send(drawPicture(name)),
  );
  app.get('/favicon.ico', (_request, reply) => reply.status(204).send());
  app.register((control, _, done) => {
    registerControlRoutes(control, world, faults, undocumented, seen);
    done();
  });
  app.register((graph, _, done) => {
    graph.addHook('preHandler', (request, _reply, next) => {
      const [path = ''] = request.url.split('?');
      const { method, query, body, headers } = request;
      seen.push({ method, path, query, body, headers });
      next();
    });
    graph.addHook('onResponse', (request, reply, next) => {
      const [path = ''] = request.url.split('?');
      options.onCall?.(`${request.method} ${path} ${String(reply.statusCode)}`);
      next();
    });
    registerGraphRoutes(graph, { world, faults, facebook, undocumented });
    done();
  });
  app.register((dialog, _, done) => {
    registerDialogRoutes(dialog, facebook, undocumented);
    done();
  });
  return { app, world, faults, seen };
}
