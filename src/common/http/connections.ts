import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { EventLog } from '../logging/event-log.js';
import { Tally } from '../logging/tally.js';
import type { HandleShortage } from './handle-shortage.js';

/** The share of the limit at which waiting connections are shed: the rest is for new clients. */
const SHED_AT = 0.9;
/** Time for a request's body before a full service may shed it. Zendesk sends one at once. */
const SLOW_BODY_MS = 2000;
/** Time for a client's first bytes after the server stopped accepting connections. */
const SILENT_MAX_MS = 1000;
/** Between two checks for late requests while the server closes. */
const CLOSING_CHECK_MS = 200;

/** What the tracker needs of an `http.Server` or `https.Server`. */
type WatchedServer = Pick<Server, 'on' | 'maxConnections'>;

interface Connection {
  /** For TLS, first the raw socket, and after the handshake the encrypted one. */
  socket: Socket;
  /** Requests whose answer is not sent in full. */
  readonly requests: Map<IncomingMessage, number>;
  /** When the connection was accepted, or its last answer ended. */
  waitingSince: number;
}

interface ConnectionsOptions {
  /** Connections at once; a further client is refused. */
  readonly max: number;
  readonly log: EventLog;
  readonly shortage: HandleShortage;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/**
 * Keeps the server's connections below its share of the process's open files. Near the limit it
 * closes connections that wait for a request, the oldest first. A connection whose request has
 * arrived in full is never closed. If all are busy, further clients are refused.
 */
export class Connections {
  private readonly open = new Map<string, Connection>();
  /** Those without a running request, the longest waiting first. */
  private readonly waiting = new Map<string, Connection>();
  private readonly shed: Tally;
  private readonly refused: Tally;
  private readonly now: () => number;

  constructor(
    server: WatchedServer,
    private readonly options: ConnectionsOptions,
  ) {
    const { max, log, shortage, now = () => performance.now() } = options;
    this.now = now;
    const report = (event: 'connections.shed' | 'connections.refused') => (count: number) => {
      log.warn(event, { count, open: this.open.size, max });
    };
    this.shed = new Tally(report('connections.shed'));
    this.refused = new Tally(report('connections.refused'));
    server.maxConnections = max;
    server.on('connection', (socket: Socket) => {
      this.add(socket);
    });
    server.on('secureConnection', (socket: Socket) => {
      const connection = this.open.get(toKey(socket));
      if (connection !== undefined) connection.socket = socket;
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.startRequest(request, response);
    });
    server.on('drop', () => {
      this.refused.add();
      this.shedOne();
    });
    server.on('error', ({ code }: NodeJS.ErrnoException) => {
      shortage.note(code);
    });
  }

  /**
   * Closes connections whose request has not arrived and will not: silent ones after `silentMs`,
   * and slow ones after `arrivalMs`. Node stops checking both when the server closes.
   */
  closeLate(silentMs: number, arrivalMs: number): void {
    const now = this.now();
    for (const { socket, requests, waitingSince } of this.open.values()) {
      const [oldest] = requests;
      const limit = oldest === undefined && socket.bytesRead === 0 ? silentMs : arrivalMs;
      const isArriving = oldest === undefined || !oldest[0].complete;
      if (isArriving && now - (oldest?.[1] ?? waitingSince) >= limit) socket.destroy();
    }
  }

  private add(socket: Socket): void {
    const key = toKey(socket);
    const connection = { socket, requests: new Map(), waitingSince: this.now() };
    this.open.set(key, connection);
    this.waiting.set(key, connection);
    socket.once('close', () => {
      // The client may have opened the next connection from the same port.
      if (this.open.get(key) !== connection) return;
      this.open.delete(key);
      this.waiting.delete(key);
    });
    if (this.open.size > this.options.max * SHED_AT) this.shedOne(key);
  }

  private startRequest(request: IncomingMessage, response: ServerResponse): void {
    const key = toKey(request.socket);
    const connection = this.open.get(key);
    if (connection === undefined) return;
    connection.requests.set(request, this.now());
    this.waiting.delete(key);
    response.once('close', () => {
      connection.requests.delete(request);
      if (connection.requests.size > 0 || this.open.get(key) !== connection) return;
      connection.waitingSince = this.now();
      this.waiting.set(key, connection);
    });
  }

  /** Makes room. A connection that was just accepted is not the one to close. */
  private shedOne(accepted?: string): void {
    const [oldest] = this.waiting.keys();
    const key = oldest !== accepted && oldest !== undefined ? oldest : this.findSlowest();
    const connection = key === undefined ? undefined : this.open.get(key);
    if (key === undefined || connection === undefined) return;
    // At once, so the next connection does not count it.
    this.open.delete(key);
    this.waiting.delete(key);
    connection.socket.destroy();
    this.shed.add();
  }

  /** The connection whose request has been arriving for the longest time, over `SLOW_BODY_MS`. */
  private findSlowest(): string | undefined {
    let slowest: string | undefined;
    let before = this.now() - SLOW_BODY_MS;
    for (const [key, { requests }] of this.open) {
      for (const [request, startedAt] of requests) {
        if (request.complete || startedAt > before) continue;
        slowest = key;
        before = startedAt;
      }
    }
    return slowest;
  }
}

/** Watches the connections of the service, until the last one is closed. */
export function watchConnections(
  fastify: FastifyInstance,
  { arrivalMs, ...options }: ConnectionsOptions & { arrivalMs: number },
): void {
  const connections = new Connections(fastify.server, options);
  fastify.addHook('preClose', (done) => {
    const check = setInterval(() => {
      connections.closeLate(SILENT_MAX_MS, arrivalMs);
    }, CLOSING_CHECK_MS).unref();
    fastify.server.once('close', () => {
      clearInterval(check);
    });
    done();
  });
}

/** Identifies a connection, also after the TLS handshake put another socket in front of it. */
function toKey({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return [remoteAddress, remotePort, localAddress, localPort].join(' ');
}
