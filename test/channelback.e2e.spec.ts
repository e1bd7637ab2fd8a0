import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { LATE_EFFECT_MS } from '../src/common/late-effect.js';
import { checkChannelbackAnswer } from '../sandbox/zendesk/rules.js';
import { type Answer, form, OTHER_KEY, TEST_KEY, useService } from './support/service.js';

const PHOTO = `media:${OMNIWEAR.photoId}`;
const QUESTION = `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`;
const MIRA = '17841400000000002';

describe('POST /channelback', () => {
  const { instagram, service } = useService({ PROXY_DEADLINE_MS: '1000' }, { per: 'test' });

  const send = async (
    fields: Record<string, string>,
    metadata = service.metadata,
  ): Promise<Answer> => {
    const answer = await service.post(
      '/channelback',
      form({
        metadata,
        message: 'It does.',
        parent_id: QUESTION,
        recipient_id: MIRA,
        request_unique_identifier: 'r1',
        ...fields,
      }),
    );
    if (answer.status === 200) expect(checkChannelbackAnswer(answer.json)).toEqual([]);
    return answer;
  };
  const under = (parent: { mediaId: string } | { parentId: string }): string[] =>
    instagram.world.commentsOn(parent).map(({ text }) => text);
  const graphError = (code: number, subcode?: number): void => {
    instagram.failNext('graph_error', { code, subcode, times: 9, method: 'POST' });
  };

  it('posts the reply under the comment and returns its id', async () => {
    const { status, json } = await send({});
    expect(status).toBe(200);
    const [reply] = instagram.world.commentsOn({ parentId: OMNIWEAR.commentId });
    expect(reply).toMatchObject({ text: 'It does.', authorId: OMNIWEAR.igUserId });
    expect(json).toEqual({
      external_id: `comment:${OMNIWEAR.photoId}:${String(reply?.id)}`,
      allow_channelback: true,
    });
  });

  it('posts an answer to the photo under the photo', async () => {
    await send({ parent_id: PHOTO });
    expect(under({ mediaId: OMNIWEAR.photoId })).toContain('It does.');
  });

  it('uses the thread when no parent is named', async () => {
    await send({ parent_id: '', thread_id: PHOTO });
    expect(under({ mediaId: OMNIWEAR.photoId })).toContain('It does.');
  });

  it('posts an answer to a reply under the same top-level comment', async () => {
    await send({ parent_id: `comment:${OMNIWEAR.photoId}:17873440459141022` });
    expect(under({ parentId: OMNIWEAR.commentId })).toContain('It does.');
  });

  describe('posts each reply once', () => {
    it('and answers a repeat with the same comment', async () => {
      const first = await send({});
      const again = await send({});
      expect(again.json).toEqual(first.json);
      expect(under({ parentId: OMNIWEAR.commentId })).toHaveLength(2);
    });

    it('but posts two replies with the same text', async () => {
      const first = await send({});
      const second = await send({ request_unique_identifier: 'r2' });
      expect(second.json.external_id).not.toBe(first.json.external_id);
      expect(under({ parentId: OMNIWEAR.commentId })).toHaveLength(3);
    });

    it.each([QUESTION, PHOTO])(
      'and finds its reply when the answer was lost: %s',
      async (parent_id) => {
        instagram.failNext('cut_after', { method: 'POST' });
        const lost = await send({ parent_id });
        expect(lost.status).toBe(503);
        const again = await send({ parent_id });
        expect(again.status).toBe(200);
        const all = [
          ...under({ parentId: OMNIWEAR.commentId }),
          ...under({ mediaId: OMNIWEAR.photoId }),
        ];
        expect(all.filter((text) => text === 'It does.')).toHaveLength(1);
      },
    );

    it('and finds its reply behind more newer replies than one page holds', async () => {
      instagram.failNext('cut_after', { method: 'POST' });
      expect((await send({})).status).toBe(503);
      const [own] = instagram.world.commentsOn({ parentId: OMNIWEAR.commentId });
      instagram.world.clock.advance(1);
      for (let count = 0; count < 120; count += 1) {
        instagram.world.addComment({
          mediaId: OMNIWEAR.photoId,
          parentId: OMNIWEAR.commentId,
          authorId: MIRA,
          text: `Me too ${String(count)}`,
        });
      }
      service.clock.advance(LATE_EFFECT_MS / 1000);
      const { json } = await send({});
      expect(json.external_id).toBe(`comment:${OMNIWEAR.photoId}:${String(own?.id)}`);
      expect(
        under({ parentId: OMNIWEAR.commentId }).filter((text) => text === 'It does.'),
      ).toHaveLength(1);
      expect(instagram.seen.filter(({ path }) => path.endsWith('/replies')).length).toBeGreaterThan(
        2,
      );
    });

    it.each([
      ['a heart', 'Thanks ❤️', 'Thanks ❤'],
      ['quotes and spaces', '"It\'s" blue', '“It’s”  blue\u200b'],
      ['emoji alone', '❤️🔥', '❤🔥'],
    ])('and recognizes its reply although Instagram changed %s', async (_, message, changed) => {
      instagram.failNext('cut_before', { method: 'POST' });
      expect((await send({ message })).status).toBe(503);
      const { id } = instagram.world.addComment({
        mediaId: OMNIWEAR.photoId,
        parentId: OMNIWEAR.commentId,
        authorId: OMNIWEAR.igUserId,
        text: changed,
      });
      expect((await send({ message })).json.external_id).toBe(`comment:${OMNIWEAR.photoId}:${id}`);
    });

    it('and recognizes its reply when Instagram returns the username without an id', async () => {
      instagram.failNext('cut_after', { method: 'POST' });
      expect((await send({ parent_id: PHOTO })).status).toBe(503);
      const [comment] = instagram.world.commentsOn({ mediaId: OMNIWEAR.photoId });
      const body = JSON.stringify({
        data: [
          {
            id: comment?.id,
            text: 'It does.',
            timestamp: new Date(comment?.timestamp ?? 0).toISOString(),
            username: OMNIWEAR.username,
          },
        ],
      });
      const path = `${OMNIWEAR.photoId}/comments`;
      instagram.failNext('answer', { status: 200, body, path, method: 'GET' });
      const { json } = await send({ parent_id: PHOTO });
      expect(json.external_id).toBe(`comment:${OMNIWEAR.photoId}:${String(comment?.id)}`);
    });

    it.each([
      ['another text', 'It does not.', 0],
      ['an old comment with the same text', 'It does.', -3600],
    ])('and does not mistake %s for its reply', async (_, text, seconds) => {
      instagram.world.clock.advance(seconds);
      instagram.world.addComment({
        mediaId: OMNIWEAR.photoId,
        parentId: OMNIWEAR.commentId,
        authorId: OMNIWEAR.igUserId,
        text,
      });
      instagram.world.clock.advance(-seconds);
      instagram.failNext('cut_before', { method: 'POST' });
      expect((await send({})).status).toBe(503);
      service.clock.advance(LATE_EFFECT_MS / 1000);
      expect((await send({})).status).toBe(200);
      expect(
        under({ parentId: OMNIWEAR.commentId }).filter((each) => each === 'It does.'),
      ).toHaveLength(text === 'It does.' ? 2 : 1);
    });

    it('and remembers the reply that it found', async () => {
      instagram.failNext('cut_after', { method: 'POST' });
      await send({});
      const found = await send({});
      const calls = instagram.seen.length;
      expect((await send({})).json).toEqual(found.json);
      expect(instagram.seen.length).toBe(calls);
      // A comment that belongs to one reply is not used for another with the same text.
      instagram.failNext('cut_before', { method: 'POST' });
      await send({ request_unique_identifier: 'r2' });
      service.clock.advance(LATE_EFFECT_MS / 1000);
      const second = await send({ request_unique_identifier: 'r2' });
      expect(second.json.external_id).not.toBe(found.json.external_id);
    });

    it('but keeps replies of two Zendesks with one identifier apart', async () => {
      const first = await send({});
      const other = await service.seal({ subdomain: 'omniwear-eu' });
      const second = await send({ message: 'Another answer' }, other);
      expect(second.json.external_id).not.toBe(first.json.external_id);
      expect(under({ parentId: OMNIWEAR.commentId })).toContain('Another answer');
    });

    it('but keeps replies of two accounts with one identifier apart', async () => {
      const first = await send({});
      const other = await service.seal({ ig_user_id: '17841400000000002' });
      const second = await send({ message: 'Another answer' }, other);
      expect(second.json.external_id).not.toBe(first.json.external_id);
    });

    it("and does not mistake a stranger's comment or another reply for its own", async () => {
      await send({ request_unique_identifier: 'r0' });
      instagram.failNext('cut_before', { method: 'POST' });
      expect((await send({})).status).toBe(503);
      instagram.world.addComment({
        mediaId: OMNIWEAR.photoId,
        parentId: OMNIWEAR.commentId,
        authorId: MIRA,
        text: 'It does.',
      });
      expect((await send({})).status).toBe(503);
      service.clock.advance(LATE_EFFECT_MS / 1000);
      expect((await send({})).status).toBe(200);
      const own = instagram.world
        .commentsOn({ parentId: OMNIWEAR.commentId })
        .filter(({ text, authorId }) => text === 'It does.' && authorId === OMNIWEAR.igUserId);
      expect(own).toHaveLength(2);
    });

    it('and waits two minutes for a reply that may still appear before it retries', async () => {
      instagram.failNext('hang', { method: 'POST' });
      expect((await send({})).status).toBe(503);
      const early = await send({});
      expect([early.status, early.headers['retry-after']]).toEqual([
        503,
        expect.stringMatching(/^1(?:19|20)$/),
      ]);
      service.clock.advance(LATE_EFFECT_MS / 1000);
      expect((await send({})).status).toBe(200);
      expect(under({ parentId: OMNIWEAR.commentId })).toHaveLength(2);
    });

    it('and does not repeat one that takes effect 90 seconds late', async () => {
      instagram.failNext('hang', { method: 'POST' });
      expect((await send({})).status).toBe(503);
      const before = under({ parentId: OMNIWEAR.commentId }).length;
      service.clock.advance(89);
      expect((await send({})).status).toBe(503);
      instagram.world.addComment({
        mediaId: OMNIWEAR.photoId,
        parentId: OMNIWEAR.commentId,
        authorId: OMNIWEAR.igUserId,
        text: 'It does.',
      });
      service.clock.advance(60);
      expect((await send({})).status).toBe(200);
      expect(under({ parentId: OMNIWEAR.commentId })).toHaveLength(before + 1);
    });

    it('and waits two minutes after each try', async () => {
      for (let tries = 0; tries < 2; tries += 1) {
        instagram.failNext('cut_before', { method: 'POST' });
        expect((await send({})).status).toBe(503);
        service.clock.advance(LATE_EFFECT_MS / 1000);
      }
      instagram.failNext('cut_before', { method: 'POST' });
      expect((await send({})).status).toBe(503);
      const calls = instagram.seen.filter(({ method }) => method === 'POST').length;
      expect((await send({})).status).toBe(503);
      expect(instagram.seen.filter(({ method }) => method === 'POST').length).toBe(calls);
    });

    it('and finds a reply that appeared late, after a second try was refused', async () => {
      instagram.failNext('hang', { method: 'POST' });
      await send({});
      service.clock.advance(LATE_EFFECT_MS / 1000);
      graphError(80_002);
      expect((await send({})).status).toBe(503);
      instagram.faults.clear();
      const { id } = instagram.world.addComment({
        mediaId: OMNIWEAR.photoId,
        parentId: OMNIWEAR.commentId,
        authorId: OMNIWEAR.igUserId,
        text: 'It does.',
      });
      service.clock.advance(LATE_EFFECT_MS / 1000);
      const { json } = await send({});
      expect(json.external_id).toBe(`comment:${OMNIWEAR.photoId}:${id}`);
      expect(under({ parentId: OMNIWEAR.commentId })).toHaveLength(2);
    });

    it('and retries a refused reply after the pause that Meta wants', async () => {
      graphError(80_002);
      expect((await send({})).status).toBe(503);
      instagram.faults.clear();
      const calls = instagram.seen.length;
      const early = await send({});
      expect([early.status, early.headers['retry-after']]).toEqual([503, '60']);
      expect(instagram.seen.length).toBe(calls);
      service.clock.advance(61);
      expect((await send({})).status).toBe(200);
    });

    it('when several arrive at once', async () => {
      const answers = await Promise.all(
        ['a', 'b', 'a', 'c', 'a'].map((id) => send({ request_unique_identifier: id })),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      expect(new Set(answers.map(({ json }) => json.external_id)).size).toBe(3);
      expect(under({ parentId: OMNIWEAR.commentId })).toHaveLength(4);
    });
  });

  describe('the text', () => {
    it('is sent without markup', async () => {
      await send({
        message:
          '<p>Yes, <b>it does</b> &amp; in green.</p><p>Ask <a href="https://omniwear.example/s">here</a></p>',
      });
      expect(under({ parentId: OMNIWEAR.commentId })[0]).toBe(
        'Yes, it does & in green.\n\nAsk here [https://omniwear.example/s]',
      );
    });

    it('is sent unchanged when it has no markup', async () => {
      await send({ message: 'a < b, and I <3 it 🧥' });
      expect(under({ parentId: OMNIWEAR.commentId })[0]).toBe('a < b, and I <3 it 🧥');
    });

    it.each([
      ['whitespace', ' ', /no text/],
      ['nothing but markup', '<p><br></p>', /no text/],
      ['too long', 'x'.repeat(2201), /2201 characters; Instagram allows 2200/],
    ])('is rejected when it is %s', async (_, message, detail) => {
      const { status, json } = await send({ message });
      expect(status).toBe(422);
      expect(json.detail).toMatch(detail);
      expect(instagram.seen).toEqual([]);
    });

    it('may have 2,200 characters, with an emoji counted as one', async () => {
      expect((await send({ message: '🧥'.repeat(2200) })).status).toBe(200);
    });
  });

  it.each([
    ['one', 'file_urls[]='],
    ['several', 'file_urls[]=&file_urls[]=%20&file_urls[]='],
  ])('ignores %s empty file_urls[]', async (_, fields) => {
    const body = form({
      metadata: service.metadata,
      message: 'It does.',
      parent_id: QUESTION,
      request_unique_identifier: 'r1',
    });
    const { status } = await service.post('/channelback', `${body}&${fields}`);
    expect(status).toBe(200);
  });

  it('finds a file between empty ones', async () => {
    const body = form({ metadata: service.metadata, message: 'See', parent_id: QUESTION });
    const files = 'file_urls[]=&file_urls[]=https%3A%2F%2Fomniwear.zendesk.com%2Fa.png';
    const { status } = await service.post('/channelback', `${body}&${files}`);
    expect(status).toBe(422);
  });

  describe.each([
    ['no identifier', {}],
    ['a whitespace identifier', { request_unique_identifier: ' ' }],
  ])('with %s', (_, identifier: Record<string, string>) => {
    const MINUTE_SECONDS = 60;
    const reply = async (message = 'It does.', parent_id = QUESTION): Promise<Answer> => {
      const fields = { metadata: service.metadata, message, parent_id, ...identifier };
      const answer = await service.post('/channelback', form(fields));
      if (answer.status === 200) expect(checkChannelbackAnswer(answer.json)).toEqual([]);
      return answer;
    };
    const replies = (): string[] => under({ parentId: OMNIWEAR.commentId }).slice(0, -1);

    it('posts the same reply once within ten minutes, and again afterwards', async () => {
      const first = await reply();
      expect(first.status).toBe(200);
      service.clock.advance(9 * MINUTE_SECONDS);
      expect((await reply()).json).toEqual(first.json);
      expect(replies()).toEqual(['It does.']);
      service.clock.advance(2 * MINUTE_SECONDS);
      const later = await reply();
      expect(later.status).toBe(200);
      expect(later.json.external_id).not.toBe(first.json.external_id);
      expect(replies()).toEqual(['It does.', 'It does.']);
    });

    it('posts requests that arrive at once as one reply', async () => {
      const answers = await Promise.all([reply(), reply(), reply()]);
      expect(new Set(answers.map(({ json }) => json.external_id)).size).toBe(1);
      expect(replies()).toEqual(['It does.']);
    });

    it('keeps other texts and other parents apart', async () => {
      await reply('One');
      await reply('Two');
      await reply('One', PHOTO);
      expect(replies()).toEqual(['Two', 'One']);
      expect(under({ mediaId: OMNIWEAR.photoId })).toContain('One');
    });

    it('looks for a reply whose answer was lost even when the repeat comes late', async () => {
      instagram.failNext('cut_after', { method: 'POST' });
      expect((await reply()).status).toBe(503);
      service.clock.advance(30 * MINUTE_SECONDS);
      expect((await reply()).status).toBe(200);
      expect(replies()).toEqual(['It does.']);
    });

    it('retries a refused reply', async () => {
      graphError(100, 33);
      expect((await reply()).status).toBe(422);
      instagram.faults.clear();
      expect((await reply()).status).toBe(200);
    });
  });

  it('answers the repeat of a reply that Instagram refused but posted', async () => {
    instagram.failNext('act_and_refuse', { code: 20, subcode: 1_772_107, method: 'POST' });
    expect((await send({})).status).toBe(503);
    service.clock.advance(120);
    const repeat = await send({});
    const [posted, ...others] = instagram.world.commentsOn({ parentId: OMNIWEAR.commentId });
    expect(repeat.json).toMatchObject({
      external_id: `comment:${OMNIWEAR.photoId}:${String(posted?.id)}`,
    });
    expect(others).toHaveLength(1);
    // This is a known behaviour of Meta, not an error for the operator to look into.
    expect(service.logs.events('request.answered')[0]).toMatchObject({ level: 'warn' });
  });

  it.each(['file_urls[]', 'file_urls', 'file_urls[0]'])('rejects files: %s', async (name) => {
    const { status, json } = await send({ [name]: 'https://omniwear.zendesk.com/a.png' });
    expect(status).toBe(422);
    expect(json.detail).toMatch(/cannot have files.*without attachments/);
    expect(instagram.seen).toEqual([]);
  });

  it.each([
    ['190 is 401', 190, 463, 401],
    ['10 is 403', 10, undefined, 403],
    ['100/33 is 422', 100, 33, 422],
    ['80002 is 503', 80_002, undefined, 503],
    ['2 is 503', 2, undefined, 503],
  ])("maps Meta's error to a status: %s", async (_, code, subcode, status) => {
    graphError(code, subcode);
    const answer = await send({});
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/problem\+json/);
    expect(answer.text).not.toContain(OMNIWEAR.token);
  });

  it.each([
    ['no parent', { parent_id: '' }, 422],
    ["another channel's parent", { parent_id: 'tweet-7', thread_id: 'x' }, 422],
    ['an identifier that is too long', { request_unique_identifier: 'x'.repeat(256) }, 400],
    ['a far too long parent', { parent_id: '1'.repeat(512) }, 400],
  ])('rejects %s', async (_, fields, status) => {
    expect((await send(fields)).status).toBe(status);
    expect(instagram.seen).toEqual([]);
  });

  it('rejects metadata that it cannot open, and an account without the permission', async () => {
    expect((await send({}, 'x')).status).toBe(401);
    const metadata = await service.seal({ scopes: ['instagram_basic'] });
    expect((await send({}, metadata)).status).toBe(403);
    expect(instagram.seen).toEqual([]);
  });

  it('returns an account on an old key sealed with the new key', async () => {
    const [, key = ''] = OTHER_KEY.split(':');
    const old = service.metadata;
    await service.restart({ CREDENTIALS_KEYS: `new:${key},${TEST_KEY}` });
    const { json } = await send({}, old);
    expect(json.metadata).toEqual(expect.any(String));
  });
});
