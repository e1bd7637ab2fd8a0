import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { loopbackCertificate } from '../sandbox/certificate.js';
import { CONNECTION_LIMITS } from '../src/common/http/connection-limits.js';
import { TestService } from './support/service.js';

/** Short limits, so the tests need not wait long. */
const LIMITS = {
  handshakeMs: 300,
  arrivalMs: 300,
  arrivalCheckMs: 50,
  answerMs: 300,
  keepAliveMs: 300,
};
/** When a connection must be closed, also on a busy machine. */
const LATEST_MS = 3000;
const LARGE_ASSET = 'GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: channel.example\r\n\r\n';
/** Together far more bytes than both ends of a loopback connection buffer. */
const ANSWERS = 40;

describe.each(['http', 'https'])('a client of the service over %s', (scheme) => {
  let service: TestService;
  let server: Server;
  let directory: string;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'connection-limits-'));
    const environment: Record<string, string> = { DOCS: 'on' };
    if (scheme === 'https') {
      const { cert, key } = await loopbackCertificate();
      for (const [name, text] of [
        ['TLS_CERT_FILE', cert],
        ['TLS_KEY_FILE', key],
      ] as const) {
        environment[name] = join(directory, name);
        writeFileSync(join(directory, name), text);
      }
    }
    service = await TestService.start(environment, LIMITS);
    const fastify = service.app.getHttpAdapter().getInstance();
    await fastify.listen({ port: 0, host: '127.0.0.1' });
    server = fastify.server;
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(async () => {
    await service.stop();
    rmSync(directory, { recursive: true });
  });

  const plain = (): Socket => {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  const client = (): Socket => {
    if (scheme === 'http') return plain();
    const { port } = server.address() as AddressInfo;
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false };
    const socket = connectTls(options).on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  const connections = (): Promise<number> =>
    new Promise((resolve) => {
      server.getConnections((_, count) => {
        resolve(count);
      });
    });
  const until = async (count: number): Promise<void> => {
    for (const end = performance.now() + LATEST_MS; performance.now() < end;) {
      if ((await connections()) === count) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await connections()).toBe(count);
  };

  it('that never reads its answers loses its connection', async () => {
    const socket = client();
    socket.pause();
    socket.write(LARGE_ASSET.repeat(ANSWERS));
    await until(1);
    await until(0);
  });

  it('that connects and sends nothing loses its connection', async () => {
    plain();
    await until(1);
    await until(0);
  });

  it('that is silent after an answer loses its connection', async () => {
    const socket = client();
    socket.write('GET /manifest.json HTTP/1.1\r\nhost: channel.example\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    await until(0);
  });

  it('that sends a request one byte at a time loses its connection', async () => {
    const socket = client();
    socket.write('GET /manifest.json HTTP/1.1\r\nhost: ');
    const drip = setInterval(() => socket.write('x'), 40);
    await until(1);
    await until(0);
    clearInterval(drip);
  });

  it('that reads its answers keeps its connection', async () => {
    const socket = client();
    let bytes = 0;
    socket.on('data', (data: Buffer) => {
      bytes += data.length;
    });
    socket.write(LARGE_ASSET.repeat(3));
    await until(1);
    await new Promise((resolve) => setTimeout(resolve, LIMITS.answerMs / 2));
    expect(bytes).toBeGreaterThan(1_000_000);
  });
});

it.each([
  ['sends nothing', ''],
  ['sends half of its headers', 'GET /manifest.json HTTP/1.1\r\nhost: '],
  [
    'sends half of its body',
    'POST /like HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n' +
      'content-length: 9\r\n\r\n{',
  ],
])('a client that %s does not keep the service from stopping', async (_, text) => {
  // Node's own check would close it after a minute, and does not run while a server closes.
  const patient = { ...LIMITS, arrivalCheckMs: 60_000 };
  const service = await TestService.start({}, patient);
  const fastify = service.app.getHttpAdapter().getInstance();
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  const { port } = fastify.server.address() as AddressInfo;
  const accepted = new Promise((resolve) => fastify.server.once('connection', resolve));
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  await accepted;
  await new Promise((resolve) => socket.write(text, resolve));
  await service.stop();
  socket.destroy();
});

it('no connection limit in production is longer than two minutes', () => {
  expect(Math.max(...(Object.values(CONNECTION_LIMITS) as number[]))).toBeLessThanOrEqual(120_000);
});
