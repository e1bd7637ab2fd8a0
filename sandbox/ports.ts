import { createServer } from 'node:net';

/** The wished-for port of the loopback address, or another free one where it is taken. */
export async function freePort(wished: number): Promise<number> {
  return (await isFree(wished)) ?? (await isFree(0)) ?? wished;
}

/** The port itself if it can be listened on; for 0, one that the system picks. */
function isFree(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(undefined);
    });
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : undefined);
      });
    });
  });
}
