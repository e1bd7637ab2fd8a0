/**
 * Sends replies that take effect 90 s late, and replies that never do. Repeats each of them like
 * Zendesk until it is answered. Counts how often each was posted, and the time until it was.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../sandbox/instagram/faults.js';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { createInstagram } from '../../sandbox/instagram/server.js';
import { sealOmniwear } from '../support/account.js';
import { PROCESS_SETTINGS, startMain } from '../support/main.js';

const LATE_MS = 90_000;
const REPEAT_EVERY_MS = 10_000;
const GIVE_UP_MS = 200_000;
const QUESTION = `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`;
const REPLIES: readonly (readonly [string, Fault])[] = [
  ['late 1', { kind: 'delay', ms: LATE_MS }],
  ['late 2', { kind: 'delay', ms: LATE_MS }],
  ['late 3', { kind: 'delay', ms: LATE_MS }],
  ['never 1', { kind: 'cut_before' }],
  ['never 2', { kind: 'cut_before' }],
];

export default async function lateReply(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'late-reply-'));
  const { app, world, faults } = createInstagram();
  const metadata = await sealOmniwear();
  const service = await startMain({
    ...PROCESS_SETTINGS,
    INSTAGRAM_GRAPH_URL: await app.listen({ port: 0, host: '127.0.0.1' }),
    DATABASE_URL: `sqlite:${join(folder, 'channel.db')}`,
    PROXY_DEADLINE_MS: '2000',
  });
  const send = async (text: string): Promise<number> => {
    const answer = await service.post('/channelback', {
      metadata,
      message: text,
      parent_id: QUESTION,
      request_unique_identifier: text,
    });
    return answer.status;
  };
  /** Repeats a reply until it is answered. Returns the seconds that took. */
  const repeat = async (text: string): Promise<number> => {
    const begunAt = performance.now();
    while (performance.now() - begunAt < GIVE_UP_MS) {
      await sleep(REPEAT_EVERY_MS);
      if ((await send(text)) === 200) break;
    }
    return Math.round((performance.now() - begunAt) / 1000);
  };
  const count = (text: string): number =>
    world
      .commentsOn({ parentId: OMNIWEAR.commentId })
      .filter((comment) => comment.text === text && comment.authorId === OMNIWEAR.igUserId).length;
  try {
    for (const [text, fault] of REPLIES) {
      faults.arm({ fault, times: 1, method: 'POST' });
      await send(text);
    }
    const seconds = await Promise.all(REPLIES.map(([text]) => repeat(text)));
    const rows = REPLIES.map(([text], index) => ({
      reply: text,
      posted: count(text),
      seconds: seconds[index],
    }));
    console.table(rows);
    return rows.every(({ posted }) => posted === 1);
  } finally {
    await Promise.all([service.stop(), app.close()]);
    rmSync(folder, { recursive: true });
  }
}
