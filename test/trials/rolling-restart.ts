import { setTimeout as sleep } from 'node:timers/promises';
import { sealOmniwear } from '../support/account.js';
import { Balancer } from '../support/balancer.js';
import { startInstagramProcess } from '../support/instagram-process.js';
import { MixedLoad } from '../support/load.js';
import { type MainProcess, PROCESS_SETTINGS, startMain } from '../support/main.js';
import { TestPostgres } from '../support/postgres.js';

const REPLICAS = 3;
const CALLS_MIN = 20_000;
const CALLERS = 12;
/** Between two restarts. */
const PAUSE_MS = 1000;

/**
 * Three replicas behind a balancer restart one after another under load, again and again, until
 * 20,000 calls are answered. No call fails.
 */
export default async function rollingRestart(): Promise<boolean> {
  const [postgres, instagram, metadata] = await Promise.all([
    TestPostgres.start(),
    startInstagramProcess(20, 5),
    sealOmniwear(),
  ]);
  const environment = {
    ...PROCESS_SETTINGS,
    INSTAGRAM_GRAPH_URL: instagram.url,
    DATABASE_URL: await postgres.makeDatabase(),
  };
  const start = (): Promise<MainProcess> => startMain(environment);
  const replicas = [await start(), await start(), await start()];
  const balancer = await Balancer.start(replicas.map(({ url }) => url));
  const load = new MixedLoad({ url: balancer.url, metadata, posts: instagram.posts });
  let done = false;
  const call = async (): Promise<void> => {
    while (!done) await load.call();
  };
  let restarts = 0;
  const begun = performance.now();
  try {
    const callers = Array.from({ length: CALLERS }, call);
    while (load.calls < CALLS_MIN || restarts < REPLICAS) {
      const index = restarts % REPLICAS;
      const old = replicas[index];
      old?.process.kill('SIGTERM');
      await old?.ended;
      const fresh = await start();
      replicas[index] = fresh;
      balancer.replace(index, fresh.url);
      await balancer.isReady(index);
      restarts += 1;
      await sleep(PAUSE_MS);
    }
    done = true;
    await Promise.all(callers);
    console.table(Object.fromEntries([...load.outcomes].sort()));
    console.table({
      calls: load.calls,
      restarts,
      seconds: Math.round((performance.now() - begun) / 1000),
      'not ok': load.failed,
      'failed at the balancer': balancer.failures.join(', '),
      'calls without a ready replica': balancer.withoutReplica,
    });
    return load.failed === 0;
  } finally {
    done = true;
    await Promise.all(replicas.map((replica) => replica.stop()));
    await balancer.stop();
    await instagram.stop();
    await postgres.stop();
  }
}
