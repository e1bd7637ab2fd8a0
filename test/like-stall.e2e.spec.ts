import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { LIKE_PACE } from '../src/gate/pace.js';
import { LikeLedger } from '../src/ledger/likes/like-ledger.js';
import { addPosts } from './support/posts.js';
import { ENGINES, useEngine } from './support/engines.js';
import { useService } from './support/service.js';

/** One like is sent before. */
const LIKES = LIKE_PACE.burst - 1;
const STALL_MS = 1000;

describe.each(ENGINES)('likes that a stalled database delays on %s', (name, startEngine) => {
  const engine = useEngine(startEngine);
  const { instagram, service } = useService(async () => ({
    DATABASE_URL: await engine.makeDatabase(),
  }));
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('are sent at the pace, and the others are refused and withdrawn', async () => {
    await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true });
    const startedAt = performance.now();
    const ledger = service.app.get(LikeLedger);
    const begin = ledger.begin.bind(ledger);
    let stalled = 0;
    let end: () => void = () => undefined;
    const stall = new Promise<void>((resolve) => (end = resolve));
    jest.spyOn(ledger, 'begin').mockImplementation(async (...attempt) => {
      stalled += 1;
      await stall;
      return begin(...attempt);
    });
    const posts = addPosts(instagram.world, LIKES, 0);
    const clicks = posts.map((id) => service.proxy('/like', { media_id: id, liked: true }));
    while (stalled < LIKES) await sleep(10);
    await sleep(STALL_MS);
    end();
    const answers = (await Promise.all(clicks)).map(({ json }) => json);
    const regained = Math.ceil((performance.now() - startedAt) / LIKE_PACE.intervalMs);

    const refused = answers.filter(({ ok }) => ok === false);
    // A process that is alone knows that the account sent nothing meanwhile.
    if (name === 'SQLite') expect(refused).toEqual([]);
    for (const { error } of refused) {
      expect(error).toMatchObject({ code: 'rate_limited' });
    }
    const liked = instagram.world.listLikes(OMNIWEAR.igUserId);
    expect(liked).toHaveLength(1 + LIKES - refused.length);
    if (name !== 'SQLite') expect(liked.length).toBeLessThanOrEqual(1 + regained);
    const attempts = await ledger.states(
      OMNIWEAR.igUserId,
      posts.map((id) => ({ kind: 'media', id })),
    );
    expect(attempts.filter(({ known }) => known === 'pending')).toEqual([]);
  });
});
