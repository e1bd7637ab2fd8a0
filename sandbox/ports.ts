import { createServer } from 'node:net';

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
