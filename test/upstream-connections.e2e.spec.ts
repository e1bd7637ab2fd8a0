import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { TestService } from './support/service.js';

const DEADLINE_MS = 500;
const LATEST_MS = 1000;
const CHUNK = `10000\r\n${'x'.repeat(65_536)}\r\n`;
const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = 'transfer-encoding: chunked\r\n\r\n';

const repeat = (socket: Socket, text: string): void => {
  const timer = setInterval(() => socket.write(text), 1);
  socket.once('close', () => {
    clearInterval(timer);
  });
};
const bomb = gzipSync(Buffer.alloc(50_000_000));

/** The answers of the upstream to a request. */
const ANSWERS: [string, (socket: Socket) => void][] = [
  ['nothing', () => undefined],
  [
    'an endless answer',
    (socket) => {
      socket.write(`${OK}${CHUNKED}`);
      repeat(socket, CHUNK);
    },
  ],
  [
    'a body that is too large and stops in the middle',
    (socket) => socket.write(`${OK}content-length: 100000000\r\n\r\n${'x'.repeat(1000)}`),
  ],
  [
    'an endless redirect',
    (socket) => {
      socket.write(`HTTP/1.1 302 Found\r\nlocation: https://example.com/\r\n${CHUNKED}`);
      repeat(socket, CHUNK);
    },
  ],
  [
    'an endless gzip bomb',
    (socket) => {
      socket.write(`${OK}content-encoding: gzip\r\n${CHUNKED}${bomb.length.toString(16)}\r\n`);
      socket.write(bomb);
    },
  ],
  [
    'invalid gzip',
    (socket) => socket.write(`${OK}content-encoding: gzip\r\ncontent-length: 9999\r\n\r\nwhat?`),
  ],
  ['an invalid header', (socket) => socket.write(`${OK}what?\r\n\r\n`)],
  [
    'a change of protocol',
    (socket) => {
      const headers = 'connection: upgrade\r\nupgrade: h2c\r\n\r\n';
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}`);
    },
  ],
  [
    'endless interim answers',
    (socket) => {
      repeat(socket, 'HTTP/1.1 100 Continue\r\n\r\n');
    },
  ],
];

describe('a connection to Instagram is closed', () => {
  let service: TestService | undefined;
  let server: Server | undefined;
  const open = new Set<Socket>();

  afterEach(async () => {
    // First the connections: a call that hangs ends with them.
    server?.close();
    for (const socket of open) socket.destroy();
    await service?.stop();
  });

  const start = async (scheme: string, onConnection: (socket: Socket) => void): Promise<void> => {
    server = createServer((socket) => {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => open.delete(socket));
      onConnection(socket);
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    service = await TestService.start({
      INSTAGRAM_GRAPH_URL: `${scheme}://127.0.0.1:${String(port)}`,
      PROXY_DEADLINE_MS: String(DEADLINE_MS),
    });
  };
  const expectClosed = async (): Promise<void> => {
    const answer = await service?.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true });
    expect(answer?.json).toMatchObject({ ok: false });
    // undici replaces a closed connection by an unused one.
    const used = (): Socket[] => [...open].filter(({ bytesRead }) => bytesRead > 0);
    for (const end = performance.now() + LATEST_MS; used().length > 0 && performance.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(used()).toEqual([]);
  };

  it.each(ANSWERS)('when it answers with %s', async (_, answer) => {
    await start('http', (socket) => {
      socket.once('data', () => {
        answer(socket);
      });
    });
    await expectClosed();
  });

  it('when its TLS handshake never ends', async () => {
    await start('https', (socket) => socket.resume());
    await expectClosed();
  });
});
