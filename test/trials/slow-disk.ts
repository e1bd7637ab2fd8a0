import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sealOmniwear } from '../support/account.js';
import { PROCESS_SETTINGS, startMain } from '../support/main.js';
import { buildSlowSync } from '../support/slow-sync.js';
import { AnswerTimes } from './answer-times.js';
import { startInstagram, type TrialInstagram } from './trial-instagram.js';

const HEARTS = 20;
const DELAYS_MS = [0, 100, 300, 500];
/** Long enough for each course, and what the service has by default. */
const DEADLINES_MS = { 'one account': 8000, 'many accounts': 60_000 } as const;
/**
 * Syncs that a heart may wait for: its attempt may come during a commit and is in the next one, and
 * so may its confirmation. One more for hearts that arrive after the first.
 */
const SYNCS_MAX = 5;
/** For the work besides the syncs. */
const WORK_MS = 1000;
const LIVE_MS = 50;

/**
 * Each sync takes 100, 300 and 500 ms longer. 20 hearts at once wait for a few syncs and not for
 * 40, whether they are of many accounts or a whole burst of one.
 */
export default async function slowDisk(): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'slow-disk-'));
  const slowSync = buildSlowSync(directory);
  const instagram = await startInstagram(HEARTS);
  try {
    const held: boolean[] = [];
    for (const delayMs of DELAYS_MS) {
      for (const accounts of ['many accounts', 'one account'] as const) {
        const file = join(
          directory,
          `${accounts.replace(' ', '-')}-${String(delayMs)}`,
          'channel.db',
        );
        held.push(await tryDisk({ slowSync, delayMs, file, instagram, accounts }));
      }
    }
    return held.every(Boolean);
  } finally {
    await instagram.stop();
    rmSync(directory, { recursive: true });
  }
}

async function tryDisk(given: {
  slowSync: ReturnType<typeof buildSlowSync>;
  delayMs: number;
  file: string;
  instagram: TrialInstagram;
  accounts: keyof typeof DEADLINES_MS;
}): Promise<boolean> {
  const { slowSync, delayMs, file, instagram, accounts } = given;
  console.log(`each sync takes ${String(delayMs)} ms longer, hearts of ${accounts}`);
  const service = await startMain({
    ...PROCESS_SETTINGS,
    DATABASE_URL: `sqlite:${file}`,
    INSTAGRAM_GRAPH_URL: instagram.url,
    PROXY_DEADLINE_MS: String(DEADLINES_MS[accounts]),
    ...slowSync(delayMs),
  });
  const times = new AnswerTimes(service.url);
  try {
    let isDone = false;
    const watch = async (): Promise<void> => {
      while (!isDone) {
        await times.call('/health/live');
        await sleep(20);
      }
    };
    // The first call compiles code and opens connections.
    const one = await sealOmniwear();
    await service.proxy('/like/state', { media_id: instagram.posts[0] }, one);
    const watching = watch();
    const hearts = instagram.posts.map((post, index) =>
      times.call('/like', {
        instance_metadata: (accounts === 'one account' ? one : instagram.accounts[index]) ?? '',
        client_data: JSON.stringify({ media_id: post, liked: 'true' }),
      }),
    );
    const answers = await Promise.all(hearts);
    isDone = true;
    await watching;
    const areSet = answers.every(({ outcome }) => outcome === '200 "ok":true');
    const limits = { '/like': SYNCS_MAX * delayMs + WORK_MS, '/health/live': LIVE_MS };
    return times.report(limits) && areSet;
  } finally {
    await service.stop();
  }
}
