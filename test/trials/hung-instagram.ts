import { setTimeout as sleep } from 'node:timers/promises';
import { OMNIWEAR_ACCOUNT } from '../../sandbox/omniwear-account.js';
import { sealAccount } from '../support/account.js';
import { PROCESS_SETTINGS, startMain } from '../support/main.js';
import { AnswerTimes } from './answer-times.js';
import { startHungInstagram } from './trial-instagram.js';

const DEADLINE_MS = 3000;
const TOLERANCE_MS = 50;
const CALLERS = 200;
/** Between two callers: a burst of calls would measure the trial's own process. */
const SPACE_MS = 5;
const LIMITS = { '/like': DEADLINE_MS + TOLERANCE_MS, '/health/live': TOLERANCE_MS };

/**
 * Instagram accepts connections and never answers. 200 callers get their answer within the
 * deadline, and each heart is pending.
 */
export default async function hungInstagram(): Promise<boolean> {
  // One account for each caller, because the gate refuses so many hearts of one account.
  const [instagram, ...accounts] = await Promise.all([
    startHungInstagram(),
    ...Array.from({ length: CALLERS }, (_, index) =>
      sealAccount({ ...OMNIWEAR_ACCOUNT, ig_user_id: toId(17_841_400_000_000_000n, index) }),
    ),
  ]);
  const service = await startMain({
    ...PROCESS_SETTINGS,
    DATABASE_URL: 'sqlite::memory:',
    INSTAGRAM_GRAPH_URL: instagram.url,
    PROXY_DEADLINE_MS: String(DEADLINE_MS),
  });
  const times = new AnswerTimes(service.url);
  const toPost = (index: number): string => toId(17_800_000_000_000_000n, index);
  try {
    const waiting: Promise<{ outcome: string }>[] = [];
    for (const [index, metadata] of accounts.entries()) {
      const data = JSON.stringify({ media_id: toPost(index), liked: 'true' });
      waiting.push(times.call('/like', { instance_metadata: metadata, client_data: data }));
      await sleep(SPACE_MS);
      if (index % 20 === 0) await times.call('/health/live');
    }
    const answers = await Promise.all(waiting);
    const states = await Promise.all(
      accounts.map((metadata, index) =>
        service.proxy('/like/state', { media_id: toPost(index) }, metadata),
      ),
    );
    const isPending = states.every(({ liked, source }) => liked === null && source === 'pending');
    console.log(isPending ? 'every heart is pending' : 'a heart is not pending');
    const isTrue = answers.every(({ outcome }) => outcome === '200 deadline_exceeded');
    return times.report(LIMITS) && isPending && isTrue;
  } finally {
    await service.stop();
    await instagram.stop();
  }
}

function toId(first: bigint, index: number): string {
  return String(first + BigInt(index));
}
