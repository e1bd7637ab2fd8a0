import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connect as connectTls } from 'node:tls';
import { loopbackCertificate } from '../../../sandbox/certificate.js';
import { CapturedLog } from '../../../test/support/capture.js';
import { Connections } from './connections.js';
import { HandleShortage } from './handle-shortage.js';

const MAX = 10;
/** The number of connections from which waiting ones are shed. */
const SHED_AT = 9;
const REQUEST = 'GET / HTTP/1.1\r\nhost: channel.example\r\n\r\n';
const SLOW_REQUEST = 'POST / HTTP/1.1\r\nhost: channel.example\r\ncontent-length: 9\r\n\r\n';

describe.each(['http', 'https'])('Connections of a server over %s', (scheme) => {
  let server: Server;
  let logs: CapturedLog;
  let connections: Connections;
  let now: number;
  let answers: ServerResponse[];
  let tls: Awaited<ReturnType<typeof loopbackCertificate>>;
  /** Called when the server has accepted or refused a connection. */
  let settle = (): void => undefined;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    tls = await loopbackCertificate();
  });
  const listen = async (): Promise<void> => {
    server = scheme === 'http' ? createServer() : createTlsServer(tls);
    logs = new CapturedLog();
    now = 0;
    answers = [];
    const { log } = logs;
    connections = new Connections(server, {
      max: MAX,
      log,
      shortage: new HandleShortage(log),
      now: () => now,
    });
    // Answers wait until a test ends them.
    server.on('request', (_request, response) => answers.push(response));
    server.on(scheme === 'http' ? 'connection' : 'secureConnection', () => {
      settle();
    });
    server.on('drop', () => {
      settle();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  };
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  /** A client whose connection the server has accepted or refused. */
  const open = async (): Promise<Socket> => {
    const { port } = server.address() as AddressInfo;
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false };
    const socket = scheme === 'http' ? connect(options) : connectTls(options);
    sockets.push(socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => {
      settle = resolve;
    });
    return socket;
  };
  const openMany = async (count: number): Promise<Socket[]> => {
    const opened = [];
    for (let index = 0; index < count; index += 1) opened.push(await open());
    return opened;
  };
  const send = async (socket: Socket, text = REQUEST): Promise<void> => {
    const arrived = once(server, 'request');
    socket.write(text);
    await arrived;
  };
  const isClosed = async (socket: Socket | undefined): Promise<boolean> => {
    if (socket?.closed === false) await new Promise((resolve) => socket.once('close', resolve));
    return true;
  };

  it('sheds the connections that have waited longest, and logs it', async () => {
    await listen();
    const [first, second, ...others] = await openMany(SHED_AT);
    await openMany(2);
    expect(await isClosed(first)).toBe(true);
    expect(await isClosed(second)).toBe(true);
    expect(others.map(({ closed }) => closed)).not.toContain(true);
    expect(logs.events('connections.shed')).toMatchObject([{ count: 1, max: MAX }]);
  });

  it('counts the wait from the last answer', async () => {
    await listen();
    const [first, second] = await openMany(SHED_AT);
    if (first === undefined) throw new Error('no connection');
    await send(first);
    const answered = once(first, 'data');
    answers[0]?.end('done');
    await answered;
    await open();
    expect(await isClosed(second)).toBe(true);
    expect(first.closed).toBe(false);
  });

  it('never sheds a connection with a running request, and refuses others when full', async () => {
    await listen();
    const running = await openMany(MAX);
    for (const socket of running.slice(1)) await send(socket);
    // The first one was shed for the last one. Now all are busy, except one more.
    const free = await open();
    await send(free);
    const refused = await open();
    expect(await isClosed(refused)).toBe(true);
    expect(logs.events('connections.refused')).toMatchObject([{ count: 1, open: MAX, max: MAX }]);
    now = 60_000;
    await isClosed(await open());
    expect([...running.slice(1), free].map(({ closed }) => closed)).not.toContain(true);
  });

  it('sheds a request whose body does not arrive, when all others are busy', async () => {
    await listen();
    const [slow, ...busy] = await openMany(SHED_AT);
    if (slow === undefined) throw new Error('no connection');
    await send(slow, SLOW_REQUEST);
    for (const socket of busy) await send(socket);
    now = 1999;
    await send(await open());
    expect(await isClosed(await open())).toBe(true);
    expect(slow.closed).toBe(false);
    now = 2000;
    await open();
    expect(await isClosed(slow)).toBe(true);
    expect(busy.map(({ closed }) => closed)).not.toContain(true);
  });

  it('closes late connections while the server closes, and no running request', async () => {
    await listen();
    const [silent, slow, running] = await openMany(3);
    if (silent === undefined || slow === undefined || running === undefined) {
      throw new Error('no connection');
    }
    await send(slow, SLOW_REQUEST);
    await send(running);
    now = 10_000;
    connections.closeLate(1000, 10_000);
    expect(await isClosed(silent)).toBe(true);
    expect(await isClosed(slow)).toBe(true);
    expect(running.closed).toBe(false);
  });
});

describe('HandleShortage', () => {
  it('logs the first shortage at once and counts the next ones', () => {
    const logs = new CapturedLog();
    const shortage = new HandleShortage(logs.log);
    shortage.noteFailure({ network_error: 'ECONNRESET' });
    shortage.noteFailure({});
    expect(logs.events('handles.exhausted')).toEqual([]);
    shortage.noteFailure({ network_error: 'EMFILE' });
    shortage.noteFailure({ database_code: 'ENFILE' });
    expect(logs.events('handles.exhausted')).toMatchObject([{ count: 1, level: 'error' }]);
  });
});
