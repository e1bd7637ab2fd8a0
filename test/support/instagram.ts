import type { AddressInfo } from 'node:net';
import { createInstagram, type InstagramServer } from '../../sandbox/instagram/server.js';

export interface RunningInstagram extends InstagramServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Instagram's stand-in as a real server on the loopback address. */
export async function startInstagram(tls?: {
  cert: string;
  key: string;
}): Promise<RunningInstagram> {
  const server = createInstagram(tls === undefined ? {} : { tls });
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.app.server.address() as AddressInfo;
  return {
    ...server,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${String(port)}`,
    stop: () => server.app.close(),
  };
}
