import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { loopbackCertificate } from '../sandbox/certificate.js';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { startInstagram } from './support/instagram.js';
import { TestService } from './support/service.js';
import { DEADLINE_MS, LATEST_MS, PHOTO } from './support/upstream.js';

describe('a connection to Instagram', () => {
  it('leaves the state as it was if the server is unreachable', async () => {
    const unused = await startInstagram();
    await unused.stop();
    await expectNotSent(unused.url, 'platform_unavailable');
  });

  it('sends nothing to a server with an untrusted certificate', async () => {
    const tls = await startInstagram(await loopbackCertificate());
    await expectNotSent(tls.url, 'platform_unavailable');
    expect(tls.seen).toEqual([]);
    await tls.stop();
  });

  it('sends nothing before the TLS handshake is complete', async () => {
    const silent = await listen(() => undefined);
    await expectNotSent(silent.url.replace('http:', 'https:'), 'deadline_exceeded');
    await silent.stop();
  });

  it('sends nothing if the server closes it before the TLS handshake', async () => {
    const cutting = await listen((socket) => socket.destroy());
    await expectNotSent(cutting.url.replace('http:', 'https:'), 'platform_unavailable');
    await cutting.stop();
  });

  it.each([
    ['a line that is not HTTP', 'what?\r\n\r\n'],
    ['half an answer', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"success":true}'],
    ['a gzip bomb', undefined],
  ])('leaves the outcome open if the server answers with %s', async (_, bytes) => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    const upstream = await listen((socket) => {
      socket.once('data', () => {
        if (bytes !== undefined) {
          socket.end(bytes);
          return;
        }
        const length = `content-length: ${String(bomb.length)}`;
        socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n${length}\r\n\r\n`);
        socket.end(bomb);
      });
    });
    const service = await TestService.start({ INSTAGRAM_GRAPH_URL: upstream.url });
    const answer = await service.proxy('/like', { ...PHOTO, liked: true });
    expect(answer.json).toMatchObject({ error: { code: 'platform_unavailable' } });
    const state = await service.proxy('/like/state', PHOTO);
    expect(state.json).toMatchObject({ liked: null, source: 'pending' });
    expect(service.logs.mentions(OMNIWEAR.token)).toBe(false);
    await service.stop();
    await upstream.stop();
  });

  it('ignores a proxy in the environment', async () => {
    const asked: string[] = [];
    const proxy = await listen((socket) => {
      socket.once('data', (data) => {
        asked.push(data.toString());
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{"success":true}');
      });
    });
    const instagram = await startInstagram();
    const before = { ...process.env };
    Object.assign(process.env, { http_proxy: proxy.url, HTTP_PROXY: proxy.url, NO_PROXY: '' });
    try {
      const service = await TestService.start({ INSTAGRAM_GRAPH_URL: instagram.url });
      const answer = await service.proxy('/like', { ...PHOTO, liked: true });
      expect(answer.json).toMatchObject({ ok: true });
      expect(asked).toEqual([]);
      await service.stop();
    } finally {
      process.env = before;
      await instagram.stop();
      await proxy.stop();
    }
  });

  async function expectNotSent(url: string, code: string): Promise<void> {
    const service = await TestService.start({
      INSTAGRAM_GRAPH_URL: url,
      PROXY_DEADLINE_MS: String(DEADLINE_MS),
    });
    // The fastest of several tries counts, because other processes may slow the machine down.
    const took: number[] = [];
    for (let tries = 0; tries < 3 && !took.some((each) => each <= LATEST_MS); tries += 1) {
      const start = performance.now();
      const answer = await service.proxy('/like', { ...PHOTO, liked: true });
      took.push(performance.now() - start);
      expect(answer.json).toMatchObject({ ok: false, error: { code } });
    }
    expect(Math.min(...took)).toBeLessThanOrEqual(LATEST_MS);
    const state = await service.proxy('/like/state', PHOTO);
    expect(state.json).toMatchObject({ liked: null, source: 'none' });
    expect(service.logs.mentions(OMNIWEAR.token)).toBe(false);
    await service.stop();
  }
});

/** A TCP server on the loopback address with its own handling of connections. */
async function listen(
  onConnection: (socket: Socket) => void,
): Promise<{ url: string; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}
