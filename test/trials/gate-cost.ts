import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../../bench/load/load.js';
import { LOAD_CORE, SERVER_CORE } from '../../bench/machine.js';
import { ServerProcess } from '../../bench/processes/server-process.js';
import { CREDENTIALS_KEYS } from '../../bench/workload/accounts.js';
import { CallCycle } from '../../bench/workload/call-cycle.js';
import { listHearts, RequestBuilder } from '../../bench/workload/requests.js';
import { Clock } from '../../src/common/clock.js';
import { Deadline } from '../../src/common/deadline.js';
import { ElapsedTime } from '../../src/common/elapsed-time.js';
import { EventLog } from '../../src/common/logging/event-log.js';
import { loadConfiguration } from '../../src/config/index.js';
import { Gate } from '../../src/gate/gate.js';
import { Holds } from '../../src/gate/holds.js';
import { SharedRows } from '../../src/gate/shared-rows.js';
import { Database } from '../../src/ledger/database/database.js';
import { GateHolds } from '../../src/ledger/gate/gate-holds.js';
import { GatePaces, type PaceClaim, type PaceGrant } from '../../src/ledger/gate/gate-paces.js';
import { LedgerTime } from '../../src/ledger/database/ledger-time.js';
import { median } from '../support/figures.js';
import { PROCESS_SETTINGS } from '../support/main.js';
import { TestPostgres } from '../support/postgres.js';
import { ROOT } from '../support/run.js';

/** Enough accounts that the pace refuses and delays no call. */
const ACCOUNTS = 2048;
const POSTS = 16;
const CONNECTIONS = 32;
/** For each account in a round; the pace grants 10 at once right after a start. */
const LIKES_EACH = 8;
const CALLS = ACCOUNTS * LIKES_EACH;
const ROUNDS = 3;
/** Enough that the compiler of Node is done. */
const WARM_UP_LIKES = 4000;
const SLICE_LIKES = 1500;
const DEADLINE_MS = 8000;
const SHARE_MAX = 0.1;
/** The part of the measured calls that may pass without the database. */
const FALLBACK_MAX = 0.05;
const USAGE = { app: undefined, account: { percent: 1, regainMs: undefined } };

interface Figures {
  readonly database: string;
  readonly 'gate µs': number;
  readonly 'like µs': number;
  readonly 'share %': number;
  readonly 'likes a second': number;
}

/** Counts the calls that the database granted: a gate without an answer works from memory. */
class CountedPaces extends GatePaces {
  granted = 0;

  override async claim(claim: PaceClaim): Promise<PaceGrant> {
    const grant = await super.claim(claim);
    this.granted += grant.granted;
    return grant;
  }
}

/**
 * Compares the CPU time of the gate for one like with that of a whole like, on both databases. The
 * gate runs in this process, the like in a service process. The kernel counts the time of all
 * threads. PostgreSQL's own time is not counted.
 */
export default async function gateCost(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'gate-cost-'));
  const postgres = await TestPostgres.start();
  const origin = await ServerProcess.start({
    script: join(ROOT, 'bench/origin/main.ts'),
    core: LOAD_CORE,
    nodeOptions: ['--import', 'tsx'],
    cwd: ROOT,
    ready: /^ready (http:\S+)/m,
    logFile: join(folder, 'origin.log'),
  });
  try {
    const hearts = listHearts({ accounts: ACCOUNTS, posts: POSTS });
    const requests = new RequestBuilder().likes(hearts);
    const figures: Figures[] = [];
    for (const database of ['SQLite', 'PostgreSQL']) {
      const makeUrl = (): Promise<string> =>
        database === 'SQLite' ? Promise.resolve('sqlite::memory:') : postgres.makeDatabase();
      const gate = await measureGate(await makeUrl());
      const like = await measureLike(await makeUrl(), origin.url, requests, folder);
      figures.push({
        database,
        'gate µs': round(gate),
        'like µs': round(like.micros),
        'share %': round((100 * gate) / like.micros),
        'likes a second': Math.round(like.perSecond),
      });
    }
    console.table(figures);
    return figures.every((each) => each['share %'] <= 100 * SHARE_MAX);
  } finally {
    await origin.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  }
}

/** The median CPU time of one call that enters, starts and leaves, in microseconds. */
async function measureGate(url: string): Promise<number> {
  const database = new Database(loadConfiguration({ ...PROCESS_SETTINGS, DATABASE_URL: url }));
  await database.onModuleInit();
  const [clock, log] = [new Clock(), new EventLog('silent')];
  const rows = new SharedRows(log);
  const time = new LedgerTime(database, clock);
  const paces = new CountedPaces(database, time);
  rows.connect({ holds: new GateHolds(database, time), paces });
  const gate = new Gate(new Holds(rows, clock, log), rows, new ElapsedTime(), {
    instagramMaxConnections: 1000,
  });
  let next = 0;
  const worker = async (end: number): Promise<void> => {
    while (next < end) {
      const index = (next += 1);
      const account = Math.floor(index / CALLS) * ACCOUNTS + (index % ACCOUNTS);
      const pass = await gate.enter({
        igUserId: `178414${String(account).padStart(11, '0')}`,
        token: `token-${String(account)}`,
        kind: 'like',
        isBackground: false,
        deadline: new Deadline(DEADLINE_MS),
      });
      await pass.start();
      pass.check();
      pass.leave({ kind: 'answered', usage: USAGE });
    }
  };
  try {
    const slices: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const before = process.cpuUsage();
      const end = next + CALLS;
      await Promise.all(Array.from({ length: CONNECTIONS }, () => worker(end)));
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round > 0) slices.push((user + system) / CALLS);
    }
    if (paces.isShared && paces.granted < next * (1 - FALLBACK_MAX)) {
      throw new Error(`the database granted only ${String(paces.granted)} of ${String(next)}`);
    }
    return median(slices);
  } finally {
    await database.onApplicationShutdown();
  }
}

/** The median CPU time of a like in a service process, in microseconds. */
async function measureLike(
  url: string,
  origin: string,
  requests: readonly Buffer[],
  folder: string,
): Promise<{ micros: number; perSecond: number }> {
  const service = await ServerProcess.start({
    script: join(ROOT, 'dist/main.js'),
    core: SERVER_CORE,
    env: {
      ...PROCESS_SETTINGS,
      NODE_ENV: 'production',
      CREDENTIALS_KEYS,
      DATABASE_URL: url,
      INSTAGRAM_GRAPH_URL: origin,
    },
    cwd: ROOT,
    ready: /"service\.started","address":"(http:[^"\s]+)/,
    logFile: join(folder, 'service.log'),
  });
  const calls = new CallCycle(requests);
  const send = async (likes: number): Promise<{ micros: number; perSecond: number }> => {
    const [cpu, begun, first] = [service.cpuMicros, performance.now(), calls.position];
    while (calls.position - first < likes) {
      const {
        refused,
        broken,
        sample = '',
      } = await load({
        url: service.url,
        calls,
        connections: CONNECTIONS,
        leadInSeconds: 0,
        seconds: 1,
      });
      const failed = refused + broken;
      if (failed > 0) throw new Error(`${String(failed)} likes failed: ${sample}`);
    }
    const count = calls.position - first;
    return {
      micros: (service.cpuMicros - cpu) / count,
      perSecond: (1000 * count) / (performance.now() - begun),
    };
  };
  try {
    await send(WARM_UP_LIKES);
    const slices: { micros: number; perSecond: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) slices.push(await send(SLICE_LIKES));
    return {
      micros: median(slices.map(({ micros }) => micros)),
      perSecond: median(slices.map(({ perSecond }) => perSecond)),
    };
  } finally {
    await service.stop();
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
