import { type AddressInfo, createServer } from 'node:net';

/** How far apart the ports are that are tried, so that one part never takes what another one wishes for. */
const STEP = 10;
const TRIES = 20;

/** The wished-for port of the loopback address or, where that is taken, the next free one, 10 by 10. */
export async function freePort(wished: number): Promise<number> {
  for (let port = wished; port < wished + TRIES * STEP; port += STEP) {
    if (await isFree(port)) return port;
  }
  throw new Error(`No port from ${String(wished)} on is free.`);
}

/** Any free port of the loopback address: the system gives another one each time, so that many sandboxes may start at once. */
export function anyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
