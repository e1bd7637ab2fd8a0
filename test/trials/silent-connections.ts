import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { createInstagram } from '../../sandbox/instagram/server.js';
import { readEvents } from '../../src/common/logging/log-reader.js';
import { median, quantile } from '../support/figures.js';
import { sealOmniwear } from '../support/account.js';
import { PROCESS_SETTINGS, startMain } from '../support/main.js';

/** The limit of many systems. */
const HANDLES = 1024;
/** 100 more than the process has handles. */
const SILENT = 1124;
const CALL_EVERY_MS = 20;
/** Longer than the 10 seconds that a silent connection may live. */
const WATCHED_MS = 14_000;
/** How long the call hangs at Instagram that was running before the flood. */
const RUNNING_MS = 6000;

/**
 * More silent connections than the process has handles, as a broken or hostile client opens them:
 * calls on new connections succeed all the time, and a call that was running before is answered.
 */
export default async function silentConnections(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'silent-'));
  const { app, faults } = createInstagram();
  const instagramUrl = await app.listen({ port: 0, host: '127.0.0.1' });
  const metadata = await sealOmniwear();
  const environment = {
    ...PROCESS_SETTINGS,
    DATABASE_URL: `sqlite:${join(folder, 'channel.db')}`,
    INSTAGRAM_GRAPH_URL: instagramUrl,
  };
  const service = await startMain(environment, undefined, HANDLES);
  const silent: Socket[] = [];
  try {
    faults.arm({ fault: { kind: 'delay', ms: RUNNING_MS }, times: 1 });
    const heart = { media_id: OMNIWEAR.photoId, liked: true };
    const running = service.proxy('/like', heart, metadata).catch(String);
    await sleep(300);
    const { port } = new URL(service.url);
    for (let count = 0; count < SILENT; count += 1) {
      silent.push(connect(Number(port), '127.0.0.1').on('error', () => undefined));
    }
    const begun = performance.now();
    const calls: Promise<{ at: number; outcome: string; ms: number }>[] = [];
    while (performance.now() - begun < WATCHED_MS) {
      calls.push(call(service.url, metadata, begun));
      await sleep(CALL_EVERY_MS);
    }
    const done = await Promise.all(calls);
    const failed = done.filter(({ outcome }) => outcome !== '200');
    const times = done.map(({ ms }) => ms);
    const log = service.lines.join('\n');
    const shed = readEvents(log, 'connections.shed');
    const answer = await running;
    const isAnswered = typeof answer === 'object' && answer.ok === true;
    console.table({
      handles: HANDLES,
      'silent connections': SILENT,
      calls: done.length,
      'failed calls': failed.length,
      'first failure after ms': Math.round(Math.min(...failed.map(({ at }) => at))),
      'last failure after ms': Math.round(Math.max(...failed.map(({ at }) => at))),
      'median ms': Math.round(median(times)),
      'longest ms': Math.round(quantile(times, 1)),
      'running call answered': isAnswered,
      'connections.shed lines': shed.length,
      'connections shed': shed.reduce((sum, { count }) => sum + Number(count), 0),
      'connections.refused lines': readEvents(log, 'connections.refused').length,
      'handles.exhausted lines': readEvents(log, 'handles.exhausted').length,
      'warned at start': readEvents(log, 'service.few_handles').length === 1,
    });
    return failed.length === 0 && isAnswered && shed.length > 0;
  } finally {
    for (const socket of silent) socket.destroy();
    await service.stop();
    await app.close();
    rmSync(folder, { recursive: true });
  }
}

/** One call on a connection of its own. */
function call(
  url: string,
  metadata: string,
  begun: number,
): Promise<{ at: number; outcome: string; ms: number }> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const end = (outcome: string): void => {
      const ms = performance.now() - startedAt;
      resolve({ at: startedAt - begun, outcome, ms });
    };
    const body = new URLSearchParams({
      instance_metadata: metadata,
      client_data: JSON.stringify({ media_id: OMNIWEAR.photoId }),
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const options = { method: 'POST', headers, agent: new Agent() };
    request(`${url}/like/state`, options, (answer) => {
      answer.resume().once('end', () => {
        end(String(answer.statusCode));
      });
    })
      .once('error', ({ code }: NodeJS.ErrnoException) => {
        end(code ?? 'network error');
      })
      .end(body);
  });
}
