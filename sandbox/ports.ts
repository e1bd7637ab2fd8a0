import { type AddressInfo, createServer } from 'node:net';

/** The distance between the ports that are tried, which keeps other processes' ports free. */
const STEP = 10;
const TRIES = 20;

/** Finds a free port of the loopback address: the preferred one, or 10, 20, … above it. */
export async function findFreePort(preferred: number): Promise<number> {
  for (let port = preferred; port < preferred + TRIES * STEP; port += STEP) {
    if (await isFree(port)) return port;
  }
  throw new Error(`Port ${String(preferred)} and ${String(TRIES - 1)} ports above it are in use.`);
}

/** A free port of the loopback address, chosen by the system: sandboxes can start in parallel. */
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
