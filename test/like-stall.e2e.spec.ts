import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { LIKE_PACE } from '../src/gate/pace.js';
import { LikeLedger } from '../src/ledger/like-ledger.js';
import { addPosts } from './support/posts.js';
import { useService } from './support/service.js';

/** Half of the burst is free after a start, and one like is sent before. */
const LIKES = LIKE_PACE.burst / 2 - 1;
const STALL_MS = 1000;

describe('likes that a stalled database delays', () => {
  const { instagram, service } = useService();
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('are sent at the pace, and the others are refused and withdrawn', async () => {
    // The account is known to work, so its calls are not spaced for want of an answer.
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
    for (const { error } of refused) {
      expect(error).toMatchObject({ code: 'rate_limited', retry_after_seconds: 1 });
    }
    const liked = instagram.world.listLikes(OMNIWEAR.igUserId);
    expect(liked).toHaveLength(1 + LIKES - refused.length);
    expect(liked.length).toBeLessThanOrEqual(1 + regained);
    const attempts = await ledger.states(
      OMNIWEAR.igUserId,
      posts.map((id) => ({ kind: 'media', id })),
    );
    expect(attempts.filter(({ known }) => known === 'pending')).toEqual([]);
  });
});
