import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sealOmniwear } from '../support/account.js';
import { PROCESS_SETTINGS, startMain } from '../support/main.js';
import { TestPostgres } from '../support/postgres.js';
import { AnswerTimes } from './answer-times.js';
import { startInstagram } from './trial-instagram.js';

const DEADLINE_MS = 3000;
/** The budget of a pull (the shortest), and its rest. */
const PULL_BUDGET_MS = 5000;
const PULL_MS = PULL_BUDGET_MS + 2000;
const HEALTH_MS = 2000;
const TOLERANCE_MS = 50;
const LIMITS = {
  '/like': DEADLINE_MS + TOLERANCE_MS,
  '/like/state': DEADLINE_MS + TOLERANCE_MS,
  '/media': DEADLINE_MS + TOLERANCE_MS,
  '/channelback': DEADLINE_MS + TOLERANCE_MS,
  '/pull': PULL_MS + TOLERANCE_MS,
  '/dashboard': 10_000 + TOLERANCE_MS,
  '/health/ready': HEALTH_MS + TOLERANCE_MS,
  '/health/live': TOLERANCE_MS,
};
const ROUNDS = 6;
const CALLERS = 5;
/** Between two callers: a burst of calls would measure the trial's own process. */
const SPACE_MS = 50;
/** After the database answers again. */
const RECOVERY_MS = 5000;

interface Hang {
  begin(): Promise<void>;
  end(): void;
}

/**
 * The database hangs: its processes are halted, or the network to it is silent. Every answer comes
 * within its deadline, none has status 500, and the service works again soon after.
 */
export default async function hungDatabase(): Promise<boolean> {
  const [postgres, instagram, metadata] = await Promise.all([
    TestPostgres.start(),
    startInstagram(200),
    sealOmniwear(),
  ]);
  const relay = await startRelay(postgres.port);
  const direct = await postgres.makeDatabase();
  const relayed = (await postgres.makeDatabase()).replace(String(postgres.port), relay.port);
  const hangs: [string, string, Hang][] = [
    ['halted processes', direct, haltProcesses(postgres)],
    ['a silent network', relayed, relay],
  ];
  const held: boolean[] = [];
  try {
    for (const [name, url, hang] of hangs) {
      console.log(`PostgreSQL hangs: ${name}`);
      held.push(await tryHang(url, hang, { instagram, metadata }));
    }
    return held.every(Boolean);
  } finally {
    relay.stop();
    await Promise.all([postgres.stop(), instagram.stop()]);
  }
}

async function tryHang(
  url: string,
  hang: Hang,
  given: { instagram: { url: string; posts: readonly string[] }; metadata: string },
): Promise<boolean> {
  const { instagram, metadata } = given;
  const service = await startMain({
    ...PROCESS_SETTINGS,
    DATABASE_URL: url,
    INSTAGRAM_GRAPH_URL: instagram.url,
    PROXY_DEADLINE_MS: String(DEADLINE_MS),
    PULL_BUDGET_MS: String(PULL_BUDGET_MS),
  });
  const times = new AnswerTimes(service.url);
  const proxied = (data: object): Record<string, string> => ({
    instance_metadata: metadata,
    client_data: JSON.stringify(data),
  });
  const post = (index: number): string => instagram.posts[index % instagram.posts.length] ?? '';
  const callAll = (index: number): Promise<unknown>[] => [
    times.call('/like', proxied({ media_id: post(index), liked: 'true' })),
    times.call('/like/state', proxied({ media_id: post(index) })),
    times.call('/media', proxied({ media_id: post(index) })),
    times.call('/pull', { metadata, state: '' }),
    times.call('/channelback', {
      metadata,
      message: 'Thank you',
      parent_id: `media:${post(index)}`,
      request_unique_identifier: `r${String(index)}`,
    }),
    times.call('/dashboard'),
    times.call('/health/ready'),
    times.call('/health/live'),
  ];
  try {
    // Connections are open, and calls are in progress, when the database hangs.
    await Promise.all(callAll(199));
    const waiting: Promise<unknown>[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let caller = 0; caller < CALLERS; caller += 1) {
        waiting.push(...callAll(round * CALLERS + caller));
        await sleep(SPACE_MS);
      }
      if (round === 0) await hang.begin();
      await sleep(250);
    }
    await Promise.all(waiting);
    hang.end();
    const isInTime = times.report(LIMITS);
    return (
      (await recovers(times, () => proxied({ media_id: post(198), liked: 'true' }))) && isInTime
    );
  } finally {
    hang.end();
    await service.stop();
  }
}

async function recovers(times: AnswerTimes, like: () => Record<string, string>): Promise<boolean> {
  const begun = performance.now();
  while (performance.now() - begun < RECOVERY_MS) {
    const { outcome } = await times.call('/like', like());
    if (outcome.includes('ok')) {
      console.log(`works again after ${String(Math.round(performance.now() - begun))} ms`);
      return true;
    }
    await sleep(50);
  }
  console.log('does not work again');
  return false;
}

/** Halts the server and its processes, as a debugger or a frozen machine does. */
function haltProcesses(postgres: TestPostgres): Hang {
  let pids: number[] = [];
  return {
    begin: async () => {
      const rows = await postgres.query('postgres', 'select pid from pg_stat_activity');
      const parent = rows
        .map(({ pid }) => readParent(Number(pid)))
        .find((pid) => pid !== undefined && pid !== process.pid);
      if (parent === undefined) throw new Error('the server has no process');
      const path = `/proc/${String(parent)}/task/${String(parent)}/children`;
      const children = readFileSync(path, 'utf8').trim().split(' ').map(Number);
      pids = [parent, ...children];
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
    },
    end: () => {
      for (const pid of pids.splice(0)) process.kill(pid, 'SIGCONT');
    },
  };
}

/** The parent of a process that still runs. */
function readParent(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
  } catch {
    return undefined;
  }
}

/** Forwards bytes to the server. While it hangs, it accepts connections and forwards nothing. */
async function startRelay(to: number): Promise<Hang & { port: string; stop: () => void }> {
  const sockets = new Set<Socket>();
  let isSilent = false;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (isSilent) return;
    const far = keep(connect(to, '127.0.0.1'));
    near.on('data', (bytes) => isSilent || far.write(bytes));
    far.on('data', (bytes) => isSilent || near.write(bytes));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: String((server.address() as AddressInfo).port),
    begin: () => {
      isSilent = true;
      return Promise.resolve();
    },
    end: () => {
      isSilent = false;
      // The machine is back, and does not know the old connections.
      for (const socket of sockets) socket.destroy();
    },
    stop: () => {
      server.close();
    },
  };
}
