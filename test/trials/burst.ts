/**
 * Sends more likes of one account at once than Meta accepts, through one and three processes on one
 * PostgreSQL. Prints the most likes that Instagram received in any 5 seconds, and the lock-outs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createInstagram } from '../../sandbox/instagram/server.js';
import { sealOmniwear } from '../support/account.js';
import { type MainProcess, PROCESS_SETTINGS, startMain } from '../support/main.js';
import { addPosts } from '../support/posts.js';
import { TestPostgres } from '../support/postgres.js';

const WINDOW_MS = 5000;
/** Meta locks an account out after 50. */
const SENT_MAX = 45;
/**
 * Fewer would mean that the gate refuses clicks that Meta accepts. A gate whose database is slow,
 * as on a busy machine, grants a part of the burst.
 */
const SENT_MIN = 5;

interface Load {
  readonly name: string;
  readonly clicks: number;
  readonly rounds: number;
  /** Between two rounds; undefined if a caller clicks again once it has its answer. */
  readonly everyMs?: number;
}

const LOADS: readonly Load[] = [
  { name: '60 at once', clicks: 60, rounds: 1 },
  { name: '100 at once', clicks: 100, rounds: 1 },
  { name: '200 at once', clicks: 200, rounds: 1 },
  { name: '12 agents, one click a second', clicks: 12, rounds: 20, everyMs: 1000 },
  { name: '50 agents, each at once again', clicks: 50, rounds: 60 },
];

async function burst(): Promise<boolean> {
  const [postgres, metadata] = await Promise.all([TestPostgres.start(), sealOmniwear()]);
  const figures: Figures[] = [];
  try {
    for (const processes of [1, 3]) {
      for (const load of LOADS) figures.push(await run(postgres, metadata, processes, load));
    }
  } finally {
    await postgres.stop();
  }
  console.table(figures);
  return figures.every(
    (each) =>
      each['most in 5 s'] <= SENT_MAX &&
      each.sent >= SENT_MIN &&
      each['lock-outs'] === 0 &&
      each['other outcomes'] === 0,
  );
}

interface Figures {
  readonly processes: number;
  readonly load: string;
  readonly 'most in 5 s': number;
  readonly 'lock-outs': number;
  readonly sent: number;
  readonly ok: number;
  readonly rate_limited: number;
  readonly 'other outcomes': number;
}

async function run(
  postgres: TestPostgres,
  metadata: string,
  count: number,
  load: Load,
): Promise<Figures> {
  const instagram = createInstagram();
  const sentAt: number[] = [];
  instagram.app.addHook('onRequest', (request, _reply, done) => {
    if (request.url.includes('/likes')) sentAt.push(performance.now());
    done();
  });
  const instagramUrl = await instagram.app.listen({ port: 0, host: '127.0.0.1' });
  const posts = addPosts(instagram.world, load.clicks, 0);
  const settings = {
    ...PROCESS_SETTINGS,
    DATABASE_URL: await postgres.makeDatabase(),
    INSTAGRAM_GRAPH_URL: instagramUrl,
  };
  const services: MainProcess[] = [];
  for (let index = 0; index < count; index += 1) services.push(await startMain(settings));
  const outcomes: Record<string, number> = {};
  const click = async (media_id: string, index: number, liked: boolean): Promise<void> => {
    const answer = await services[index % count]?.proxy('/like', { media_id, liked }, metadata);
    const code = (answer?.error as { code: string } | undefined)?.code ?? 'ok';
    outcomes[code] = (outcomes[code] ?? 0) + 1;
  };
  try {
    const { rounds, everyMs } = load;
    if (everyMs === undefined) {
      const clickAgain = async (post: string, index: number): Promise<void> => {
        for (let round = 0; round < rounds; round += 1) await click(post, index, round % 2 === 0);
      };
      await Promise.all(posts.map(clickAgain));
    } else {
      const clicks: Promise<void>[] = [];
      for (let round = 0; round < rounds; round += 1) {
        clicks.push(...posts.map((post, index) => click(post, index, round % 2 === 0)));
        await sleep(everyMs);
      }
      await Promise.all(clicks);
    }
  } finally {
    await Promise.all(services.map((service) => service.stop()));
    await instagram.app.close();
  }
  return {
    processes: count,
    load: load.name,
    'most in 5 s': findMost(sentAt),
    'lock-outs': outcomes.action_blocked ?? 0,
    sent: sentAt.length,
    ok: outcomes.ok ?? 0,
    rate_limited: outcomes.rate_limited ?? 0,
    'other outcomes': load.clicks * load.rounds - (outcomes.ok ?? 0) - (outcomes.rate_limited ?? 0),
  };
}

function findMost(times: readonly number[]): number {
  const counts = times.map((from) => times.filter((at) => at >= from && at < from + WINDOW_MS));
  return Math.max(0, ...counts.map(({ length }) => length));
}

export { burst as default };
