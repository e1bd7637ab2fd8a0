import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ErrorLevel, LogFields } from '../errors/service-error.js';
import type { EventLog } from '../logging/event-log.js';
import { clientAddress } from './client-address.js';

declare module 'fastify' {
  interface FastifyRequest {
    logNotes: { level: ErrorLevel; fields: LogFields } | null;
  }
}

/** Adds fields to the one line that is written when the request has been answered. */
export function noteForLog(request: FastifyRequest, fields: LogFields, level?: ErrorLevel): void {
  const notes = request.logNotes;
  request.logNotes = {
    level: level ?? notes?.level ?? 'info',
    fields: { ...notes?.fields, ...fields },
  };
}

/**
 * One `request.answered` line for each request: its id, method, route pattern, status and time, and what
 * the route noted. Never the address as it was sent: a query can hold anything.
 */
export function logRequests(fastify: FastifyInstance, log: EventLog): void {
  fastify.decorateRequest('logNotes', null);
  fastify.addHook('onResponse', (request, reply, done) => {
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
