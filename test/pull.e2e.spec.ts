import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { LATE_MS } from '../src/pull/sweep.js';
import { LONGEST_REST_MS } from '../src/pull/pull-memory.js';
import { addPosts } from './support/posts.js';
import { pull as pullFrom, type Pulled } from './support/pulls.js';
import { OTHER_KEY, TEST_KEY, useService } from './support/service.js';

const MIRA = '17841400000000002';
const PHOTO = `media:${OMNIWEAR.photoId}`;
const QUESTION = `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`;
const DAY_MS = 86_400_000;

describe('POST /pull', () => {
  const { instagram, service } = useService({ PULL_BUDGET_MS: '5000' }, { per: 'test' });

  const pull = (state?: string, metadata?: string): Promise<Pulled> =>
    pullFrom(service, state, metadata);
  const comment = (text: string, mediaId: string = OMNIWEAR.photoId): string =>
    `comment:${mediaId}:${instagram.world.addComment({ mediaId, authorId: MIRA, text }).id}`;
  const pass = (seconds: number): void => {
    instagram.world.clock.advance(seconds);
    service.clock.advance(seconds);
  };
  const graphError = (code: number, subcode?: number, times = 1): void => {
    instagram.failNext('graph_error', { code, subcode, times });
  };

  it('hands out the photo and its comments with replies, then only new comments', async () => {
    const first = await pull();
    expect(first.ids).toEqual([PHOTO, QUESTION, `comment:${OMNIWEAR.photoId}:17873440459141022`]);
    const again = await pull(first.state);
    expect(again.ids).toEqual([]);
    const id = comment('And in blue?');
    const third = await pull(again.state);
    expect(third.ids).toEqual([id]);
  });

  it('gives each resource the fields that a ticket and the app need', async () => {
    const [photo, question] = (await pull()).resources;
    const { id } = (await service.request('GET', '/manifest.json')).json;
    const shown = {
      media_id: OMNIWEAR.photoId,
      media_type: 'IMAGE',
      permalink: 'https://www.instagram.com/p/DQx3fT0jK1a/',
      thumbnail: 'https://scontent.cdninstagram.com/v/DQx3fT0jK1a.jpg',
    };
    const type = `${String(id)}/media/v1`;
    expect(photo).toMatchObject({
      thread_id: PHOTO,
      message: expect.stringMatching(/trail jacket/),
      author: {
        external_id: OMNIWEAR.igUserId,
        name: 'omniwear',
        image_url: 'https://scontent.cdninstagram.com/v/omniwear.jpg',
      },
      display_info: [{ type, data: { ...shown, comment_id: null } }],
    });
    expect(question).toEqual({
      external_id: QUESTION,
      thread_id: PHOTO,
      message: 'Love it! Does it come in green?',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      author: { external_id: MIRA, name: 'mira.hikes' },
      display_info: [{ type, data: { ...shown, comment_id: OMNIWEAR.commentId } }],
      allow_channelback: true,
      fields: [
        {
          id: 'subject',
          value: 'Instagram photo: The new trail jacket, straight from the rain. #omniwear',
        },
      ],
    });
  });

  it('hands out the oldest comments first', async () => {
    const ids = ['One', 'Two', 'Three'].map((text) => {
      instagram.world.clock.advance(5);
      return comment(text);
    });
    const handedOut = (await pull()).ids;
    expect(handedOut.slice(-3)).toEqual(ids);
    expect(handedOut[0]).toBe(PHOTO);
  });

  it('gives each comment its own thread where the account is set up that way', async () => {
    const resources = (await pull('', await service.seal({ threads: 'comment' }))).resources;
    const threads = resources.map(({ external_id: id, thread_id: thread }) => [id, thread]);
    expect(threads).toEqual([
      [QUESTION, QUESTION],
      [`comment:${OMNIWEAR.photoId}:17873440459141022`, QUESTION],
    ]);
  });

  it('starts as far back as was chosen at setup', async () => {
    expect((await pull('', await service.seal({ backfill_days: 0 }))).ids).toEqual([]);
  });

  it('returns hostile, empty and very long comments as text that Zendesk accepts', async () => {
    const texts = ['', '   ', '<script>alert(1)</script>', '\u202Egnp.exe', '🧥'.repeat(5000)];
    const ids = texts.map((text) => comment(text));
    const resources = (await pull()).resources;
    expect(resources.map(({ external_id: id }) => id)).toEqual(expect.arrayContaining(ids));
    expect(resources.find(({ external_id: id }) => id === ids[2])?.message).toBe(texts[2]);
    expect(resources.find(({ external_id: id }) => id === ids[0])?.message).toMatch(/without text/);
  });

  it('hands out at most 200 resources, and the rest with the next pulls', async () => {
    const ids = Array.from({ length: 450 }, (_, index) => comment(`Number ${String(index)}`));
    const seen: string[] = [];
    let state = '';
    const counts: number[] = [];
    for (let calls = 0; calls < 5; calls += 1) {
      const answer = await pull(state);
      state = answer.state;
      seen.push(...answer.ids);
      counts.push(answer.ids.length);
    }
    expect(counts).toEqual([200, 200, 53, 0, 0]);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining([PHOTO, QUESTION, ...ids]));
  });

  it('imports 10,000 comments on 500 posts once each, and reads each page about once', async () => {
    const posts = addPosts(instagram.world, 500, 20);
    const seen = new Map<string, number>();
    let state = '';
    let pulls = 0;
    do {
      const answer = await pull(state);
      pulls += 1;
      state = answer.state;
      for (const id of answer.ids) seen.set(id, (seen.get(id) ?? 0) + 1);
    } while (state.includes('"place"') && pulls < 100);
    // 10,000 comments, their 500 posts, and the photo with its two comments.
    expect(seen.size).toBe(10_503);
    expect(Math.max(...seen.values())).toBe(1);
    expect(pulls).toBeLessThanOrEqual(54);
    const reads = instagram.seen.filter(({ path }) => path.endsWith('/comments')).length;
    // Once for each post, and again for the post at which each pull stopped.
    expect(reads).toBeLessThanOrEqual(posts.length + 2 * pulls);
  }, 120_000);

  it('loses nothing when its last comment is deleted before the next pull', async () => {
    const ids = Array.from({ length: 230 }, (_, index) => comment(`Number ${String(index)}`));
    // Older than the comments that a later sweep reads again.
    pass(7200);
    const first = await pull();
    const last = String(first.ids.at(-1)?.split(':')[2]);
    instagram.world.deleteComment(last);
    // The new process has no memory of the first pull.
    await service.restart();
    const second = await pull(first.state);
    const third = await pull(second.state);
    const seen = new Set([first, second, third].flatMap(({ ids }) => ids));
    expect(ids.filter((id) => !seen.has(id))).toEqual([]);
  });

  it.each([
    {},
    { cursors: {} },
    { cursors: { after: 'a b' } },
    { cursors: { after: 'x'.repeat(1001) } },
  ])('fails on a page that names a next page without a usable cursor: %j', async (paging) => {
    const body = JSON.stringify({ data: [], paging: { ...paging, next: 'https://graph' } });
    instagram.failNext('answer', { status: 200, body, path: 'media' });
    expect(await pull()).toMatchObject({ status: 503 });
    expect((await pull()).ids).toContain(QUESTION);
  });

  describe('loses nothing and comes to an end', () => {
    /** Pulls until a sweep is complete. Returns what was handed out and the state. */
    const pullAll = async (state = ''): Promise<{ ids: string[]; state: string }> => {
      const ids: string[] = [];
      for (let pulls = 0; pulls < 20; pulls += 1) {
        const answer = await pull(state);
        if (answer.status !== 200) continue;
        ids.push(...answer.ids);
        state = answer.state;
        if (!state.includes('"place"')) return { ids, state };
      }
      throw new Error('no sweep was completed');
    };
    const stateAfter = async (state: string, pulls: number): Promise<string> => {
      for (let count = 0; count < pulls; count += 1) {
        const { json } = await pull(state);
        if (typeof json.state === 'string') ({ state } = json as { state: string });
      }
      return state;
    };
    const reply = (to: string, text: string): string => {
      const [, mediaId = '', parentId = ''] = to.split(':');
      const { id } = instagram.world.addComment({ mediaId, parentId, authorId: MIRA, text });
      return `comment:${mediaId}:${id}`;
    };
    /** Refuses calls as if their object were deleted. */
    const refuse = (path: string, times = 1, parameter?: string): void => {
      const fault = { kind: 'graph_error', code: 100, subcode: 33 } as const;
      instagram.failNext(fault, { times, path, ...(parameter === undefined ? {} : { parameter }) });
    };
    const remove = (id: string): void => {
      instagram.world.deleteComment(String(id.split(':')[2]));
    };

    it('when a comment is deleted from a page that was handed out in part', async () => {
      const threads = Array.from({ length: 60 }, (_, index) => {
        const top = comment(`Top ${String(index)}`);
        return [top, ...Array.from({ length: 5 }, () => reply(top, 'Me too'))];
      });
      pass(7200);
      const first = await pull();
      const deleted = threads.findLast(([top = '']) => first.ids.includes(top)) ?? [];
      remove(deleted[0] ?? '');
      await service.restart();
      const { ids } = await pullAll(first.state);
      const seen = new Set([...first.ids, ...ids]);
      expect(threads.flat().filter((id) => !seen.has(id) && !deleted.includes(id))).toEqual([]);
      // The sweep does not start over.
      expect(ids.filter((id) => first.ids.includes(id)).length).toBeLessThan(60);
    });

    it('when a comment is deleted while its replies are read', async () => {
      const others = Array.from({ length: 40 }, (_, index) => comment(`Number ${String(index)}`));
      const long = comment('Who wants one?');
      for (let count = 0; count < 60; count += 1) reply(long, 'Me!');
      pass(7200);
      refuse(`${String(long.split(':')[2])}/replies`);
      const first = await pullAll();
      const second = await pullAll(first.state);
      const seen = new Set([...first.ids, ...second.ids]);
      expect(others.filter((id) => !seen.has(id))).toEqual([]);
    });

    it('when a page of comments is refused once', async () => {
      const ids = Array.from({ length: 60 }, (_, index) => comment(`Number ${String(index)}`));
      pass(7200);
      refuse(`${OMNIWEAR.photoId}/comments`, 1, 'after');
      const first = await pullAll();
      const second = await pullAll(first.state);
      expect(ids.filter((id) => ![...first.ids, ...second.ids].includes(id))).toEqual([]);
    });

    it.each([10, 25, 100, 1])(
      'when one post fails with %d for ten days while the others are read',
      async (code) => {
        const hidden = comment('On the photo');
        const path = `${OMNIWEAR.photoId}/comments`;
        instagram.failNext('graph_error', { code, times: Infinity, path });
        let state = await stateAfter('', 4);
        for (let days = 0; days < 10; days += 1) {
          pass(86_400);
          const onReel = comment(`Day ${String(days)}`, OMNIWEAR.reelId);
          const answer = await pull(state);
          expect(answer.json).not.toHaveProperty('metadata_needs_update');
          expect(answer.ids.filter((id) => id.startsWith('comment:'))).toEqual([onReel]);
          state = answer.state;
          await service.restart();
          instagram.faults.clear();
          instagram.failNext('graph_error', { code, times: Infinity, path });
          // The new process does not know yet that the post cannot be read.
          state = await stateAfter(state, 3);
        }
        expect(service.logs.events('pull.post_left_out')).toContainEqual(
          expect.objectContaining({ level: 'warn', media: OMNIWEAR.photoId }),
        );
        instagram.faults.clear();
        // A post that is refused repeatedly is tried less and less often.
        pass(LONGEST_REST_MS / 1000);
        expect((await pullAll(state)).ids).toContain(hidden);
      },
      60_000,
    );

    it('when a missing permission hides every post, and asks for the admin', async () => {
      const fault = { kind: 'graph_error', code: 10 } as const;
      instagram.failNext(fault, { times: Infinity, path: 'comments' });
      let state = '';
      for (let pulls = 0; pulls < 15; pulls += 1) {
        expect(await pull(state)).toMatchObject({ json: { metadata_needs_update: true } });
        state = await stateAfter(state, 1);
      }
      instagram.faults.clear();
      expect((await pullAll(state)).ids).toContain(QUESTION);
    });

    it('when the cursor of an earlier pull has expired', async () => {
      addPosts(instagram.world, 120, 1);
      pass(7200);
      const first = await pull();
      expect(first.state).toContain('mediaAfter');
      await service.restart();
      refuse('/media', 1, 'after');
      const { ids } = await pullAll(first.state);
      expect(new Set([...first.ids, ...ids].filter((id) => id.startsWith('comment:'))).size).toBe(
        120 + 2,
      );
    });

    it('when a post fails now and then', async () => {
      const path = `${OMNIWEAR.photoId}/comments`;
      let { state } = await pullAll();
      for (let times = 0; times < 3; times += 1) {
        pass(7200);
        const written = comment(`Time ${String(times)}`);
        instagram.failNext('graph_error', { code: 2, times: 2, path });
        const answer = await pullAll(state);
        ({ state } = answer);
        expect(answer.ids).toContain(written);
      }
      expect(service.logs.events('pull.post_left_out')).toEqual([]);
    });

    it('when a customer replies to an old comment', async () => {
      const connected_at = Math.floor(service.clock.now() / 1000);
      const metadata = await service.seal({ backfill_days: 0, threads: 'comment', connected_at });
      const written = reply(QUESTION, 'Me too');
      const answer = await pull('', metadata);
      // The question is older than the backfill, but its reply would make no sense without it.
      expect(answer.ids).toEqual([QUESTION, written]);
      expect(new Set(answer.resources.map((each) => each.thread_id))).toEqual(new Set([QUESTION]));
    });

    it('and hands out nothing older than the backfill', async () => {
      pass(1800);
      const connected_at = Math.floor(service.clock.now() / 1000);
      const metadata = await service.seal({ backfill_days: 0, connected_at });
      instagram.world.clock.advance(-1800);
      comment('Half an hour before');
      instagram.world.clock.advance(1800);
      const written = comment('Just now');
      expect((await pull('', metadata)).ids).toEqual([PHOTO, written]);
    });

    it('when every cursor is refused, without retrying endlessly', async () => {
      addPosts(instagram.world, 60, 0);
      refuse('/media', Infinity, 'after');
      expect((await pull()).status).toBe(200);
      expect(instagram.seen.length).toBeLessThan(12);
    });

    it('when the clock was ahead for a while', async () => {
      service.clock.advance(86_400);
      const { state } = await pullAll();
      service.clock.advance(-86_400);
      pass(600);
      const after = await pullAll(state);
      pass(7200);
      const written = comment('Meanwhile');
      expect((await pullAll(after.state)).ids).toContain(written);
    });

    it('when the first pulls fail and there is no backfill', async () => {
      const connected_at = Math.floor(service.clock.now() / 1000);
      const metadata = await service.seal({ backfill_days: 0, connected_at });
      const written = comment('In the same second');
      graphError(2, undefined, 99);
      expect((await pull('', metadata)).status).toBe(503);
      instagram.faults.clear();
      pass(600);
      const ids = (await pull('', metadata)).ids;
      expect(ids.filter((id) => id.startsWith('comment:'))).toEqual([written]);
    });

    it('when the state belongs to another account', async () => {
      const { state } = await pullAll();
      pass(7200);
      const other = state.replace(OMNIWEAR.igUserId, '17841400000000002');
      expect(other).not.toBe(state);
      await service.restart();
      expect((await pullAll(other)).ids).toContain(QUESTION);
    });

    it('when the account or the list of its posts cannot be read', async () => {
      const path = `/${OMNIWEAR.igUserId}`;
      instagram.failNext('graph_error', { code: 2, path });
      expect((await pull()).ids).toContain(QUESTION);
      await service.restart();
      refuse('/media');
      expect(await pull()).toMatchObject({
        status: 200,
        json: { external_resources: [], metadata_needs_update: true },
      });
    });
  });

  it('skips a post that cannot be read, and returns to it later', async () => {
    const id = comment('On the reel', OMNIWEAR.reelId);
    // Older than the comments that a later sweep reads again.
    pass(7200);
    const path = `${OMNIWEAR.reelId}/comments`;
    instagram.failNext('graph_error', { code: 2, times: 99, path });
    let state = '';
    const statuses: number[] = [];
    // The photo comes first; its own calls go through.
    for (let calls = 0; calls < 4; calls += 1) {
      const answer = await pull(state);
      statuses.push(answer.status);
      if (answer.status === 200) state = answer.state;
      expect(answer.ids).not.toContain(id);
    }
    expect(statuses).toEqual([200, 503, 200, 200]);
    instagram.faults.clear();
    const seen: string[] = [];
    for (let calls = 0; calls < 3; calls += 1) {
      const answer = await pull(state);
      state = answer.state;
      seen.push(...answer.ids);
    }
    expect(seen).toContain(id);
  });

  describe('when Instagram or Zendesk fails', () => {
    it.each([
      ['a transient error', 2, undefined],
      ['a rate limit', 80_002, undefined],
      ['a restriction', 4, 2_207_051],
    ])('answers 503 to %s and loses nothing', async (_, code, subcode) => {
      const first = await pull();
      const id = comment('Meanwhile');
      graphError(code, subcode, 2);
      const failed = await pull(first.state);
      expect(failed.status).toBe(503);
      instagram.faults.clear();
      // The longest pause of calls is an hour.
      service.clock.advance(3601);
      const next = await pull(first.state);
      expect(next.ids).toEqual([id]);
    });

    it('reports when to retry if Meta reports it', async () => {
      instagram.failNext('graph_error', {
        code: 80_002,
        headers: {
          'x-business-use-case-usage': JSON.stringify({
            [OMNIWEAR.igUserId]: [{ type: 'instagram', estimated_time_to_regain_access: 7 }],
          }),
        },
      });
      const { status, headers } = await pull();
      expect([status, headers['retry-after']]).toEqual([503, '420']);
    });

    it.each([
      ['has expired', 190, 463],
      ['was revoked', 190, 458],
      ['needs a confirmation at Facebook', 190, 459],
      ['lacks a permission', 10, undefined],
    ])('asks the admin to reconnect the account when its login %s', async (_, code, subcode) => {
      graphError(code, subcode, 9);
      const { status, json } = await pull();
      expect(status).toBe(200);
      expect(json).toEqual({ external_resources: [], metadata_needs_update: true });
    });

    it('hands out what it has read when the login expires in the middle of a pull', async () => {
      // The account, the posts and the photo's comments are read; the reel's are refused.
      comment('On the reel', OMNIWEAR.reelId);
      const first = await pull();
      expect(first.ids.length).toBeGreaterThan(3);
      await service.restart();
      instagram.failNext('graph_error', {
        code: 190,
        subcode: 463,
        times: 9,
        path: `${OMNIWEAR.reelId}/comments`,
      });
      const { status, json, ids } = await pull();
      expect(status).toBe(200);
      expect(json).toMatchObject({ metadata_needs_update: true, state: expect.any(String) });
      expect(ids).toContain(QUESTION);
    });

    it('answers 401 to metadata that it cannot open', async () => {
      const { status, json } = await pull('', 'x');
      expect([status, json.title]).toEqual([401, 'Unauthorized']);
    });

    it.each(['metadata=x&metadata=y', 'state=x', ''])(
      'answers 400 to the body %j',
      async (body) => {
        expect((await service.post('/pull', body)).status).toBe(400);
      },
    );

    it.each([
      ['no JSON', 'rubbish'],
      ['too long', 'x'.repeat(5001)],
      ['of another form', '{"v":1,"since":"yesterday"}'],
      ['hostile', '{"v":1,"since":0,"__proto__":{"since":1},"place":{"startedAt":1e99}}'],
    ])('starts over when the state is %s', async (_, state) => {
      expect((await pull(state)).ids).toContain(QUESTION);
    });

    it("reads only the times from another version's state", async () => {
      // The photo's comments are too old to count as comments that appeared late.
      pass(LATE_MS / 1000);
      const since = service.clock.now() - 10 * 60_000;
      const id = comment('New');
      const state = JSON.stringify({ v: 0, from: 0, since, place: { mediaAfter: 'old' } });
      const answer = await pull(state);
      // The photo comes first in its thread.
      expect(answer.ids).toEqual([PHOTO, id]);
    });
  });

  describe('asks the admin to act', () => {
    it.each([
      ['the token expires', 'expires_at'],
      ['Meta stops sharing the data', 'data_access_expires_at'],
    ])('at least a week before %s', async (_, field) => {
      const inDays = (days: number): string =>
        new Date(service.clock.now() + days * DAY_MS).toISOString();
      const soon = await pull('', await service.seal({ [field]: inDays(7) }));
      expect(soon.json.metadata_needs_update).toBe(true);
      expect(soon.ids).toContain(QUESTION);
      const late = await pull('', await service.seal({ [field]: inDays(20) }));
      expect(late.json).not.toHaveProperty('metadata_needs_update');
    });

    it('but seals the account with the new key by itself', async () => {
      const [, key = ''] = OTHER_KEY.split(':');
      const old = service.metadata;
      await service.restart({ CREDENTIALS_KEYS: `new:${key},${TEST_KEY}` });
      const { json } = await pull('', old);
      expect(json.metadata).toEqual(expect.any(String));
      const next = await pull(String(json.state), String(json.metadata));
      expect(next.status).toBe(200);
      expect(next.json).not.toHaveProperty('metadata');
    });
  });
});
