import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Configuration } from '../config/index.js';

/** How long an unused connection stays open. */
const IDLE_MS = 30_000;

/** The connections to Meta. They stay open for later calls and close when the service stops. */
@Injectable()
export class ConnectionAgents implements OnApplicationShutdown {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;

  constructor({ instagramMaxConnections }: Configuration) {
    const pool = {
      keepAlive: true,
      maxSockets: instagramMaxConnections,
      maxTotalSockets: instagramMaxConnections,
      scheduling: 'lifo',
      timeout: IDLE_MS,
    } as const;
    this.http = new HttpAgent(pool);
    // Explicit, so NODE_TLS_REJECT_UNAUTHORIZED in the environment cannot switch it off.
    this.https = new HttpsAgent({ ...pool, rejectUnauthorized: true, minVersion: 'TLSv1.2' });
  }

  onApplicationShutdown(): void {
    this.http.destroy();
    this.https.destroy();
  }
}
