import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ErrorLevel } from '../errors/service-error.js';
import type { EventLog } from '../logging/event-log.js';
import type { RequestNotes } from '../logging/events.js';
import { clientAddress } from './client-address.js';
import type { HandleShortage } from './handle-shortage.js';

declare module 'fastify' {
  interface FastifyRequest {
    logNotes: { level: ErrorLevel; fields: RequestNotes } | null;
  }
}

/** Adds fields to the line that is logged after the answer. */
export function noteForLog(
  request: FastifyRequest,
  fields: RequestNotes,
  level?: ErrorLevel,
): void {
  const notes = request.logNotes;
  request.logNotes = {
    level: level ?? notes?.level ?? 'info',
    fields: { ...notes?.fields, ...fields },
  };
}

/**
 * Logs one `request.answered` line for each request, with the route's notes. The line has the
 * route pattern and not the URL: a query can contain anything.
 */
export function logRequests(
  fastify: FastifyInstance,
  log: EventLog,
  shortage: HandleShortage,
): void {
  fastify.decorateRequest('logNotes', null);
  fastify.addHook('onResponse', (request, reply, done) => {
    shortage.noteFailure(request.logNotes?.fields);
    log.write(request.logNotes?.level ?? 'info', 'request.answered', {
      request_id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      ip: clientAddress(request),
      ...request.logNotes?.fields,
    });
    done();
  });
}
