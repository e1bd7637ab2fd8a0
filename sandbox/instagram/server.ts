import Fastify, { type FastifyInstance } from 'fastify';
import { controlRoutes, type SeenCall } from './control-routes.js';
import { Faults } from './faults.js';
import { graphRoutes, type UndocumentedChoices } from './graph-routes.js';
import { dialogRoutes } from './login/dialog.js';
import { Facebook } from './login/facebook.js';
import { omniwearWorld } from './omniwear.js';
import { pictureOf } from './pictures.js';
import type { World } from './world.js';

export interface InstagramServer {
  readonly app: FastifyInstance;
  readonly world: World;
  readonly faults: Faults;
  /** Calls of the Graph API so far, oldest first. */
  readonly seen: SeenCall[];
}

export interface InstagramServerOptions {
  /** Told each call of the Graph API, when it has been answered. */
  onCall?: (line: string) => void;
  /** Certificate and key for https; plain http without. */
  tls?: { cert: string; key: string };
}

/** Instagram's stand-in: the Graph API's likes, media and comments, as documented, over real HTTP. */
export function createInstagram(options: InstagramServerOptions = {}): InstagramServer {
  const world = omniwearWorld();
  const faults = new Faults();
  const seen: SeenCall[] = [];
  const facebook = new Facebook(world);
  const undocumented: UndocumentedChoices = { lockOut: { code: 4, subcode: 2207051 } };
  const app = Fastify({
    forceCloseConnections: true,
    ...(options.tls === undefined ? {} : { https: options.tls }),
  }) as unknown as FastifyInstance;

  app.get<{ Params: { name: string } }>('/pictures/:name', ({ params: { name } }, reply) =>
    reply.type('image/svg+xml').send(pictureOf(name)),
  );
  app.get('/favicon.ico', (_request, reply) => reply.status(204).send());
  app.register((control, _, done) => {
    controlRoutes(control, world, faults, undocumented, seen);
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
    graphRoutes(graph, world, faults, undocumented, facebook);
    done();
  });
  app.register((dialog, _, done) => {
    dialogRoutes(dialog, facebook, undocumented);
    done();
  });
  return { app, world, faults, seen };
}
