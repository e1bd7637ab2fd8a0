import { setTimeout as sleep } from 'node:timers/promises';
import { OMNIWEAR, OUTLET } from '../../sandbox/instagram/omniwear.js';
import { createInstagram } from '../../sandbox/instagram/server.js';
import { sealOmniwear } from '../support/account.js';
import { quantile } from '../support/figures.js';
import { type MainProcess, PROCESS_SETTINGS, startMain } from '../support/main.js';
import { addAccounts } from '../support/more-accounts.js';
import { addPosts } from '../support/posts.js';
import { TestPostgres } from '../support/postgres.js';

/** Calls of one account that hang at Instagram. Likes are paced, so the calls read posts. */
const HANGING = 1500;
/** Longer than the clicks take, so all of those calls hang until the last click. */
const DEADLINE_MS = 60_000;
const CLICKS = 200;
const WARM_UP_CLICKS = 50;
/** Other accounts that click in turn: the pace of one would measure the pace. */
const OTHERS = 25;
const CLICK_EVERY_MS = 30;
/** On an idle machine. */
const GOAL = 1.5;
const RATIO_MAX = 3;
/** The hanging calls have arrived once no further one reached Instagram for this long. */
const SETTLED_MS = 2000;
const CHECK_EVERY_MS = 100;
/** A quarter of the 1,000 connections. */
const CONNECTIONS_OF_ONE = 250;

interface Figures {
  readonly database: string;
  readonly clicks: string;
  readonly 'p50 ms': number;
  readonly 'p99 ms': number;
  readonly 'longest ms': number;
  readonly failed: number;
  readonly 'hanging at Instagram': number;
}

/**
 * 1,500 calls of one account hang at Instagram while other accounts click 200 times. Compares the
 * times of the clicks with those of clicks alone.
 */
export default async function starvation(): Promise<boolean> {
  const postgres = await TestPostgres.start();
  const figures: Figures[] = [];
  try {
    figures.push(...(await run('SQLite', 'sqlite::memory:')));
    figures.push(...(await run('PostgreSQL', await postgres.makeDatabase())));
  } finally {
    await postgres.stop();
  }
  console.table(figures);
  const results = ['SQLite', 'PostgreSQL'].map((name) => {
    const [alone, beside] = figures.filter(({ database }) => database === name);
    const ratio = (beside?.['p99 ms'] ?? Infinity) / (alone?.['p99 ms'] ?? NaN);
    console.log(`${name}: p99 beside / alone = ${ratio.toFixed(2)}, goal ${String(GOAL)}`);
    const isDone = alone?.failed === 0 && beside?.failed === 0;
    return isDone && beside['hanging at Instagram'] === CONNECTIONS_OF_ONE && ratio <= RATIO_MAX;
  });
  return results.every(Boolean);
}

async function run(database: string, url: string): Promise<Figures[]> {
  const instagram = createInstagram();
  const { app, world } = instagram;
  let hanging = 0;
  let lastAt = 0;
  app.addHook('onRequest', (request, reply, done) => {
    if (request.headers.authorization !== `Bearer ${OMNIWEAR.token}`) {
      done();
      return;
    }
    hanging += 1;
    lastAt = performance.now();
    reply.hijack();
  });
  const instagramUrl = await app.listen({ port: 0, host: '127.0.0.1' });
  const posts = addPosts(world, HANGING, 0);
  const others = await addAccounts(world, OTHERS);
  const service = await startMain({
    ...PROCESS_SETTINGS,
    DATABASE_URL: url,
    INSTAGRAM_GRAPH_URL: instagramUrl,
    PROXY_DEADLINE_MS: String(DEADLINE_MS),
  });
  try {
    const clicker = new Clicker(service, others);
    await clicker.click(WARM_UP_CLICKS);
    const alone = await clicker.click(CLICKS);
    const metadata = await sealOmniwear();
    let answered = 0;
    for (const media_id of posts) {
      void service
        .proxy('/media', { media_id }, metadata)
        .catch(() => undefined)
        .then(() => (answered += 1));
    }
    const arriving = performance.now();
    while (hanging === 0 || performance.now() - lastAt < SETTLED_MS) await sleep(CHECK_EVERY_MS);
    console.log(`settled after ${String(Math.round(performance.now() - arriving))} ms`);
    const beside = await clicker.click(CLICKS);
    if (answered > 0) throw new Error(`${String(answered)} calls did not hang to the end`);
    return [
      { database, clicks: 'alone', ...alone, 'hanging at Instagram': 0 },
      { database, clicks: 'beside', ...beside, 'hanging at Instagram': hanging },
    ];
  } finally {
    await service.stop();
    app.server.closeAllConnections();
    await app.close();
  }
}

/** Sends clicks of several accounts in turn. */
class Clicker {
  private sent = 0;

  constructor(
    private readonly service: MainProcess,
    private readonly accounts: readonly string[],
  ) {}

  async click(
    count: number,
  ): Promise<Omit<Figures, 'database' | 'clicks' | 'hanging at Instagram'>> {
    const times: number[] = [];
    let failed = 0;
    const one = async (): Promise<void> => {
      const index = (this.sent += 1);
      const metadata = this.accounts[index % this.accounts.length] ?? '';
      const liked = Math.floor(index / this.accounts.length) % 2 === 0;
      const begun = performance.now();
      const answer = await this.service.proxy(
        '/like',
        { media_id: OUTLET.photoId, liked },
        metadata,
      );
      times.push(performance.now() - begun);
      if (answer.ok !== true) failed += 1;
    };
    // The clicks come at their times, however long the answers take.
    const clicks: Promise<void>[] = [];
    for (let index = 0; index < count; index += 1) {
      clicks.push(one());
      await sleep(CLICK_EVERY_MS);
    }
    await Promise.all(clicks);
    const at = (share: number): number => Math.round(10 * quantile(times, share)) / 10;
    return { 'p50 ms': at(0.5), 'p99 ms': at(0.99), 'longest ms': at(1), failed };
  }
}
