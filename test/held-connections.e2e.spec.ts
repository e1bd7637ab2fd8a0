import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { generate } from 'selfsigned';
import { createAdapter, type ConnectionLimits } from '../src/app.setup.js';
import { Secret } from '../src/common/secret.js';
import { type Configuration, loadConfiguration } from '../src/config/index.js';
import { TEST_KEY } from './support/keys.js';

/** So short that a test can wait for them, and in the order of the real ones. */
const LIMITS: ConnectionLimits = { arrival: 400, check: 100, handshake: 400, idle: 700 };
/** More than the buffers of both ends hold, in bytes. */
const LONG_ANSWER_BYTES = 50_000_000;

const CONFIGURATION = loadConfiguration({
  PUBLIC_URL: 'https://channel.example',
  CREDENTIALS_KEYS: TEST_KEY,
});

function withTls(tls: NonNullable<Configuration['tls']>): Configuration {
  return { ...(CONFIGURATION as object), tls } as Configuration;
}

describe('a connection whose other end does nothing', () => {
  const open: (FastifyInstance | Socket)[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) {
      if ('destroy' in each) each.destroy();
      else await each.close();
    }
  });

  const listen = async (configuration: Configuration): Promise<number> => {
    const server = createAdapter(configuration, LIMITS).getInstance<FastifyInstance>();
    server.get('/long', (_request, reply) => reply.send('x'.repeat(LONG_ANSWER_BYTES)));
    server.get('/slow', async () => {
      await new Promise((resolve) => setTimeout(resolve, LIMITS.idle / 2));
      return 'done';
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
    open.push(server);
    return (server.server.address() as AddressInfo).port;
  };
  const dial = async (port: number): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    open.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };

  it('is closed where it does not read its answer', async () => {
    const port = await listen(CONFIGURATION);
    const socket = await dial(port);
    socket.pause();
    socket.write('GET /long HTTP/1.1\r\nhost: x\r\n\r\n');
    // The reader never reads; the server's end of the connection shows that it is closed.
    const [server] = open;
    const held = (): Promise<number> =>
      new Promise((resolve, reject) => {
        (server as FastifyInstance).server.getConnections((error, count) => {
          if (error === null) resolve(count);
          else reject(error);
        });
      });
    expect(await held()).toBe(1);
    while ((await held()) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  });

  it('is kept while the service works on its call', async () => {
    const port = await listen(CONFIGURATION);
    const answer = await fetch(`http://127.0.0.1:${String(port)}/slow`);
    expect(await answer.text()).toBe('done');
  });

  it.each([
    ['sends nothing', ''],
    ['sends half a request', 'GET /slow HTTP/1.1\r\nhost:'],
  ])('is closed where it %s', async (_, text) => {
    const socket = await dial(await listen(CONFIGURATION));
    socket.write(text);
    socket.resume();
    await once(socket, 'close');
  });

  it('is closed where it does not finish its TLS handshake', async () => {
    const pem = await generate([{ name: 'commonName', value: 'localhost' }]);
    const tls = { cert: pem.cert, key: new Secret(pem.private) };
    const socket = await dial(await listen(withTls(tls)));
    socket.resume();
    await once(socket, 'close');
  });
});
