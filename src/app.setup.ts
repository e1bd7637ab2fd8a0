import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from './common/clock.js';
import { noteArrivals } from './common/http/arrival.js';
import { registerBodyParsers } from './common/http/body-parsers.js';
import { readClientAddresses } from './common/http/client-address.js';
import { boundAnswers, CONNECTION_LIMITS } from './common/http/connection-limits.js';
import { watchConnections } from './common/http/connections.js';
import { Drain } from './common/http/drain.js';
import { parseQuery } from './common/http/form.js';
import { HandleShortage } from './common/http/handle-shortage.js';
import { PROBLEM_JSON, newProblem, sendProblem, toProblem } from './common/http/problem.js';
import { logRequests } from './common/http/request-log.js';
import { EventLog } from './common/logging/event-log.js';
import { Configuration } from './config/index.js';
import { EXAMPLE_METADATA } from './credentials/example-metadata.js';
import { VERSION } from './version.js';

/** Statuses for Node's error codes. All other codes mean a bad request. */
const STATUS_OF_CLIENT_ERROR: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** Creates the HTTP server for the application. */
export function createAdapter(
  configuration: Configuration,
  limits = CONNECTION_LIMITS,
): FastifyAdapter {
  const { tls } = configuration;
  const server = {
    connectionsCheckingInterval: limits.arrivalCheckMs,
    // Node applies the longer of two limits to the whole request. With its default of a minute, a
    // slow body could take a minute.
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
    // A call on an open connection is answered as long as the service can answer it.
    return503OnClosing: false,
    requestTimeout: limits.arrivalMs,
    keepAliveTimeout: limits.keepAliveMs,
    routerOptions: { querystringParser: parseQuery },
    trustProxy: toTrustProxy(configuration.trustProxy),
    clientErrorHandler: refuseUnreadable,
    genReqId: () => randomUUID(),
    // Nest's filters do not see requests that Fastify refuses before routing, such as a bad URL.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      sendProblem(reply.headers(commonHeaders(request)), toProblem(error));
    },
  });
}

/** Answers bytes that are not HTTP or arrived too late. No route can: there is no request yet. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (socket.writable && error.code !== 'ECONNRESET') {
    const problem = newProblem(STATUS_OF_CLIENT_ERROR[error.code ?? ''] ?? 400);
    const body = JSON.stringify(problem);
    const head = [
      `HTTP/1.1 ${String(problem.status)} ${problem.title}`,
      `content-type: ${PROBLEM_JSON}`,
      `content-length: ${String(Buffer.byteLength(body))}`,
      'connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroy();
}

/** A year. Browsers' preload lists require it (RFC 6797, section 6.1.1). */
const HSTS_MAX_AGE_S = 31_536_000;
/** The policy of all answers except pages: JSON, assets, problems. */
const DEFAULT_CSP =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Swagger UI has scripts and styles in files, and styles and images in its markup. */
const DOCS_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** Headers of every answer. A page replaces the policy with its own. */
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

/** Converts a number of hops into the function that Fastify's types require. */
function toTrustProxy(
  trust: Configuration['trustProxy'],
): string[] | false | ((address: string, hop: number) => boolean) {
  return typeof trust === 'number' ? (_, hop) => hop < trust : trust;
}

/** Adds hooks, parsers and Swagger UI to an application. `main` and the tests call it. */
export function setupApp(app: NestFastifyApplication, limits = CONNECTION_LIMITS): void {
  const fastify = app.getHttpAdapter().getInstance();
  const drain = app.get(Drain);
  const log = app.get(EventLog);
  const trustsProxy = app.get(Configuration).trustProxy !== false;
  noteArrivals(fastify);
  readClientAddresses(fastify, { trustsProxy, log, clock: app.get(Clock) });
  const shortage = new HandleShortage(log);
  logRequests(fastify, log, shortage);
  const { arrivalMs } = limits;
  const { handles } = app.get(Configuration);
  watchConnections(fastify, { max: handles.clients, arrivalMs, log, shortage });
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
    const document = describeApi(app, app.get(Configuration).docsExampleMetadata);
    SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'docs-json' });
  }
}

/**
 * The service's OpenAPI document.
 *
 * @param metadata the sealed account in the examples.
 */
export function describeApi(
  app: NestFastifyApplication,
  metadata = EXAMPLE_METADATA,
): OpenAPIObject {
  const outline = new DocumentBuilder()
    .setTitle('Instagram authenticating proxy for Zendesk')
    .setDescription(
      'Zendesk calls these routes, and you can try them here. The example metadata opens in the ' +
        'sandbox (`npm run sandbox`).',
    )
    .setVersion(VERSION)
    .build();
  const document = JSON.stringify(SwaggerModule.createDocument(app, outline));
  return JSON.parse(document.replaceAll(EXAMPLE_METADATA, metadata)) as OpenAPIObject;
}
