/**
 * Runs the service for a long time under a mixed load, and prints its memory, handles, calls and
 * errors every minute. Fails if memory or handles grow after the warm-up.
 *
 *   npm run soak -- --minutes 30 --rate 40
 */
import { readdirSync, readFileSync, rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sealOmniwear } from '../support/account.js';
import { type InstagramProcess, startInstagramProcess } from '../support/instagram-process.js';
import { MixedLoad } from '../support/load.js';
import { PROCESS_SETTINGS, startMain } from '../support/main.js';

/** Growth that counts as noise of the garbage collector. */
const GROWTH_MAX = 0.1;
/** Handles come and go with connections that wait for their next call. */
const HANDLES_SLACK = 10;
const SAMPLE_EVERY_MS = 5000;
const MINUTE_MS = 60_000;
/** Caches fill and code is compiled: a quarter of the run, at most five minutes. */
const WARM_UP_SHARE = 0.25;
const WARM_UP_MAX = 5;
const POSTS = 100;
const COMMENTS_ON_EACH = 10;

interface Minute {
  readonly minute: number;
  /** The median of the minute's samples. */
  readonly rssMb: number;
  readonly handles: number;
  readonly calls: number;
  readonly failed: number;
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '40' },
  },
});
process.exitCode = (await soak(Number(values.minutes), Number(values.rate))) ? 0 : 1;

async function soak(minutes: number, rate: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const instagram = await startInstagramProcess(POSTS, COMMENTS_ON_EACH);
  const service = await startMain({
    ...PROCESS_SETTINGS,
    DATABASE_URL: `sqlite:${join(folder, 'channel.db')}`,
    INSTAGRAM_GRAPH_URL: instagram.url,
  });
  const { posts } = instagram;
  const load = new MixedLoad({ url: service.url, metadata: await sealOmniwear(), posts });
  const stop = callSteadily(load, rate);
  try {
    const measured: Minute[] = [];
    for (let minute = 1; minute <= minutes; minute += 1) {
      const figures = await watchMinute(minute, service.process.pid ?? 0, load, instagram);
      console.log(JSON.stringify(figures));
      // Only this process needs the lines, and it must not be the one that grows.
      service.lines.length = 0;
      measured.push(figures);
    }
    console.table(Object.fromEntries([...load.outcomes].sort()));
    return judge(measured);
  } finally {
    await stop();
    await service.stop();
    await instagram.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Starts calls at a steady rate, however long each one needs. Returns how to stop. */
function callSteadily(load: MixedLoad, rate: number): () => Promise<void> {
  const running = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const call = load.call();
    running.add(call);
    void call.finally(() => running.delete(call));
  }, 1000 / rate);
  return async () => {
    clearInterval(timer);
    await Promise.all(running);
  };
}

async function watchMinute(
  minute: number,
  pid: number,
  load: MixedLoad,
  instagram: InstagramProcess,
): Promise<Minute> {
  const [callsBefore, failedBefore] = [load.calls, load.failed];
  const samples: { rss: number; handles: number }[] = [];
  for (const end = performance.now() + MINUTE_MS; performance.now() < end;) {
    await sleep(SAMPLE_EVERY_MS);
    samples.push({ rss: readRssMb(pid), handles: countHandles(pid) });
  }
  await instagram.forgetCalls();
  return {
    minute,
    rssMb: median(samples.map(({ rss }) => rss)),
    handles: median(samples.map(({ handles }) => handles)),
    calls: load.calls - callsBefore,
    failed: load.failed - failedBefore,
  };
}

/** Compares each minute after the warm-up with the first of them. */
function judge(minutes: readonly Minute[]): boolean {
  const warmUp = Math.min(WARM_UP_MAX, Math.floor(minutes.length * WARM_UP_SHARE));
  const [first, ...later] = minutes.slice(warmUp);
  if (first === undefined || later.length === 0) throw new Error('let it run for longer');
  const growth = Math.max(...later.map(({ rssMb }) => rssMb)) / first.rssMb - 1;
  const moreHandles = Math.max(...later.map(({ handles }) => handles)) - first.handles;
  const failed = minutes.reduce((sum, minute) => sum + minute.failed, 0);
  console.table({
    'warm-up, minutes': warmUp,
    'memory after it, MB': first.rssMb,
    'most growth of memory, %': Math.round(growth * 1000) / 10,
    'handles after it': first.handles,
    'most growth of handles': moreHandles,
    'calls that failed': failed,
  });
  return growth <= GROWTH_MAX && moreHandles <= HANDLES_SLACK && failed === 0;
}

function readRssMb(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 102.4) / 10;
}

function countHandles(pid: number): number {
  return readdirSync(`/proc/${String(pid)}/fd`).length;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
