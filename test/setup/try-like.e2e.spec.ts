import { beforeEach, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { LikeLedger } from '../../src/ledger/likes/like-ledger.js';
import { useSetup } from '../support/setup-fixture.js';
import type { SetupPage } from '../support/setup-page.js';

describe('trying a like', () => {
  const setup = useSetup();
  const { igUserId, photoId } = OMNIWEAR;

  const readStates = (): Promise<unknown> =>
    setup.service.app.get(LikeLedger).states(igUserId, [{ kind: 'media', id: photoId }]);
  const readLikes = (): string[] => setup.instagram.world.listLikes(igUserId);
  const setLike = (liked: boolean): Promise<unknown> =>
    setup.service.proxy('/like', { media_id: photoId, liked });
  const tryLike = async (): Promise<SetupPage> =>
    setup.step('trial', await setup.open({ metadata: setup.service.metadata }));
  const failNextLike = (code: number, method?: 'POST' | 'DELETE'): void => {
    const fault = { kind: 'graph_error', code } as const;
    const only = method === undefined ? {} : { method };
    setup.instagram.faults.arm({ fault, times: 1, path: '/likes', ...only });
  };

  beforeEach(() => {
    setup.instagram.world.setLike(igUserId, photoId, false);
  });

  it('likes and unlikes, and leaves the ledger as it was', async () => {
    expect((await tryLike()).text).toContain('It worked');
    const calls = setup.instagram.seen.filter(({ path }) => path.endsWith('/likes'));
    expect(calls.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
    expect([readLikes(), await readStates()]).toEqual([[], [{ known: 'none' }]]);
  });

  it('keeps a like that was set through this service', async () => {
    await setLike(true);
    const before = await readStates();
    expect((await tryLike()).text).toContain('removed and set again');
    expect([readLikes(), await readStates()]).toEqual([[photoId], before]);
  });

  it('explains a failure, and that the app lacks access', async () => {
    failNextLike(10);
    const page = await tryLike();
    expect(page.text).toContain('It did not work');
    expect(page.obstacles).toMatchObject({ like: 'app_access', comment: '' });
    expect([readLikes(), await readStates()]).toEqual([[], [{ known: 'none' }]]);
  });

  it('reports that the post is liked if the like cannot be removed', async () => {
    failNextLike(10, 'DELETE');
    expect((await tryLike()).text).toContain('the post is liked now');
    expect(await readStates()).toEqual([
      expect.objectContaining({ known: 'confirmed', liked: true }),
    ]);
    expect(readLikes()).toEqual([photoId]);
  });

  it('reports that the post is not liked if the like cannot be set again', async () => {
    await setLike(true);
    failNextLike(10, 'POST');
    expect((await tryLike()).text).toContain('the post is not liked now');
    expect(await readStates()).toEqual([
      expect.objectContaining({ known: 'confirmed', liked: false }),
    ]);
    expect(readLikes()).toEqual([]);
    await setLike(false);
  });

  it('reports that the result is unknown if the second call’s effect is unknown', async () => {
    await setLike(true);
    failNextLike(1, 'POST');
    const page = await tryLike();
    expect(page.text).toContain('unknown whether this post is liked');
    expect(page.text).not.toMatch(/is (?:not )?liked now/);
    expect(await readStates()).toEqual([{ known: 'pending' }]);
    await setLike(false);
  });

  it('leaves the state pending after a lost answer and does not start again', async () => {
    setup.instagram.faults.arm({ fault: { kind: 'cut_after' }, times: 1, path: '/likes' });
    await tryLike();
    expect(await readStates()).toEqual([{ known: 'pending' }]);
    const calls = setup.instagram.seen.filter(({ path }) => path.endsWith('/likes')).length;
    expect((await tryLike()).text).toContain('unknown whether this post is liked');
    const later = setup.instagram.seen.filter(({ path }) => path.endsWith('/likes')).length;
    expect(later).toBe(calls);
    await setLike(false);
  });
});
