import type { FastifyInstance } from 'fastify';

/** The time that a client has for each part of a call. */
export interface ConnectionLimits {
  /** For the TLS handshake. */
  readonly handshakeMs: number;
  /** For a request to arrive in full. */
  readonly arrivalMs: number;
  /** Between two checks for late requests. */
  readonly arrivalCheckMs: number;
  /** For an answer to be read, from its first byte. */
  readonly answerMs: number;
  /** For the next request on an idle connection. */
  readonly keepAliveMs: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  // Two round trips. Node's default is two minutes.
  handshakeMs: 10_000,
  // Zendesk's servers send theirs at once.
  arrivalMs: 10_000,
  // Node's default of 30 seconds would be the true limit.
  arrivalCheckMs: 2_000,
  // The largest answer has 1.5 MB. Node has no limit of its own: an unread answer would hold its
  // connection and its memory.
  answerMs: 30_000,
  // Longer than the 60 seconds of common proxies, so a proxy never uses a closed connection.
  keepAliveMs: 72_000,
};

/** Closes the connection of an answer that is not read in time. */
export function boundAnswers(fastify: FastifyInstance, { answerMs }: ConnectionLimits): void {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    const timer = setTimeout(() => {
      request.raw.socket.destroy();
    }, answerMs).unref();
    const stop = (): void => {
      clearTimeout(timer);
    };
    // `finish` says that the operating system has all of it.
    reply.raw.once('finish', stop).once('close', stop);
    done();
  });
}
