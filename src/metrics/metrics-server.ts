import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { toListenError } from '../common/errors/listen-error.js';
import { EventLog } from '../common/logging/event-log.js';
import { Configuration } from '../config/index.js';
import { MetricsService } from './metrics.service.js';

/** Prometheus scrapes over one connection; a second one and a person may be there too. */
const CONNECTIONS_MAX = 16;
/** For a request to arrive. A scrape sends one at once. */
const REQUEST_TIMEOUT_MS = 5000;

/**
 * Serves `GET /metrics` at `METRICS_PORT`, a port of its own: Zendesk's port is open to the
 * internet.
 */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private server: Server | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly metrics: MetricsService,
    private readonly log: EventLog,
  ) {}

  /** Where it listens; undefined without `METRICS_PORT`. */
  get address(): string | undefined {
    const address = this.server?.address() as AddressInfo | undefined;
    if (address === undefined) return undefined;
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host}:${String(address.port)}`;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { metricsPort, metricsHost } = this.configuration;
    if (metricsPort === undefined) return;
    this.metrics.start();
    const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      void this.answer(request.method, request.url, response);
    });
    server.maxConnections = CONNECTIONS_MAX;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        reject(toListenError('METRICS_PORT and METRICS_HOST', error));
      });
      server.listen(metricsPort, metricsHost, resolve);
    });
    this.server = server;
    this.log.info('metrics.started', { address: this.address ?? '' });
  }

  async onApplicationShutdown(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  }

  private async answer(
    method: string | undefined,
    url: string | undefined,
    response: ServerResponse,
  ): Promise<void> {
    if (url !== '/metrics' || (method !== 'GET' && method !== 'HEAD')) {
      response.writeHead(url === '/metrics' ? 405 : 404, { allow: 'GET, HEAD' }).end();
      return;
    }
    try {
      const text = await this.metrics.scrape();
      response.writeHead(200, { 'content-type': this.metrics.contentType }).end(text);
    } catch (error) {
      this.log.unexpected('metrics.failed', error);
      response.writeHead(500).end();
    }
  }
}
