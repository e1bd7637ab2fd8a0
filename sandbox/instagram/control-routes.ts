import type { FastifyInstance } from 'fastify';
import { type ArmedFault, FAULT_KINDS, type FaultQueue } from './faults.js';
import type { UndocumentedChoices } from './undocumented-choices.js';
import type { AccessToken, Media, World } from './world.js';

/** A call that the stand-in received, for tests to count. */
export interface SeenCall {
  method: string;
  path: string;
  query: unknown;
  body: unknown;
  headers: Record<string, unknown>;
}

/** `endedBy: null` makes the token valid again. */
type TokenChange = Partial<Omit<AccessToken, 'endedBy'>> & { endedBy?: number | null };

/** Routes for tests: they show and change the stand-in's state and arm faults (docs/sandbox.md). */
export function registerControlRoutes(
  app: FastifyInstance,
  world: World,
  faults: FaultQueue,
  undocumented: UndocumentedChoices,
  seen: SeenCall[],
): void {
  app.get<{ Params: { id: string } }>('/_control/accounts/:id', ({ params: { id } }) => ({
    ...world.users.get(id),
    likes: world.listLikes(id),
    private_replies: Object.fromEntries(world.privateReplies),
  }));
  app.post<{ Body: { media_id: string; comment_id?: string; username: string; text: string } }>(
    '/_control/comments',
    ({ body }, reply) => {
      const author = world.findUserByName(body.username);
      if (author === undefined || !world.media.has(body.media_id)) {
        return reply.status(404).send({ error: 'no such user or media' });
      }
      return world.addComment({
        mediaId: body.media_id,
        authorId: author.id,
        text: body.text,
        ...(body.comment_id === undefined ? {} : { parentId: body.comment_id }),
      });
    },
  );
  app.patch<{ Params: { id: string }; Body: Partial<Media> }>(
    '/_control/media/:id',
    ({ params, body }, reply) => {
      const media = world.media.get(params.id);
      if (media === undefined) return reply.status(404).send({ error: 'no such media' });
      return Object.assign(media, body);
    },
  );
  app.get('/_control/calls', () => seen);
  app.delete('/_control/calls', () => {
    seen.length = 0;
    return {};
  });

  app.post<{ Body: ArmedFault['fault'] & Partial<Omit<ArmedFault, 'fault'>> }>(
    '/_control/faults',
    (request, reply) => {
      const { times = 1, method, path, parameter, ...fault } = request.body;
      if (!FAULT_KINDS.includes(fault.kind)) {
        return reply.status(400).send({ error: `kind must be one of ${FAULT_KINDS.join(', ')}` });
      }
      faults.arm({
        fault,
        times,
        ...(method === undefined ? {} : { method }),
        ...(path === undefined ? {} : { path }),
        ...(parameter === undefined ? {} : { parameter }),
      });
      return {};
    },
  );
  app.delete('/_control/faults', () => {
    faults.clear();
    return {};
  });

  app.post<{ Body: { advance_seconds: number } }>('/_control/clock', ({ body }) => {
    world.clock.advance(body.advance_seconds);
    return { now: new Date(world.clock.now()).toISOString() };
  });
  app.patch<{ Params: { token: string }; Body: TokenChange }>(
    '/_control/tokens/:token',
    ({ params, body }, reply) => {
      const token = world.tokens.get(params.token);
      if (token === undefined) return reply.status(404).send({ error: 'no such token' });
      const { endedBy, ...change } = body;
      Object.assign(token, change);
      if (endedBy === null) delete token.endedBy;
      else if (endedBy !== undefined) token.endedBy = endedBy;
      return token;
    },
  );
  app.patch<{ Body: Partial<UndocumentedChoices> }>('/_control/undocumented', ({ body }) =>
    Object.assign(undocumented, body),
  );
}
