/**
 * Two replicas on one PostgreSQL, one with a clock that is 125 s ahead. A click hangs at Instagram
 * while the other replica sends the opposite one, so the first one takes effect last. Counts the
 * hearts that are definite and wrong.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { createInstagram } from '../../sandbox/instagram/server.js';
import { sealOmniwear } from '../support/account.js';
import { type MainProcess, PROCESS_SETTINGS, startMain } from '../support/main.js';
import { addPosts } from '../support/posts.js';
import { TestPostgres } from '../support/postgres.js';

const AHEAD_SECONDS = 125;
/** Moves `Date.now` of a process, which is the only clock that the service reads. */
const AHEAD = `const now=Date.now;Date.now=()=>now()+${String(AHEAD_SECONDS * 1000)}`;
const HEARTS = 20;
/** Hearts at the same time, so that Instagram does not lock the account out. */
const AT_ONCE = 5;
/** A click waits for another replica for half of it, then it is sent. */
const DEADLINE_MS = 4000;
/** How long the first click hangs: longer than the other one waits, shorter than its deadline. */
const HANGS_MS = 3200;

interface State {
  readonly liked: boolean | null;
}

export default async function clockSkew(): Promise<boolean> {
  const postgres = await TestPostgres.start();
  const { app, world, faults } = createInstagram();
  const instagramUrl = await app.listen({ port: 0, host: '127.0.0.1' });
  const metadata = await sealOmniwear();
  const posts = addPosts(world, HEARTS, 0);
  const environment = {
    ...PROCESS_SETTINGS,
    INSTAGRAM_GRAPH_URL: instagramUrl,
    DATABASE_URL: await postgres.makeDatabase(),
    PROXY_DEADLINE_MS: String(DEADLINE_MS),
  };
  const right = await startMain(environment);
  const ahead = await startMain({
    ...environment,
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(AHEAD)}`,
  });
  const figures = { hearts: 0, known: 0, wrong: 0, unknown: 0 };

  const click = (service: MainProcess, media_id: string, liked: boolean): Promise<unknown> =>
    service.proxy('/like', { media_id, liked }, metadata);
  const clickOpposite = async (
    first: MainProcess,
    second: MainProcess,
    media_id: string,
  ): Promise<void> => {
    faults.arm({ fault: { kind: 'delay', ms: HANGS_MS }, times: 1, method: 'POST' });
    const hanging = click(first, media_id, true);
    await sleep(100);
    await Promise.all([hanging, click(second, media_id, false)]);
    for (const service of [right, ahead]) {
      const { liked } = (await service.proxy(
        '/like/state',
        { media_id },
        metadata,
      )) as never as State;
      const holds = world.listLikes(OMNIWEAR.igUserId).includes(media_id);
      figures.hearts += 1;
      if (liked === null) figures.unknown += 1;
      else if (liked === holds) figures.known += 1;
      else figures.wrong += 1;
    }
  };

  try {
    for (let index = 0; index < HEARTS; index += AT_ONCE) {
      const [first, second] = (index / AT_ONCE) % 2 === 0 ? [right, ahead] : [ahead, right];
      const some = posts.slice(index, index + AT_ONCE);
      await Promise.all(some.map((media_id) => clickOpposite(first, second, media_id)));
      world.clock.advance(60);
    }
    const skews = await Promise.all([right, ahead].map(readSkew));
    const lines = ahead.lines.filter((line) => line.includes('"clock.skewed"')).length;
    console.table({ ...figures, logged: lines, 'skew of each': skews.join(', ') });
    return figures.wrong === 0 && lines === 1 && skews[0] === 0 && skews[1] === AHEAD_SECONDS;
  } finally {
    await Promise.all([right.stop(), ahead.stop(), app.close()]);
    await postgres.stop();
  }
}

/** What the readiness check reports, in seconds. */
async function readSkew({ url }: MainProcess): Promise<number> {
  const answer = (await (await fetch(`${url}/health/ready`)).json()) as {
    clock_skew_seconds?: number;
  };
  return answer.clock_skew_seconds ?? 0;
}
