import { afterEach, describe, expect, it } from '@jest/globals';
import type { ArmedFault, Fault } from '../sandbox/instagram/faults.js';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import type { Comment } from '../sandbox/instagram/world.js';
import { EMPTY_PAGES_MAX } from '../src/instagram/page-walk.js';
import { LATE_MAX } from '../src/pull/batch.js';
import { LATE_MS } from '../src/pull/sweep.js';
import { addPosts } from './support/posts.js';
import { pull as pullFrom, type Pulled } from './support/pulls.js';
import { type Answer, form, useService } from './support/service.js';

const MIRA = '17841400000000002';
const HOUR_S = 3600;
const PHOTO_COMMENTS = `${OMNIWEAR.photoId}/comments`;

describe('lists that Instagram cuts, repeats or refuses', () => {
  const { instagram, service } = useService({ PULL_BUDGET_MS: '5000' }, { per: 'test' });
  afterEach(() => {
    expect(service.logs.mentions(OMNIWEAR.token)).toBe(false);
  });

  const pass = (seconds: number): void => {
    instagram.world.clock.advance(seconds);
    service.clock.advance(seconds);
  };
  const arm = (fault: Fault, more: Partial<Omit<ArmedFault, 'fault'>> = {}): void => {
    instagram.failNext(fault, { times: Infinity, method: 'GET', ...more });
  };
  const comment = (mediaId: string, text = 'Hi', more: Partial<Comment> = {}): string => {
    const { parentId } = more;
    const place = { mediaId, authorId: MIRA, ...(parentId === undefined ? {} : { parentId }) };
    const added = instagram.world.addComment({ ...place, text });
    Object.assign(added, more);
    return `comment:${mediaId}:${added.id}`;
  };
  const pull = (state?: string): Promise<Pulled> => pullFrom(service, state);
  /** Pulls `count` times. Returns what was handed out, the last state and the answers. */
  const pulls = async (
    count: number,
    state = '',
  ): Promise<{ ids: string[]; state: string; answers: Pulled[] }> => {
    const answers: Pulled[] = [];
    for (let done = 0; done < count; done += 1) {
      const answer = await pull(state);
      answers.push(answer);
      ({ state } = answer);
    }
    return { ids: answers.flatMap(({ ids }) => ids), state, answers };
  };
  const callsTo = (path: string): Record<string, string>[] =>
    instagram.seen
      .filter((call) => call.path.endsWith(path))
      .map(({ query }) => query as Record<string, string>);
  const media = (fields: object): Promise<Answer> => service.proxy('/media', fields);
  const commentsIn = ({ json }: Answer): string[] =>
    ((json.comments ?? []) as { comment_id: string }[]).map(({ comment_id: id }) => id);

  describe('a page that Instagram finds too large', () => {
    it.each([false, true])(
      'is replaced by smaller pages of posts (with a vague error: %s)',
      async (is_vague) => {
        addPosts(instagram.world, 60, 1);
        arm({ kind: 'too_much', max: 13, is_vague }, { path: '/media' });
        const { ids, answers } = await pulls(2);
        expect(answers.map(({ status }) => status)).toEqual([200, 200]);
        expect(ids.filter((id) => id.startsWith('comment:'))).toHaveLength(62);
        expect(callsTo('/media').every(({ limit }) => Number(limit) >= 12)).toBe(true);
      },
    );

    it('is replaced by smaller pages of comments with replies, down to one', async () => {
      const tops = Array.from({ length: 5 }, (_, index) =>
        comment(OMNIWEAR.photoId, `Top ${String(index)}`),
      );
      const replies = tops.map((top) =>
        comment(OMNIWEAR.photoId, 'Me too', { parentId: String(top.split(':')[2]) }),
      );
      arm({ kind: 'too_much', max: 1 }, { path: PHOTO_COMMENTS });
      const { ids } = await pulls(2);
      expect(ids).toEqual(expect.arrayContaining([...tops, ...replies]));
      expect(service.logs.events('pull.post_left_out')).toEqual([]);
    });

    it('is replaced by smaller pages of replies', async () => {
      const top = comment(OMNIWEAR.photoId, 'Who wants one?');
      const parentId = String(top.split(':')[2]);
      const replies = Array.from({ length: 80 }, () =>
        comment(OMNIWEAR.photoId, 'Me', { parentId }),
      );
      arm({ kind: 'too_much', max: 20 }, { path: `${parentId}/replies` });
      expect((await pulls(2)).ids).toEqual(expect.arrayContaining(replies));
    });

    it('is replaced by smaller pages when the answer has more than 4 MiB', async () => {
      const id = comment(OMNIWEAR.photoId);
      arm({ kind: 'huge', bytes: 5_000_000 }, { path: PHOTO_COMMENTS, times: 2 });
      const { ids, answers } = await pulls(1);
      expect(answers[0]?.status).toBe(200);
      expect(ids).toContain(id);
      expect(callsTo(PHOTO_COMMENTS).map(({ limit }) => limit)).toEqual(['50', '25', '12']);
    });

    it('is remembered for an hour, so each size is refused once', async () => {
      arm({ kind: 'too_much', max: 100 }, { path: PHOTO_COMMENTS });
      const pullForLimits = async (state: string): Promise<[string[], string]> => {
        instagram.seen.length = 0;
        const answer = await pull(state);
        return [callsTo(PHOTO_COMMENTS).map(({ limit = '' }) => limit), answer.state];
      };
      const [first, state] = await pullForLimits('');
      expect(first).toEqual(['50', '25', '12', '6']);
      comment(OMNIWEAR.photoId);
      const [second, later] = await pullForLimits(state);
      expect(second).toEqual(['6']);
      pass(2 * HOUR_S);
      instagram.faults.clear();
      expect((await pullForLimits(later))[0]).toEqual(['50']);
    });

    it('at any size makes one post fail while the others are read', async () => {
      const id = comment(OMNIWEAR.reelId);
      arm({ kind: 'too_much', max: 0 }, { path: PHOTO_COMMENTS });
      const { ids, answers } = await pulls(4);
      expect(ids).toContain(id);
      expect(answers.at(-1)?.status).toBe(200);
      // Each pull tries at most six sizes.
      expect(callsTo(PHOTO_COMMENTS).length).toBeLessThanOrEqual(4 * 7);
    });

    it('does not stop the app from showing the comments', async () => {
      const ids = Array.from({ length: 3 }, () => comment(OMNIWEAR.photoId));
      arm({ kind: 'too_much', max: 4 }, { path: PHOTO_COMMENTS });
      const seen: string[] = [];
      let after: unknown;
      do {
        const answer = await media({ media_id: OMNIWEAR.photoId, ...(after ? { after } : {}) });
        expect(answer.json).toMatchObject({ ok: true });
        seen.push(...commentsIn(answer));
        ({ after } = answer.json);
      } while (after !== null);
      expect(seen).toEqual(expect.arrayContaining(ids.map((id) => id.split(':')[2])));
    });

    it('does not stop the search for a reply whose answer was lost', async () => {
      const request = {
        metadata: service.metadata,
        message: 'It does!',
        parent_id: `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`,
        request_unique_identifier: 'one',
      };
      arm({ kind: 'cut_after' }, { method: 'POST', path: '/replies', times: 1 });
      expect((await service.post('/channelback', form(request))).status).toBe(503);
      arm({ kind: 'too_much', max: 3 }, { path: '/replies' });
      const again = await service.post('/channelback', form(request));
      expect(again.status).toBe(200);
      const posted = instagram.seen.filter(
        ({ method, path }) => method === 'POST' && path.endsWith('/replies'),
      );
      expect(posted).toHaveLength(1);
    });
  });

  describe('cursors that lead nowhere', () => {
    const loops: [string, Fault][] = [
      ['to themselves', { kind: 'cursor_loop', pages: 1 }],
      ['to each other', { kind: 'cursor_loop', pages: 2 }],
      ['in a circle of seven', { kind: 'cursor_loop', pages: 7 }],
      ['to endless empty pages', { kind: 'cursor_loop', pages: 0 }],
    ];
    /** Calls before a list counts as ended. */
    const CALLS_MAX = EMPTY_PAGES_MAX + 1;

    it.each(loops)("end a post's comments when they lead %s", async (_, fault) => {
      const id = comment(OMNIWEAR.reelId);
      comment(OMNIWEAR.photoId);
      arm(fault, { path: PHOTO_COMMENTS });
      const { ids, answers } = await pulls(1);
      expect(answers[0]?.status).toBe(200);
      expect(ids).toContain(id);
      expect(callsTo(PHOTO_COMMENTS).length).toBeLessThanOrEqual(CALLS_MAX);
    });

    it.each(loops)('end the replies when they lead %s', async (_, fault) => {
      const parentId = OMNIWEAR.commentId;
      const older = comment(OMNIWEAR.reelId);
      for (let count = 0; count < 60; count += 1) comment(OMNIWEAR.photoId, 'Me', { parentId });
      arm(fault, { path: `${parentId}/replies` });
      expect((await pulls(1)).ids).toContain(older);
      expect(callsTo('/replies').length).toBeLessThanOrEqual(CALLS_MAX);
    });

    it.each(loops)('end the posts when they lead %s', async (_, fault) => {
      addPosts(instagram.world, 60, 1);
      arm(fault, { path: '/media', parameter: 'after' });
      const { ids, state } = await pulls(1);
      expect(ids.length).toBeGreaterThan(50);
      expect(state).not.toContain('"place"');
      expect(callsTo('/media').length).toBeLessThanOrEqual(CALLS_MAX);
    });

    it('end the list when they repeat the same comments', async () => {
      const id = comment(OMNIWEAR.reelId);
      comment(OMNIWEAR.photoId);
      const data = [{ id: '5', text: 'Again', timestamp: new Date().toISOString() }];
      arm({ kind: 'cursor_loop', pages: 0, data }, { path: PHOTO_COMMENTS });
      const { ids } = await pulls(1);
      expect(ids).toEqual(expect.arrayContaining([id, `comment:${OMNIWEAR.photoId}:5`]));
      expect(callsTo(PHOTO_COMMENTS).length).toBeLessThanOrEqual(CALLS_MAX + 1);
    });

    it.each(loops)('end the list in the app when they lead %s', async (_, fault) => {
      arm(fault, { path: PHOTO_COMMENTS });
      const answer = await media({ media_id: OMNIWEAR.photoId });
      expect(answer.json).toMatchObject({ ok: true, comments: [], after: null });
      expect(callsTo(PHOTO_COMMENTS).length).toBeLessThanOrEqual(CALLS_MAX);
    });

    it('end the list that the app follows from page to page', async () => {
      arm({ kind: 'cursor_loop', pages: 3, filled: true }, { path: PHOTO_COMMENTS });
      let after: unknown;
      let pages = 0;
      do {
        const answer = await media({ media_id: OMNIWEAR.photoId, ...(after ? { after } : {}) });
        ({ after } = answer.json);
        pages += 1;
      } while (after !== null && pages < 50);
      expect(pages).toBeLessThanOrEqual(3 * 3 + 1);
    });

    it('end the search for a reply whose answer was lost', async () => {
      const request = {
        metadata: service.metadata,
        message: 'It does!',
        parent_id: `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`,
        request_unique_identifier: 'one',
      };
      arm({ kind: 'cut_before' }, { method: 'POST', path: '/replies', times: 1 });
      await service.post('/channelback', form(request));
      // Until then, the lost reply may still appear.
      pass(180);
      arm({ kind: 'cursor_loop', pages: 2 }, { path: '/replies' });
      expect((await service.post('/channelback', form(request))).status).toBe(200);
      expect(instagram.seen.filter(({ method }) => method === 'POST')).toHaveLength(2);
    });
  });

  describe('a post that Instagram refuses', () => {
    it.each<[number, number | undefined]>([
      [10, undefined],
      [200, undefined],
      [299, undefined],
      [3, undefined],
      [20, undefined],
      [24, undefined],
      [25, undefined],
      [100, 33],
      [100, undefined],
      [803, undefined],
      [12_345, undefined],
    ])('with %d/%p is skipped at once without calling the admin', async (code, subcode) => {
      const id = comment(OMNIWEAR.reelId);
      const refusal: Fault = {
        kind: 'graph_error',
        code,
        ...(subcode === undefined ? {} : { subcode }),
      };
      arm(refusal, { path: PHOTO_COMMENTS });
      const answer = await pull();
      expect(answer.status).toBe(200);
      expect(answer.ids).toContain(id);
      expect(answer.json).not.toHaveProperty('metadata_needs_update');
      const shown = await media({ media_id: OMNIWEAR.photoId });
      expect(shown.json).toMatchObject({
        ok: true,
        media: { media_id: OMNIWEAR.photoId, liked: null },
        comments: [],
        after: null,
        comments_error: { code: expect.any(String), message: expect.stringMatching(/comments/) },
      });
    });

    it('is not blamed on the account when it is the only post with comments', async () => {
      arm({ kind: 'graph_error', code: 10 }, { path: PHOTO_COMMENTS });
      const answer = await pull();
      expect(answer.json).not.toHaveProperty('metadata_needs_update');
    });

    it('is not blamed on the account when one of many posts can be read', async () => {
      const ids = addPosts(instagram.world, 30, 1);
      const readable = ids.at(-1) ?? '';
      for (const id of ids.slice(0, -1))
        arm({ kind: 'graph_error', code: 10 }, { path: `${id}/comments` });
      const answer = await pull();
      expect(answer.ids.some((id) => id.startsWith(`comment:${readable}:`))).toBe(true);
      expect(answer.json).not.toHaveProperty('metadata_needs_update');
    });

    it('for the replies to one comment hands out all other comments, now and later', async () => {
      const parentId = OMNIWEAR.commentId;
      for (let count = 0; count < 60; count += 1) comment(OMNIWEAR.photoId, 'Me', { parentId });
      const others = Array.from({ length: 30 }, () => comment(OMNIWEAR.photoId));
      const older = comment(OMNIWEAR.photoId, 'Older', {
        timestamp: instagram.world.clock.now() - 48 * HOUR_S * 1000,
      });
      arm({ kind: 'graph_error', code: 10 }, { path: `${parentId}/replies` });
      let { ids, state } = await pulls(2);
      expect(ids).toEqual(expect.arrayContaining([...others, older]));
      for (let day = 0; day < 3; day += 1) {
        pass(24 * HOUR_S);
        const fresh = comment(OMNIWEAR.photoId);
        ({ ids, state } = await pulls(3, state));
        expect(ids).toEqual([fresh]);
      }
      // Replies that are refused repeatedly are not requested in each pull.
      expect(callsTo('/replies').length).toBeLessThanOrEqual(3 + 3);
      instagram.faults.clear();
      pass(24 * HOUR_S);
      expect((await pulls(2, state)).ids).toHaveLength(11);
    });

    it.each([1, 2])(
      'does not stop the pull when Instagram always fails at its replies with code %d',
      async (code) => {
        const parentId = OMNIWEAR.commentId;
        for (let count = 0; count < 60; count += 1) comment(OMNIWEAR.photoId, 'Me', { parentId });
        const others = [OMNIWEAR.photoId, OMNIWEAR.reelId].map((id) => comment(id));
        arm({ kind: 'graph_error', code }, { path: `${parentId}/replies` });
        const { ids, answers } = await pulls(8);
        expect(ids).toEqual(expect.arrayContaining(others));
        expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(2);
      },
    );

    it('is tried less and less often, and read once it can be', async () => {
      const id = comment(OMNIWEAR.photoId);
      comment(OMNIWEAR.reelId);
      arm({ kind: 'graph_error', code: 10 }, { path: PHOTO_COMMENTS });
      let state = '';
      const day = 24 * 30;
      for (let done = 0; done < day; done += 1) {
        pass(120);
        state = (await pull(state)).state;
      }
      // Three tries at once, then after a quarter of an hour, half an hour, …, six hours.
      const tries = callsTo(PHOTO_COMMENTS).length;
      expect(tries).toBeGreaterThan(5);
      expect(tries).toBeLessThan(15);
      instagram.faults.clear();
      const found: string[] = [];
      for (let done = 0; done < 6 * 30 + 1 && found.length === 0; done += 1) {
        pass(120);
        const answer = await pull(state);
        state = answer.state;
        found.push(...answer.ids);
      }
      expect(found).toContain(id);
    }, 60_000);

    it.each([
      ['a rate limit', 80_002, undefined],
      ['a block of the account', 4, 2_207_051],
      ['an expired login', 190, 463],
      ['a removed app', 190, 458],
    ])('is not skipped for %s, which hits every post', async (_, code, subcode) => {
      const id = comment(OMNIWEAR.photoId);
      arm(
        { kind: 'graph_error', code, ...(subcode === undefined ? {} : { subcode }) },
        { path: PHOTO_COMMENTS },
      );
      const { ids, state } = await pulls(5);
      expect(ids).not.toContain(id);
      expect(service.logs.events('pull.post_left_out')).toEqual([]);
      instagram.faults.clear();
      // The longest pause of calls is an hour.
      pass(3601);
      expect((await pulls(1, state)).ids).toContain(id);
    });

    it('is read by the next sweep even when it is one of 20', async () => {
      const posts = addPosts(instagram.world, 20, 1);
      // Older than the comments that the next sweep reads again.
      pass((LATE_MS / HOUR_S / 1000 + 24) * HOUR_S);
      for (const id of posts) {
        arm({ kind: 'graph_error', code: 100, subcode: 33 }, { path: `${id}/comments`, times: 1 });
      }
      const metadata = await service.seal({ backfill_days: 30 });
      const isOfPosts = (id: string): boolean => posts.some((post) => id.includes(`:${post}:`));
      const first = await pullFrom(service, '', metadata);
      expect(service.logs.events('pull.post_left_out')).toHaveLength(20);
      expect(first.state).not.toContain('"place"');
      expect(first.ids.filter(isOfPosts)).toEqual([]);
      pass(2 * HOUR_S);
      await service.restart();
      const second = await pullFrom(service, first.state, metadata);
      expect(second.ids.filter(isOfPosts)).toHaveLength(20);
    });

    it.each([190, 102])('with %d is blamed on the account', async (code) => {
      comment(OMNIWEAR.photoId);
      arm({ kind: 'graph_error', code }, { path: '/comments' });
      expect((await pull()).json).toMatchObject({ metadata_needs_update: true });
      expect((await media({ media_id: OMNIWEAR.photoId })).json).toMatchObject({ ok: false });
    });

    it('is shown by one of its comments when the replies to that comment are refused', async () => {
      arm({ kind: 'graph_error', code: 10 }, { path: '/replies' });
      const answer = await media({ comment_id: OMNIWEAR.commentId });
      expect(answer.json).toMatchObject({
        ok: true,
        comments_error: { code: 'permission_missing' },
      });
      expect(commentsIn(answer)).toEqual([OMNIWEAR.commentId]);
    });
  });

  it('shows on the dashboard that comments are counted and never returned', async () => {
    const dashboard = async (): Promise<string> =>
      (await service.request('GET', '/dashboard')).text;
    const body = JSON.stringify({ data: [] });
    arm({ kind: 'answer', status: 200, body }, { path: '/comments' });
    const { state } = await pulls(2);
    expect(await dashboard()).toContain('counts comments and returns none');
    instagram.faults.clear();
    pass(HOUR_S);
    await pulls(1, state);
    expect(await dashboard()).toContain('Works.');
  });

  describe('comments that appear late', () => {
    const hoursAgo = (hours: number): number => instagram.world.clock.now() - hours * HOUR_S * 1000;

    it('become tickets although they carry the time at which they were written', async () => {
      comment(OMNIWEAR.photoId);
      let { state } = await pulls(2);
      pass(100 * HOUR_S);
      ({ state } = await pulls(2, state));
      const late = comment(OMNIWEAR.photoId, 'Late', { timestamp: hoursAgo(90) });
      pass(120);
      const { ids } = await pulls(1, state);
      expect(ids).toEqual([late]);
    });

    it('become tickets when the service was down meanwhile', async () => {
      comment(OMNIWEAR.photoId);
      let { state } = await pulls(2);
      pass(100 * HOUR_S);
      ({ state } = await pulls(2, state));
      const late = comment(OMNIWEAR.photoId, 'Late', { timestamp: hoursAgo(90) });
      await service.restart();
      expect((await pulls(1, state)).ids).toContain(late);
    });

    it('are handed out again when the answer with them was lost', async () => {
      let { state } = await pulls(2);
      pass(100 * HOUR_S);
      ({ state } = await pulls(2, state));
      const late = comment(OMNIWEAR.photoId, 'Late', { timestamp: hoursAgo(90) });
      expect((await pulls(1, state)).ids).toEqual([late]);
      pass(HOUR_S);
      expect((await pulls(1, state)).ids).toEqual([late]);
    });

    it('are ignored when they are more than a week old', async () => {
      const { state } = await pulls(2);
      pass(LATE_MS / 1000 + 100 * HOUR_S);
      const after = await pulls(2, state);
      comment(OMNIWEAR.photoId, 'Too late', { timestamp: hoursAgo(LATE_MS / 3_600_000 + 2) });
      comment(OMNIWEAR.photoId, 'New');
      expect((await pulls(1, after.state)).ids).toHaveLength(1);
    });

    it('leave room for new comments after a restart', async () => {
      addPosts(instagram.world, 20, 30);
      let { state } = await pulls(6);
      pass(3 * HOUR_S);
      ({ state } = await pulls(2, state));
      await service.restart();
      const fresh = Array.from({ length: 50 }, () => comment(OMNIWEAR.carouselId));
      const first = await pulls(1, state);
      expect(first.ids).toEqual(expect.arrayContaining(fresh));
      expect(first.ids.length).toBeLessThanOrEqual(LATE_MAX + fresh.length + 1);
      // The comments that were handed out before come to an end.
      const { answers } = await pulls(10, first.state);
      expect(answers.at(-1)?.ids).toEqual([]);
    });

    it('cost no extra call: when idle, each post is read once in half an hour', async () => {
      addPosts(instagram.world, 20, 3);
      let { state } = await pulls(3);
      pass(3 * HOUR_S);
      ({ state } = await pulls(2, state));
      instagram.seen.length = 0;
      for (let done = 0; done < 30; done += 1) {
        pass(120);
        ({ state } = await pulls(1, state));
      }
      const calls = instagram.seen.length;
      // 30 reads of the list, at most one of the account, and two of each of 21 posts.
      expect(calls).toBeGreaterThan(30);
      expect(calls).toBeLessThanOrEqual(30 + 1 + 2 * 21);
    });
  });

  describe('unusual comments', () => {
    it('without a time are handed out once', async () => {
      const undated = comment(OMNIWEAR.photoId, 'When?', { isUndated: true });
      const parentId = String(undated.split(':')[2]);
      const reply = comment(OMNIWEAR.photoId, 'Then', { parentId });
      const first = await pulls(1);
      expect(first.ids).toEqual(expect.arrayContaining([undated, reply]));
      expect(first.ids.indexOf(undated)).toBeLessThan(first.ids.indexOf(reply));
      pass(HOUR_S);
      expect((await pulls(3, first.state)).ids).toEqual([]);
      const shown = await media({ media_id: OMNIWEAR.photoId });
      expect(commentsIn(shown)).toContain(parentId);
      expect(shown.json.comments).toContainEqual(
        expect.objectContaining({ comment_id: parentId, created_at: null }),
      );
    });

    it('that are hidden accept no reply', async () => {
      const hidden = comment(OMNIWEAR.photoId, 'Spam', { hidden: true });
      const shown = comment(OMNIWEAR.photoId);
      const answer = (await pull()).resources;
      const canReply = (id: string): boolean | undefined =>
        answer.find((each) => each.external_id === id)?.allow_channelback;
      expect([canReply(hidden), canReply(shown)]).toEqual([false, true]);
    });

    it('that answer a reply belong to the thread of the top-level comment', async () => {
      const second = instagram.world.addComment({
        mediaId: OMNIWEAR.photoId,
        parentId: OMNIWEAR.commentId,
        authorId: MIRA,
        text: 'Second level',
      });
      const third = instagram.world.addComment({
        mediaId: OMNIWEAR.photoId,
        parentId: second.id,
        authorId: MIRA,
        text: 'Third level',
      });
      const answer = await media({ comment_id: third.id });
      expect(commentsIn(answer)[0]).toBe(OMNIWEAR.commentId);
      expect(commentsIn(answer)).toEqual(expect.arrayContaining([second.id, third.id]));
    });
  });

  describe('a read on a connection that Instagram closed', () => {
    it('is retried once', async () => {
      arm({ kind: 'cut_before' }, { path: '/media', times: 1 });
      const answer = await pull();
      expect(answer.status).toBe(200);
      expect(callsTo('/media')).toHaveLength(2);
      arm({ kind: 'cut_before' }, { path: '/media' });
      expect((await pull(answer.state)).status).toBe(503);
      expect(callsTo('/media')).toHaveLength(4);
    });

    it('is retried for the app, but a write is not', async () => {
      arm({ kind: 'cut_before' }, { path: OMNIWEAR.photoId, times: 1 });
      expect((await media({ media_id: OMNIWEAR.photoId })).json).toMatchObject({ ok: true });
      arm({ kind: 'cut_before' }, { method: 'POST', path: '/likes' });
      const like = await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true });
      expect(like.json).toMatchObject({ ok: false });
      expect(callsTo('/likes')).toHaveLength(1);
    });
  });

  it.each([
    ['HTML', '<html>Too many requests</html>'],
    [
      'flat JSON',
      '{"error_type":"OAuthRateLimitException","code":429,"error_message":"Slow down"}',
    ],
    ['a code as text', '{"error":{"code":"4","message":"Slow down"}}'],
    ['nothing', ''],
  ])('reports when to retry when status 429 comes with %s', async (_, body) => {
    arm(
      { kind: 'answer', status: 429, body, headers: { 'retry-after': '90' } },
      { path: '/media' },
    );
    const { status, headers } = await pull();
    expect([status, headers['retry-after']]).toEqual([503, '90']);
  });

  it("shows the agent Meta's reason for a refused reply and does not log it", async () => {
    const user_msg = 'Comments may\u202E have\n four hashtags.';
    arm({ kind: 'graph_error', code: 100, user_msg }, { method: 'POST', path: '/replies' });
    const { status, json } = await service.post(
      '/channelback',
      form({
        metadata: service.metadata,
        message: 'It does!',
        parent_id: `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`,
        request_unique_identifier: 'one',
      }),
    );
    expect(status).toBe(422);
    expect(json.detail).toContain('Instagram says: Comments may have four hashtags.');
    expect(service.logs.mentions('hashtags')).toBe(false);
  });
});
