import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CapturedLog } from '../../test/support/capture.js';
import { Clock } from '../common/clock.js';
import { Deadline } from '../common/deadline.js';
import { ElapsedTime } from '../common/elapsed-time.js';
import { Secret } from '../domain/secret.js';
import { Gate } from '../gate/gate.js';
import { Holds } from '../gate/holds.js';
import { SharedRows } from '../gate/shared-rows.js';
import { GraphApi } from './graph-api.js';
import type { GraphCaller, Purpose } from './graph-call.js';
import { GraphConnections } from './graph-connections.js';
import { GraphGate } from './graph-gate.js';
import { GraphTransport } from './graph-transport.js';
import { LoginTransport } from './login-transport.js';

/** The account has used so much of its limit that a pull gives way to an agent. */
const USAGE = JSON.stringify({ 1: [{ type: 'instagram', call_count: 94 }] });

describe('GraphApi', () => {
  let server: Server;
  let connections: GraphConnections;
  let api: GraphApi;

  beforeEach(async () => {
    server = createServer((_, response) => {
      response.setHeader('x-business-use-case-usage', USAGE).end('{"id":"5"}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const settings = {
      instagramGraphUrl: `http://127.0.0.1:${String(port)}`,
      instagramGraphVersion: 'v1',
      instagramMaxConnections: 8,
      metaAppSecret: undefined,
    } as unknown as ConstructorParameters<typeof GraphTransport>[1];
    const all = settings as never;
    connections = new GraphConnections(all);
    const { log } = new CapturedLog();
    const rows = new SharedRows(log);
    const gate = new Gate(new Holds(rows, new Clock(), log), rows, new ElapsedTime(), all);
    const transport = new GraphTransport(connections, settings);
    api = new GraphApi(transport, new GraphGate(gate), new LoginTransport(all), all);
  });
  afterEach(async () => {
    await connections.onApplicationShutdown();
    server.close();
  });

  const read = (purpose: Purpose): Promise<unknown> => {
    const deadline = new Deadline(3000);
    const caller: GraphCaller = { token: new Secret('token'), deadline, igUserId: '1', purpose };
    return api.call({ method: 'GET', path: '/5', subject: 'media' }, caller);
  };

  it("answers an agent's read although the gate refuses the same read of a pull", async () => {
    await read('agent');
    const [pull, agent] = await Promise.allSettled([read('pull'), read('agent')]);
    expect(pull).toMatchObject({ status: 'rejected', reason: { code: 'rate_limited' } });
    expect(agent).toEqual({ status: 'fulfilled', value: { id: '5' } });
  });
});
