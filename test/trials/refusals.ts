import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { OMNIWEAR_ACCOUNT } from '../../sandbox/omniwear-account.js';
import { sealAccount } from '../support/account.js';
import { quantile } from '../support/figures.js';
import { type MainProcess, PROCESS_SETTINGS, startMain } from '../support/main.js';
import { TestPostgres } from '../support/postgres.js';
import { NEW_TOKEN, type Refusal, RefusingInstagram, type Report } from './refusing-instagram.js';

const CALLERS = 200;
const LASTS_MS = 10_000;
/** How long the account works before Instagram refuses it, in the runs with a known account. */
const WARM_UP_MS = 2000;
/** Calls that each process sends after the first refusal has reached it. */
const SENT_AFTER_MAX = 3;
/**
 * Calls of each process that reach Instagram after it sent the first refusal to any process. An
 * account in use has more: those that were on their way to Instagram.
 */
const ARRIVALS_MAX = 3;
/** The same if 200 calls with a dead token come at once. */
const ARRIVALS_AT_ONCE_MAX = 1;
/** Calls one after the other while the gate is closed and nothing else runs. */
const QUIET_CALLS = 100;
/** The median time of those, on an idle machine. */
const QUIET_MAX_MS = 50;

/** The calls of the mix, and the data of those that Zendesk proxies. */
const KINDS = ['/like', '/media', '/account', '/pull'] as const;
const DATA = {
  '/like': (media_id: string | undefined): object => ({ media_id, liked: true }),
  '/media': (media_id: string | undefined): object => ({ media_id }),
  '/account': (): object => ({}),
};

const BUSINESS_USAGE = {
  type: 'instagram',
  call_count: 100,
  total_cputime: 1,
  total_time: 1,
  estimated_time_to_regain_access: 30,
};
const APP_USAGE = { call_count: 100, total_cputime: 1, total_time: 1 };

const REFUSALS: Readonly<Record<string, Refusal>> = {
  '190': 'dead token',
  '368': { kind: 'graph_error', code: 368 },
  '4/2207051': { kind: 'graph_error', code: 4, subcode: 2207051 },
  '80002, 30 minutes': {
    kind: 'graph_error',
    code: 80002,
    headers: {
      'x-business-use-case-usage': JSON.stringify({ [OMNIWEAR.igUserId]: [BUSINESS_USAGE] }),
    },
  },
  '4, app usage 100 %': {
    kind: 'graph_error',
    code: 4,
    headers: { 'x-app-usage': JSON.stringify(APP_USAGE) },
  },
};

/** How the calls come. */
type Course = 'closed loop' | 'closed loop, known account' | 'at once';

interface Figures {
  readonly refusal: string;
  readonly processes: number;
  readonly calls: Course;
  /** Calls that each process sent after the first refusal had reached it. */
  readonly 'sent after': string;
  /** Calls of each process that arrived after Instagram had refused one of any process. */
  readonly arrived: string;
  /** From the first refusal to the last call. */
  readonly 'last after ms': number;
  readonly answers: number;
  readonly 'p50 ms': number;
  readonly 'p99 ms': number;
  /** In the order of `KINDS`. */
  readonly 'p99 ms by kind': string;
  readonly 'quiet p50 ms': number;
  readonly 'quiet p99 ms': number;
  readonly held: boolean;
}

/**
 * Meta refuses an account, a token or the app while 200 callers send likes, posts, accounts and
 * pulls through one and three processes. Counts the calls that each process still sends, and those
 * that still reach Instagram.
 */
export default async function refusals(): Promise<boolean> {
  const [postgres, old, fresh] = await Promise.all([
    TestPostgres.start(),
    sealAccount(OMNIWEAR_ACCOUNT),
    sealAccount({ ...OMNIWEAR_ACCOUNT, user_token: NEW_TOKEN, page_token: NEW_TOKEN }),
  ]);
  const figures: Figures[] = [];
  const run = async (name: string, processes: number, course: Course): Promise<void> => {
    const trial = await Trial.start(postgres, processes, { old, fresh });
    try {
      const row = await trial.run(name, course);
      console.log(JSON.stringify(row));
      figures.push(row);
    } finally {
      await trial.stop();
    }
  };
  try {
    for (const processes of [1, 3]) {
      for (const name of Object.keys(REFUSALS)) await run(name, processes, 'closed loop');
      await run('190', processes, 'at once');
      for (const name of ['190', '368']) await run(name, processes, 'closed loop, known account');
    }
  } finally {
    await postgres.stop();
  }
  console.table(figures);
  return figures.every(({ held }) => held);
}

/** The service's processes, each with an Instagram of its own. */
class Trial {
  private readonly times: number[] = [];
  /** The same by the kind of call. */
  private readonly timesOf = new Map<string, number[]>();
  private sent = 0;

  private constructor(
    private readonly services: readonly MainProcess[],
    private readonly instagrams: readonly RefusingInstagram[],
    private readonly metadata: { readonly old: string; readonly fresh: string },
    private readonly folder: string,
  ) {}

  static async start(
    postgres: TestPostgres,
    count: number,
    metadata: Trial['metadata'],
  ): Promise<Trial> {
    const settings = { ...PROCESS_SETTINGS, DATABASE_URL: await postgres.makeDatabase() };
    const services: MainProcess[] = [];
    const instagrams: RefusingInstagram[] = [];
    const folder = mkdtempSync(join(tmpdir(), 'refusals-'));
    for (let index = 0; index < count; index += 1) {
      const instagram = await RefusingInstagram.start(CALLERS);
      instagrams.push(instagram);
      const file = join(folder, String(index));
      writeFileSync(file, '');
      services.push(
        await startMain({
          ...settings,
          INSTAGRAM_GRAPH_URL: instagram.url,
          NODE_OPTIONS: `--import ${new URL('further-calls.js', import.meta.url).href}`,
          FURTHER_CALLS_FILE: file,
        }),
      );
    }
    return new Trial(services, instagrams, metadata, folder);
  }

  async run(name: string, course: Course): Promise<Figures> {
    const refusal = REFUSALS[name];
    if (refusal === undefined) throw new Error(`there is no refusal ${name}`);
    const refuse = (): Promise<unknown> =>
      Promise.all(this.instagrams.map((instagram) => instagram.refuse(refusal)));
    if (course === 'closed loop, known account') {
      const calls = this.callFor(WARM_UP_MS + LASTS_MS);
      await sleep(WARM_UP_MS);
      this.times.length = 0;
      this.timesOf.clear();
      await refuse();
      await calls;
    } else {
      await refuse();
      await this.callFor(course === 'at once' ? 0 : LASTS_MS);
    }
    const reports = await this.report();
    const firstAt = Math.min(...reports.map(({ refusedAt }) => refusedAt ?? Infinity));
    const arrived = reports.map(({ arrivals }) => countAfter(arrivals, firstAt));
    const sentAfter = this.services.map((_, index) => this.countSentAfter(index));
    const last = Math.max(...reports.flatMap(({ arrivals }) => arrivals));
    const arrivalsMax = {
      'at once': ARRIVALS_AT_ONCE_MAX,
      'closed loop': ARRIVALS_MAX,
      'closed loop, known account': Infinity,
    }[course];
    const byKind = KINDS.map((kind) => String(readShare(this.timesOf.get(kind) ?? [], 0.99)));
    const quiet = await this.callQuietly();
    const isOpen = refusal === 'dead token' ? await this.isOpenForNewToken() : true;
    return {
      refusal: name,
      processes: this.services.length,
      calls: course,
      'sent after': sentAfter.join(', '),
      arrived: arrived.join(', '),
      'last after ms': Math.max(0, Math.round(last - firstAt)),
      answers: this.times.length,
      'p50 ms': readShare(this.times, 0.5),
      'p99 ms': readShare(this.times, 0.99),
      'p99 ms by kind': byKind.join(', '),
      'quiet p50 ms': readShare(quiet, 0.5),
      'quiet p99 ms': readShare(quiet, 0.99),
      held:
        firstAt < Infinity &&
        sentAfter.every((count) => count <= SENT_AFTER_MAX) &&
        arrived.every((count) => count <= arrivalsMax) &&
        readShare(quiet, 0.5) <= QUIET_MAX_MS &&
        isOpen,
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.services.map((service) => service.stop()));
    await Promise.all(this.instagrams.map((instagram) => instagram.stop()));
    rmSync(this.folder, { recursive: true });
  }

  /** `further-calls.js` writes a character for each call. */
  private countSentAfter(index: number): number {
    return readFileSync(join(this.folder, String(index)), 'utf8').length;
  }

  /** Each caller sends one call at least. */
  private async callFor(milliseconds: number): Promise<void> {
    const endsAt = performance.now() + milliseconds;
    const call = async (): Promise<void> => {
      do this.times.push(await this.call());
      while (performance.now() < endsAt);
    };
    await Promise.all(Array.from({ length: CALLERS }, call));
  }

  private async callQuietly(): Promise<number[]> {
    const times: number[] = [];
    for (let count = 0; count < QUIET_CALLS; count += 1) times.push(await this.call());
    return times;
  }

  /** Sends the next call of the mix. Returns how long the answer took. */
  private async call(): Promise<number> {
    const index = (this.sent += 1);
    const service = this.services[index % this.services.length];
    const { posts } = this.instagrams[0] ?? { posts: [] };
    const media_id = posts[index % posts.length];
    const { old: metadata } = this.metadata;
    // The kinds change once in a round of processes, so each process gets all of them.
    const kind = KINDS[Math.floor(index / this.services.length) % KINDS.length] ?? '/like';
    const begun = performance.now();
    if (kind === '/pull') await (await service?.post(kind, { metadata, state: '' }))?.text();
    else await service?.proxy(kind, DATA[kind](media_id), metadata);
    const time = performance.now() - begun;
    const times = this.timesOf.get(kind) ?? [];
    times.push(time);
    this.timesOf.set(kind, times);
    return time;
  }

  /** Whether the next like with new metadata reaches Instagram through each process. */
  private async isOpenForNewToken(): Promise<boolean> {
    const [media_id] = this.instagrams[0]?.posts ?? [];
    for (const [index, service] of this.services.entries()) {
      // A click that sets the same state again sends nothing.
      const click = { media_id, liked: index % 2 === 0 };
      const answer = await service.proxy('/like', click, this.metadata.fresh);
      if (answer.ok !== true) {
        console.log(`a like with new metadata was answered ${JSON.stringify(answer)}`);
        return false;
      }
    }
    const reports = await this.report();
    return reports.every(({ likesWithNewToken }) => likesWithNewToken === 1);
  }

  private report(): Promise<Report[]> {
    return Promise.all(this.instagrams.map((instagram) => instagram.report()));
  }
}

function countAfter(arrivals: readonly number[], at: number): number {
  return arrivals.filter((arrival) => arrival > at).length;
}

function readShare(values: readonly number[], share: number): number {
  return Math.round(quantile(values, share));
}
