import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Deadline } from '../common/deadline.js';
import type { Configuration } from '../config/index.js';
import { Secret } from '../domain/secret.js';
import { GraphConnections } from './graph-connections.js';
import { GraphExchange } from './graph-exchange.js';
import { GraphTransport, QUEUED_MAX } from './graph-transport.js';

const LATE = { code: 'deadline_exceeded', effect: 'none', log: { sent: false } };

describe('GraphTransport', () => {
  let server: Server;
  let received: (string | undefined)[];
  let accepted: number;
  let connections: GraphConnections;
  let transport: GraphTransport;

  const send = (path: string, deadline: Deadline): Promise<unknown> =>
    transport.send({ method: 'POST', path, token: new Secret('token'), deadline });

  beforeEach(async () => {
    received = [];
    accepted = 0;
    server = createServer(({ url }, response) => {
      received.push(url);
      if (url !== '/v1/hanging') response.end('{}');
    });
    server.on('connection', () => (accepted += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const configuration = {
      instagramGraphUrl: `http://127.0.0.1:${String(port)}`,
      instagramGraphVersion: 'v1',
      instagramMaxConnections: 1,
      proxyDeadlineMs: 5000,
    } as Configuration;
    connections = new GraphConnections(configuration);
    transport = new GraphTransport(connections, configuration);
    // The connection is open from now on, so a call is written as soon as it is dispatched.
    await send('/first', new Deadline(5000));
    // undici uses a connection again one turn of the event loop after its last answer.
    await sleep(20);
  });
  afterEach(async () => {
    await connections.onApplicationShutdown();
    server.close();
  });

  it('sends nothing after the deadline', async () => {
    await expect(send('/late', new Deadline(0))).rejects.toMatchObject(LATE);
    await send('/last', new Deadline(5000));
    expect(received).toEqual(['/v1/first', '/v1/last']);
  });

  it('sends nothing if the deadline passes before the timer runs', async () => {
    const deadline = new Deadline(5);
    const exchange = new GraphExchange(deadline, () => undefined);
    while (!deadline.passed);
    connections.pool.dispatch({ method: 'POST', path: '/late', body: null }, exchange);
    await expect(exchange.answer).rejects.toMatchObject(LATE);
    await send('/last', new Deadline(5000));
    expect(received).toEqual(['/v1/first', '/v1/last']);
  });

  it('sends nothing that the gate refuses once the request has a connection', async () => {
    const closed = new Error('Meta refuses the account');
    const deadline = new Deadline(5000);
    const request = { method: 'POST' as const, path: '/closed', deadline };
    await expect(transport.send(request, () => closed)).rejects.toBe(closed);
    await send('/last', new Deadline(5000));
    expect(received).toEqual(['/v1/first', '/v1/last']);
  });

  it('keeps the connection for the next request when it sends nothing', async () => {
    const closed = new Error('Meta refuses the account');
    const deadline = new Deadline(5000);
    const refused = Array.from({ length: 3 }, () =>
      transport.send({ method: 'POST', path: '/closed', deadline }, () => closed),
    );
    const last = send('/last', deadline);
    for (const each of refused) await expect(each).rejects.toBe(closed);
    await last;
    expect([received, accepted]).toEqual([['/v1/first', '/v1/last'], 1]);
  });

  it('keeps a bounded number of requests that wait for a connection', async () => {
    // All requests of one turn of the event loop wait.
    const results = Promise.allSettled([
      send('/hanging', new Deadline(1000)),
      ...Array.from({ length: QUEUED_MAX }, () => send('/waiting', new Deadline(500))),
      send('/refused', new Deadline(500)),
    ]);
    const codes = (await results).map((result) =>
      result.status === 'rejected' ? (result.reason as { code: string }).code : 'ok',
    );
    expect(codes.filter((code) => code === 'platform_unavailable')).toHaveLength(2);
    expect(codes.filter((code) => code === 'ok')).toEqual([]);
    await send('/last', new Deadline(5000));
    expect(received).not.toContain('/v1/waiting');
  });
});
