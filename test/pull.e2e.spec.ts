import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { checkPullAnswer } from '../sandbox/zendesk/rules.js';
import { LATE_MS } from '../src/pull/sweep.js';
import { LONGEST_REST_MS } from '../src/pull/pull-memory.js';
import type { ExternalResource } from '../src/zendesk/external-resource.js';
import { addPosts } from './support/posts.js';
import { type RunningInstagram, startInstagram } from './support/instagram.js';
import { type Answer, form, OTHER_KEY, TEST_KEY, TestService } from './support/service.js';

const MIRA = '17841400000000002';
const PHOTO = `media:${OMNIWEAR.photoId}`;
const QUESTION = `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`;
const DAY_MS = 86_400_000;

describe('POST /pull', () => {
  let instagram: RunningInstagram;
  let service: TestService;
  beforeEach(async () => {
    instagram = await startInstagram();
    service = await TestService.start({
      INSTAGRAM_GRAPH_URL: instagram.url,
      PULL_BUDGET_MS: '5000',
    });
  });
  afterEach(async () => {
    await service.stop();
    await instagram.stop();
  });

  const pull = async (state = '', metadata = service.metadata): Promise<Answer> => {
    const answer = await service.post('/pull', form({ metadata, state }));
    if (answer.status === 200) expect(checkPullAnswer(answer.json)).toEqual([]);
    return answer;
  };
  const resourcesOf = ({ json }: Answer): ExternalResource[] =>
    json.external_resources as ExternalResource[];
  const idsOf = (answer: Answer): string[] =>
    resourcesOf(answer).map(({ external_id: externalId }) => externalId);
  const stateOf = ({ json }: Answer): string => String(json.state);
  const comment = (text: string, mediaId: string = OMNIWEAR.photoId): string =>
    `comment:${mediaId}:${instagram.world.addComment({ mediaId, authorId: MIRA, text }).id}`;
  const graphError = (code: number, subcode?: number, times = 1): void => {
    instagram.faults.arm({
      fault: { kind: 'graph_error', code, ...(subcode === undefined ? {} : { subcode }) },
      times,
    });
  };

  it('hands out the photo, its comments with their replies, and then what is new', async () => {
    const first = await pull();
    expect(idsOf(first)).toEqual([
      PHOTO,
      QUESTION,
      `comment:${OMNIWEAR.photoId}:17873440459141022`,
    ]);
    const again = await pull(stateOf(first));
    expect(idsOf(again)).toEqual([]);
    const id = comment('And in blue?');
    const third = await pull(stateOf(again));
    expect(idsOf(third)).toEqual([id]);
  });

  it('makes of a comment what a ticket and the app need', async () => {
    const [photo, question] = resourcesOf(await pull());
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

  it('hands out the oldest first', async () => {
    const ids = ['One', 'Two', 'Three'].map((text) => {
      instagram.world.clock.advance(5);
      return comment(text);
    });
    const handedOut = idsOf(await pull());
    expect(handedOut.slice(-3)).toEqual(ids);
    expect(handedOut[0]).toBe(PHOTO);
  });

  it('gives each comment a thread of its own, where the account is set up so', async () => {
    const resources = resourcesOf(await pull('', await service.seal({ threads: 'comment' })));
    const threads = resources.map(({ external_id: id, thread_id: thread }) => [id, thread]);
    expect(threads).toEqual([
      [QUESTION, QUESTION],
      [`comment:${OMNIWEAR.photoId}:17873440459141022`, QUESTION],
    ]);
  });

  it('begins as far back as was chosen at set-up', async () => {
    expect(idsOf(await pull('', await service.seal({ backfill_days: 0 })))).toEqual([]);
  });

  it('gives hostile, blank and very long comments as text that Zendesk takes', async () => {
    const texts = ['', '   ', '<script>alert(1)</script>', '\u202Egnp.exe', '🧥'.repeat(5000)];
    const ids = texts.map((text) => comment(text));
    const resources = resourcesOf(await pull());
    expect(idsOf({ json: { external_resources: resources } } as unknown as Answer)).toEqual(
      expect.arrayContaining(ids),
    );
    expect(resources.find(({ external_id: id }) => id === ids[2])?.message).toBe(texts[2]);
    expect(resources.find(({ external_id: id }) => id === ids[0])?.message).toMatch(/without text/);
  });

  it('hands out 200 at most, and the rest with the next pulls', async () => {
    const ids = Array.from({ length: 450 }, (_, index) => comment(`Number ${String(index)}`));
    const seen: string[] = [];
    let state = '';
    const counts: number[] = [];
    for (let calls = 0; calls < 5; calls += 1) {
      const answer = await pull(state);
      state = stateOf(answer);
      seen.push(...idsOf(answer));
      counts.push(idsOf(answer).length);
    }
    expect(counts).toEqual([200, 200, 53, 0, 0]);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining([PHOTO, QUESTION, ...ids]));
  });

  it('takes in 10,000 comments on 500 posts, each once, reading each page about once', async () => {
    const posts = addPosts(instagram.world, 500, 20);
    const seen = new Map<string, number>();
    let state = '';
    let pulls = 0;
    do {
      const answer = await pull(state);
      pulls += 1;
      state = stateOf(answer);
      for (const id of idsOf(answer)) seen.set(id, (seen.get(id) ?? 0) + 1);
    } while (state.includes('"place"') && pulls < 100);
    // 10,000 comments, the 500 posts they stand on, and the photo with its two comments.
    expect(seen.size).toBe(10_503);
    expect(Math.max(...seen.values())).toBe(1);
    expect(pulls).toBeLessThanOrEqual(54);
    const reads = instagram.seen.filter(({ path }) => path.endsWith('/comments')).length;
    // Once for each post, and once more for the one at which each pull stopped.
    expect(reads).toBeLessThanOrEqual(posts.length + 2 * pulls);
  }, 120_000);

  it('loses nothing where the last comment it handed out is deleted before the next pull', async () => {
    const ids = Array.from({ length: 230 }, (_, index) => comment(`Number ${String(index)}`));
    // Older than what a later sweep looks at again.
    instagram.world.clock.advance(7200);
    service.clock.advance(7200);
    const first = await pull();
    const last = String(idsOf(first).at(-1)?.split(':')[2]);
    instagram.world.deleteComment(last);
    // What an earlier process remembers is no help.
    await service.stop();
    service = await TestService.start({ INSTAGRAM_GRAPH_URL: instagram.url });
    service.clock.advance(7200);
    const second = await pull(stateOf(first));
    const third = await pull(stateOf(second));
    const seen = new Set([first, second, third].flatMap(idsOf));
    expect(ids.filter((id) => !seen.has(id))).toEqual([]);
  });

  it.each([
    {},
    { cursors: {} },
    { cursors: { after: 'a b' } },
    { cursors: { after: 'x'.repeat(1001) } },
  ])(
    'does not take a page for the last one, where more follows and no cursor leads there: %j',
    async (paging) => {
      const body = JSON.stringify({ data: [], paging: { ...paging, next: 'https://graph' } });
      instagram.faults.arm({
        fault: { kind: 'answer', status: 200, body },
        times: 1,
        path: 'media',
      });
      expect(await pull()).toMatchObject({ status: 503 });
      expect(idsOf(await pull())).toContain(QUESTION);
    },
  );

  describe('nothing is lost, and nothing is read for ever', () => {
    /** A service that remembers nothing, at the same time. */
    const restart = async (): Promise<void> => {
      const passed = service.clock.now() - Date.now();
      await service.stop();
      service = await TestService.start({
        INSTAGRAM_GRAPH_URL: instagram.url,
        PULL_BUDGET_MS: '5000',
      });
      service.clock.advance(Math.ceil(passed / 1000));
    };
    const pass = (seconds: number): void => {
      instagram.world.clock.advance(seconds);
      service.clock.advance(seconds);
    };
    /** Pulls until a sweep is whole; what was handed out, and the state. */
    const pullAll = async (state = ''): Promise<{ ids: string[]; state: string }> => {
      const ids: string[] = [];
      for (let pulls = 0; pulls < 20; pulls += 1) {
        const answer = await pull(state);
        if (answer.status !== 200) continue;
        ids.push(...idsOf(answer));
        state = stateOf(answer);
        if (!state.includes('"place"')) return { ids, state };
      }
      throw new Error('no sweep was whole');
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
    /** Refuses calls as for something that is gone; `parameter` must be in their query, if given. */
    const refuse = (path: string, times = 1, parameter?: string): void => {
      const fault = { kind: 'graph_error', code: 100, subcode: 33 } as const;
      instagram.faults.arm({
        fault,
        times,
        path,
        ...(parameter === undefined ? {} : { parameter }),
      });
    };
    const remove = (id: string): void => {
      instagram.world.deleteComment(String(id.split(':')[2]));
    };

    it('where a comment is deleted of a page that was handed out in part', async () => {
      const threads = Array.from({ length: 60 }, (_, index) => {
        const top = comment(`Top ${String(index)}`);
        return [top, ...Array.from({ length: 5 }, () => reply(top, 'Me too'))];
      });
      pass(7200);
      const first = await pull();
      const deleted = threads.findLast(([top = '']) => idsOf(first).includes(top)) ?? [];
      remove(deleted[0] ?? '');
      await restart();
      const { ids } = await pullAll(stateOf(first));
      const seen = new Set([...idsOf(first), ...ids]);
      expect(threads.flat().filter((id) => !seen.has(id) && !deleted.includes(id))).toEqual([]);
      // What was handed out is not begun anew.
      expect(ids.filter((id) => idsOf(first).includes(id)).length).toBeLessThan(60);
    });

    it('where a comment is deleted while its replies are read', async () => {
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

    it('where a page of comments is refused once', async () => {
      const ids = Array.from({ length: 60 }, (_, index) => comment(`Number ${String(index)}`));
      pass(7200);
      refuse(`${OMNIWEAR.photoId}/comments`, 1, 'after');
      const first = await pullAll();
      const second = await pullAll(first.state);
      expect(ids.filter((id) => ![...first.ids, ...second.ids].includes(id))).toEqual([]);
    });

    it.each([10, 25, 100, 1])(
      'where one post answers %d for ten days, and the others are read meanwhile',
      async (code) => {
        const hidden = comment('On the photo');
        const path = `${OMNIWEAR.photoId}/comments`;
        instagram.faults.arm({ fault: { kind: 'graph_error', code }, times: Infinity, path });
        let state = await stateAfter('', 4);
        for (let days = 0; days < 10; days += 1) {
          pass(86_400);
          const onReel = comment(`Day ${String(days)}`, OMNIWEAR.reelId);
          const answer = await pull(state);
          expect(answer.json).not.toHaveProperty('metadata_needs_update');
          expect(idsOf(answer).filter((id) => id.startsWith('comment:'))).toEqual([onReel]);
          state = stateOf(answer);
          await restart();
          instagram.faults.clear();
          instagram.faults.arm({ fault: { kind: 'graph_error', code }, times: Infinity, path });
          // The new process has to find out for itself that the post cannot be read.
          state = await stateAfter(state, 3);
        }
        expect(service.logs.events('pull.post_left_out')).toContainEqual(
          expect.objectContaining({ level: 40, media: OMNIWEAR.photoId }),
        );
        instagram.faults.clear();
        // A post that was refused again and again is read at a slower pace.
        pass(LONGEST_REST_MS / 1000);
        expect((await pullAll(state)).ids).toContain(hidden);
      },
      60_000,
    );

    it('asks an admin where no post can be read for want of a permission', async () => {
      const fault = { kind: 'graph_error', code: 10 } as const;
      instagram.faults.arm({ fault, times: Infinity, path: 'comments' });
      let state = '';
      for (let pulls = 0; pulls < 15; pulls += 1) {
        expect(await pull(state)).toMatchObject({ json: { metadata_needs_update: true } });
        state = await stateAfter(state, 1);
      }
      instagram.faults.clear();
      expect((await pullAll(state)).ids).toContain(QUESTION);
    });

    it('where the cursor of an earlier pull has run out', async () => {
      addPosts(instagram.world, 120, 1);
      pass(7200);
      const first = await pull();
      expect(stateOf(first)).toContain('mediaAfter');
      await restart();
      refuse('/media', 1, 'after');
      const { ids } = await pullAll(stateOf(first));
      expect(
        new Set([...idsOf(first), ...ids].filter((id) => id.startsWith('comment:'))).size,
      ).toBe(120 + 2);
    });

    it('where a post fails now and then', async () => {
      const path = `${OMNIWEAR.photoId}/comments`;
      let { state } = await pullAll();
      for (let times = 0; times < 3; times += 1) {
        pass(7200);
        const written = comment(`Time ${String(times)}`);
        instagram.faults.arm({ fault: { kind: 'graph_error', code: 2 }, times: 2, path });
        const answer = await pullAll(state);
        ({ state } = answer);
        expect(answer.ids).toContain(written);
      }
      expect(service.logs.events('pull.post_left_out')).toEqual([]);
    });

    it('where somebody replies to a comment of long ago', async () => {
      const connected_at = Math.floor(service.clock.now() / 1000);
      const metadata = await service.seal({ backfill_days: 0, threads: 'comment', connected_at });
      const written = reply(QUESTION, 'Me too');
      const answer = await pull('', metadata);
      // The question is older than what was asked for, and the reply would make no sense without it.
      expect(idsOf(answer)).toEqual([QUESTION, written]);
      expect(new Set(resourcesOf(answer).map((each) => each.thread_id))).toEqual(
        new Set([QUESTION]),
      );
    });

    it('and nothing older than was asked for is handed out', async () => {
      pass(1800);
      const connected_at = Math.floor(service.clock.now() / 1000);
      const metadata = await service.seal({ backfill_days: 0, connected_at });
      instagram.world.clock.advance(-1800);
      comment('Half an hour before');
      instagram.world.clock.advance(1800);
      const written = comment('Just now');
      expect(idsOf(await pull('', metadata))).toEqual([PHOTO, written]);
    });

    it('where every cursor is refused, without asking again and again', async () => {
      addPosts(instagram.world, 60, 0);
      refuse('/media', Infinity, 'after');
      expect((await pull()).status).toBe(200);
      expect(instagram.seen.length).toBeLessThan(12);
    });

    it('where the clock was ahead for a while', async () => {
      service.clock.advance(86_400);
      const { state } = await pullAll();
      service.clock.advance(-86_400);
      pass(600);
      const after = await pullAll(state);
      pass(7200);
      const written = comment('Meanwhile');
      expect((await pullAll(after.state)).ids).toContain(written);
    });

    it('where the first pulls fail and nothing older is asked for', async () => {
      const connected_at = Math.floor(service.clock.now() / 1000);
      const metadata = await service.seal({ backfill_days: 0, connected_at });
      const written = comment('In the same second');
      graphError(2, undefined, 99);
      expect((await pull('', metadata)).status).toBe(503);
      instagram.faults.clear();
      pass(600);
      const ids = idsOf(await pull('', metadata));
      expect(ids.filter((id) => id.startsWith('comment:'))).toEqual([written]);
    });

    it('where the state is that of another account', async () => {
      const { state } = await pullAll();
      pass(7200);
      const other = state.replace(OMNIWEAR.igUserId, '17841400000000002');
      expect(other).not.toBe(state);
      await restart();
      expect((await pullAll(other)).ids).toContain(QUESTION);
    });

    it('where the account itself is not told, or not its picture', async () => {
      const path = `/${OMNIWEAR.igUserId}`;
      instagram.faults.arm({ fault: { kind: 'graph_error', code: 2 }, times: 1, path });
      expect(idsOf(await pull())).toContain(QUESTION);
      await restart();
      refuse('/media');
      expect(await pull()).toMatchObject({
        status: 200,
        json: { external_resources: [], metadata_needs_update: true },
      });
    });
  });

  it('is not held up for ever by one post that cannot be read, and comes back to it', async () => {
    const id = comment('On the reel', OMNIWEAR.reelId);
    // Older than what a later sweep looks at again.
    instagram.world.clock.advance(7200);
    service.clock.advance(7200);
    const path = `${OMNIWEAR.reelId}/comments`;
    instagram.faults.arm({ fault: { kind: 'graph_error', code: 2 }, times: 99, path });
    let state = '';
    const statuses: number[] = [];
    // The photo comes first; its own calls go through.
    for (let calls = 0; calls < 4; calls += 1) {
      const answer = await pull(state);
      statuses.push(answer.status);
      if (answer.status === 200) state = stateOf(answer);
      expect(idsOf(answer.status === 200 ? answer : EMPTY)).not.toContain(id);
    }
    expect(statuses).toEqual([200, 503, 200, 200]);
    instagram.faults.clear();
    const seen: string[] = [];
    for (let calls = 0; calls < 3; calls += 1) {
      const answer = await pull(state);
      state = stateOf(answer);
      seen.push(...idsOf(answer));
    }
    expect(seen).toContain(id);
  });

  describe('when things go wrong', () => {
    it.each([
      ['a passing fault', 2, undefined],
      ['a limit', 80_002, undefined],
      ['a restriction', 4, 2_207_051],
    ])('answers %s with 503, and nothing is lost', async (_, code, subcode) => {
      const first = await pull();
      const id = comment('Meanwhile');
      graphError(code, subcode, 2);
      const failed = await pull(stateOf(first));
      expect(failed.status).toBe(503);
      instagram.faults.clear();
      const next = await pull(stateOf(first));
      expect(idsOf(next)).toEqual([id]);
    });

    it('says when to come again, where Meta says so', async () => {
      instagram.faults.arm({
        fault: {
          kind: 'graph_error',
          code: 80_002,
          headers: {
            'x-business-use-case-usage': JSON.stringify({
              [OMNIWEAR.igUserId]: [{ type: 'instagram', estimated_time_to_regain_access: 7 }],
            }),
          },
        },
        times: 1,
      });
      const { status, headers } = await pull();
      expect([status, headers['retry-after']]).toEqual([503, '420']);
    });

    it.each([
      ['has ended', 190, 463],
      ['was taken back', 190, 458],
      ['is held up', 190, 459],
      ['lacks a permission', 10, undefined],
    ])(
      'asks for the account to be connected anew where its log-in %s',
      async (_, code, subcode) => {
        graphError(code, subcode, 9);
        const { status, json } = await pull();
        expect(status).toBe(200);
        expect(json).toEqual({ external_resources: [], metadata_needs_update: true });
      },
    );

    it('hands out what it has where the log-in ends half-way', async () => {
      // The account and the posts are read, then the photo's comments; the reel's are refused.
      comment('On the reel', OMNIWEAR.reelId);
      const first = await pull();
      expect(idsOf(first).length).toBeGreaterThan(3);
      await service.stop();
      service = await TestService.start({ INSTAGRAM_GRAPH_URL: instagram.url });
      instagram.faults.arm({
        fault: { kind: 'graph_error', code: 190, subcode: 463 },
        times: 9,
        path: `${OMNIWEAR.reelId}/comments`,
      });
      const { status, json } = await pull();
      expect(status).toBe(200);
      expect(json).toMatchObject({ metadata_needs_update: true, state: expect.any(String) });
      expect(idsOf({ json } as Answer)).toContain(QUESTION);
    });

    it('answers metadata that does not open here with 401', async () => {
      const { status, json } = await pull('', 'x');
      expect([status, json.title]).toEqual([401, 'Unauthorized']);
    });

    it.each(['metadata=x&metadata=y', 'state=x', ''])(
      'answers the body %j with 400',
      async (body) => {
        expect((await service.post('/pull', body)).status).toBe(400);
      },
    );

    it.each([
      ['rubbish', 'rubbish'],
      ['too long', 'x'.repeat(5001)],
      ['another state', '{"v":1,"since":"yesterday"}'],
      ['hostile', '{"v":1,"since":0,"__proto__":{"since":1},"place":{"startedAt":1e99}}'],
    ])('begins anew where the state is %s', async (_, state) => {
      expect(idsOf(await pull(state))).toContain(QUESTION);
    });

    it("takes the times of another version's state, and no more", async () => {
      // The photo's own comments are older than what is looked for because it may have appeared
      // late.
      instagram.world.clock.advance(LATE_MS / 1000);
      service.clock.advance(LATE_MS / 1000);
      const since = service.clock.now() - 10 * 60_000;
      const id = comment('New');
      const state = JSON.stringify({ v: 0, from: 0, since, place: { mediaAfter: 'old' } });
      const answer = await pull(state);
      // The photo is its thread's first resource.
      expect(idsOf(answer)).toEqual([PHOTO, id]);
    });
  });

  describe('what an account needs', () => {
    it.each([
      ['its token ends', 'expires_at'],
      ['Meta stops giving its data', 'data_access_expires_at'],
    ])('is said at least a week before %s', async (_, field) => {
      const inDays = (days: number): string =>
        new Date(service.clock.now() + days * DAY_MS).toISOString();
      const soon = await pull('', await service.seal({ [field]: inDays(7) }));
      expect(soon.json.metadata_needs_update).toBe(true);
      expect(idsOf(soon)).toContain(QUESTION);
      const late = await pull('', await service.seal({ [field]: inDays(20) }));
      expect(late.json).not.toHaveProperty('metadata_needs_update');
    });

    it('is sealed anew where its key is an old one', async () => {
      const [, key = ''] = OTHER_KEY.split(':');
      const old = service.metadata;
      await service.stop();
      service = await TestService.start({
        INSTAGRAM_GRAPH_URL: instagram.url,
        CREDENTIALS_KEYS: `new:${key},${TEST_KEY}`,
      });
      const { json } = await pull('', old);
      expect(json.metadata).toEqual(expect.any(String));
      const next = await pull(String(json.state), String(json.metadata));
      expect(next.status).toBe(200);
      expect(next.json).not.toHaveProperty('metadata');
    });
  });
});

const EMPTY = { json: { external_resources: [] } } as unknown as Answer;
