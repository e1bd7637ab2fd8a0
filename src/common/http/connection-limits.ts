import type { FastifyInstance } from 'fastify';

/** How long a client may keep a connection busy with each part of a call, in milliseconds. */
export interface ConnectionLimits {
  /** For the TLS handshake. */
  readonly handshakeMs: number;
  /** For a request to arrive in full. */
  readonly arrivalMs: number;
  /** How often Node looks for requests that took longer. */
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
  // Node's default, 30 seconds, would be the limit in truth.
  arrivalCheckMs: 2_000,
  // The largest answer has 1.5 MB. Node has no limit of its own: an answer that is not read would hold
  // its connection and its memory for ever.
  answerMs: 30_000,
  // Longer than common proxies keep theirs (60 seconds), so that none sends into a connection just closed.
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
