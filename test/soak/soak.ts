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
import { median } from '../support/figures.js';
import { sealOmniwear } from '../support/account.js';
import { type InstagramProcess, startInstagramProcess } from '../support/instagram-process.js';
import { MixedLoad } from '../support/load.js';
import { PROCESS_SETTINGS, startMain } from '../support/main.js';

/** Growth of the lowest memory that is no leak. */
const GROWTH_MAX = 0.1;
/** The share of the minutes after the warm-up whose lowest memory is compared. */
const COMPARED_SHARE = 1 / 3;
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
  /** The lowest and the highest sample. The garbage collector makes the difference. */
  readonly rssMinMb: number;
  readonly rssMaxMb: number;
  /** The median of the samples. */
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
    rssMinMb: Math.min(...samples.map(({ rss }) => rss)),
    rssMaxMb: Math.max(...samples.map(({ rss }) => rss)),
    handles: median(samples.map(({ handles }) => handles)),
    calls: load.calls - callsBefore,
    failed: load.failed - failedBefore,
  };
}

/**
 * Compares the last minutes with the first ones after the warm-up. Memory is compared by its lowest
 * sample: it goes up and down with the garbage collector, and a leak raises the lowest one.
 */
function judge(minutes: readonly Minute[]): boolean {
  const warmUp = Math.min(WARM_UP_MAX, Math.floor(minutes.length * WARM_UP_SHARE));
  const warm = minutes.slice(warmUp);
  const compared = Math.floor(warm.length * COMPARED_SHARE);
  if (compared === 0) throw new Error('let it run for at least four minutes');
  const [first, last] = [warm.slice(0, compared), warm.slice(-compared)];
  const lowest = (some: readonly Minute[]): number =>
    Math.min(...some.map(({ rssMinMb }) => rssMinMb));
  const mostHandles = (some: readonly Minute[]): number =>
    Math.max(...some.map(({ handles }) => handles));
  const growth = lowest(last) / lowest(first) - 1;
  const moreHandles = mostHandles(last) - mostHandles(first);
  const failed = minutes.reduce((sum, minute) => sum + minute.failed, 0);
  console.table({
    'minutes of warm-up': warmUp,
    'minutes compared': compared,
    'lowest memory first, MB': lowest(first),
    'lowest memory last, MB': lowest(last),
    'growth of memory, %': Math.round(growth * 1000) / 10,
    'most handles first': mostHandles(first),
    'most handles last': mostHandles(last),
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
