import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'undici';
import { Configuration } from '../config/index.js';

/** How long an unused connection stays open, unless Meta asks for less. */
const IDLE_MS = 30_000;

/**
 * The connections to the Graph API. They stay open for later calls and close when the service
 * stops. The pool follows no redirect and uses no proxy of the environment: either would send the
 * token elsewhere.
 */
@Injectable()
export class GraphConnections implements OnApplicationShutdown {
  readonly pool: Pool;

  constructor({ instagramGraphUrl, instagramMaxConnections, proxyDeadlineMs }: Configuration) {
    this.pool = new Pool(new URL(instagramGraphUrl).origin, {
      connections: instagramMaxConnections,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
      // The deadline of each call bounds its answer.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        // Explicit, so NODE_TLS_REJECT_UNAUTHORIZED in the environment cannot switch it off.
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
        timeout: proxyDeadlineMs,
      },
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.destroy();
  }
}
