import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from './common/clock.js';
import { registerBodyParsers } from './common/http/body-parsers.js';
import { readClientAddresses } from './common/http/client-address.js';
import { boundAnswers, CONNECTION_LIMITS } from './common/http/connection-limits.js';
import { Drain } from './common/http/drain.js';
import { parseQuery } from './common/http/form.js';
import { PROBLEM_JSON, newProblem, sendProblem, toProblem } from './common/http/problem.js';
import { logRequests } from './common/http/request-log.js';
import { EventLog } from './common/logging/event-log.js';
import { Configuration } from './config/index.js';
import { VERSION } from './version.js';

/** Node's codes of what it cannot read; all others are plain bad requests. */
const STATUS_OF_CLIENT_ERROR: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** The HTTP server, before there is an application on it. */
export function createAdapter(
  configuration: Configuration,
  limits = CONNECTION_LIMITS,
): FastifyAdapter {
  const { tls } = configuration;
  const server = {
    connectionsCheckingInterval: limits.arrivalCheckMs,
    // Node applies the longer of two limits to the whole request: its default of a minute would let
    // a slow body take a minute.
    headersTimeout: limits.arrivalMs,
  };
  return new FastifyAdapter({
    ...(tls === undefined
      ? { http: server }
      : {
          https: {
            ...server,
            handshakeTimeout: limits.handshakeMs,
            cert: tls.cert,
            key: tls.key.reveal(),
          },
        }),
    requestTimeout: limits.arrivalMs,
    keepAliveTimeout: limits.keepAliveMs,
    routerOptions: { querystringParser: parseQuery },
    trustProxy: trustedProxies(configuration.trustProxy),
    clientErrorHandler: refuseUnreadable,
    genReqId: () => randomUUID(),
    // What Fastify refuses before any route, a malformed address for one, passes Nest's filters by.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      sendProblem(reply.headers(commonHeaders(request)), toProblem(error));
    },
  });
}

/** Answers what is not HTTP, or did not arrive in time: there is no request yet that any route could answer. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (socket.writable && error.code !== 'ECONNRESET') {
    const problem = newProblem(STATUS_OF_CLIENT_ERROR[error.code ?? ''] ?? 400);
    const body = JSON.stringify(problem);
    socket.write(
      `HTTP/1.1 ${String(problem.status)} ${problem.title}\r\ncontent-type: ${PROBLEM_JSON}\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\nconnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroy();
}

/** A year, in seconds: what browsers' preload lists ask for (RFC 6797, section 6.1.1). */
const HSTS_MAX_AGE_S = 31_536_000;
/** The policy of every answer that is no page of its own: JSON, assets, problems, 404. */
const DEFAULT_CSP =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Swagger UI brings its script and style as files, and styles and pictures inside its markup. */
const DOCS_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** What every answer carries; a page replaces the policy by its own. */
function commonHeaders(request: FastifyRequest): Record<string, string> {
  const isDocs = /^\/docs(?:\/|$)/.test(request.routeOptions.url ?? '');
  return {
    'x-request-id': request.id,
    'x-content-type-options': 'nosniff',
    'strict-transport-security': `max-age=${String(HSTS_MAX_AGE_S)}; includeSubDomains`,
    'referrer-policy': 'no-referrer',
    'content-security-policy': isDocs ? DOCS_CSP : DEFAULT_CSP,
  };
}

/** A number of hops, as the function that Fastify's types ask for. */
function trustedProxies(
  trust: Configuration['trustProxy'],
): string[] | false | ((address: string, hop: number) => boolean) {
  return typeof trust === 'number' ? (_, hop) => hop < trust : trust;
}

/** What `main` and the tests do to an application before it starts. */
export function setupApp(app: NestFastifyApplication, limits = CONNECTION_LIMITS): void {
  const fastify = app.getHttpAdapter().getInstance();
  const drain = app.get(Drain);
  const log = app.get(EventLog);
  const trustsProxy = app.get(Configuration).trustProxy !== false;
  readClientAddresses(fastify, { trustsProxy, log, clock: app.get(Clock) });
  logRequests(fastify, log);
  boundAnswers(fastify, limits);
  registerBodyParsers(app.getHttpAdapter() as FastifyAdapter);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(commonHeaders(request));
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (drain.isDraining) reply.header('connection', 'close');
    done();
  });
  if (app.get(Configuration).docs) {
    SwaggerModule.setup('docs', app, describeApi(app), { jsonDocumentUrl: 'docs-json' });
  }
}

/** The service's OpenAPI document. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const outline = new DocumentBuilder()
    .setTitle('Instagram authenticating proxy for Zendesk')
    .setDescription(
      'Zendesk calls these routes; a browser or a person may try them here. The example metadata opens in the sandbox (`npm run sandbox`).',
    )
    .setVersion(VERSION)
    .build();
  return SwaggerModule.createDocument(app, outline);
}
