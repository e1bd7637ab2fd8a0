import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** When the request's headers arrived, by `performance.now()`. */
    arrivedAt: number;
  }
}

/** Notes when each request arrives: its deadline starts there, and not after its body is read. */
export function noteArrivals(fastify: FastifyInstance): void {
  fastify.decorateRequest('arrivedAt', 0);
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.arrivedAt = performance.now();
    done();
  });
}
