import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { checkChannelbackAnswer } from '../sandbox/zendesk/rules.js';
import { type RunningInstagram, startInstagram } from './support/instagram.js';
import { type Answer, form, OTHER_KEY, TEST_KEY, TestService } from './support/service.js';

const PHOTO = `media:${OMNIWEAR.photoId}`;
const QUESTION = `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`;
const MIRA = '17841400000000002';

describe('POST /channelback', () => {
  let instagram: RunningInstagram;
  let service: TestService;
  beforeEach(async () => {
    instagram = await startInstagram();
    service = await TestService.start({
      INSTAGRAM_GRAPH_URL: instagram.url,
      PROXY_DEADLINE_MS: '1000',
    });
  });
  afterEach(async () => {
    await service.stop();
    await instagram.stop();
  });

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
    instagram.faults.arm({
      fault: { kind: 'graph_error', code, ...(subcode === undefined ? {} : { subcode }) },
      times: 9,
      method: 'POST',
    });
  };

  it('posts the reply under the comment, and names it', async () => {
    const { status, json } = await send({});
    expect(status).toBe(200);
    const [reply] = instagram.world.commentsOn({ parentId: OMNIWEAR.commentId });
    expect(reply).toMatchObject({ text: 'It does.', authorId: OMNIWEAR.igUserId });
    expect(json).toEqual({
      external_id: `comment:${OMNIWEAR.photoId}:${String(reply?.id)}`,
      allow_channelback: true,
    });
  });

  it('posts it under the photo, where that is answered', async () => {
    await send({ parent_id: PHOTO });
    expect(under({ mediaId: OMNIWEAR.photoId })).toContain('It does.');
  });

  it('goes by the thread where no parent is named', async () => {
    await send({ parent_id: '', thread_id: PHOTO });
    expect(under({ mediaId: OMNIWEAR.photoId })).toContain('It does.');
  });

  it('posts it under the same comment, where a reply is answered', async () => {
    await send({ parent_id: `comment:${OMNIWEAR.photoId}:17873440459141022` });
    expect(under({ parentId: OMNIWEAR.commentId })).toContain('It does.');
  });

  describe('never twice', () => {
    it('answers a repeat with the same comment', async () => {
      const first = await send({});
      const again = await send({});
      expect(again.json).toEqual(first.json);
      expect(under({ parentId: OMNIWEAR.commentId })).toHaveLength(2);
    });

    it('posts two replies of the same text', async () => {
      const first = await send({});
      const second = await send({ request_unique_identifier: 'r2' });
      expect(second.json.external_id).not.toBe(first.json.external_id);
      expect(under({ parentId: OMNIWEAR.commentId })).toHaveLength(3);
    });

    it.each([QUESTION, PHOTO])(
      'finds what it posted where the answer was cut off: %s',
      async (parent_id) => {
        instagram.faults.arm({ fault: { kind: 'cut_after' }, times: 1, method: 'POST' });
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

    it.each([
      ['a heart', 'Thanks ❤️', 'Thanks ❤'],
      ['quotes and blanks', '"It\'s" blue', '“It’s”  blue\u200b'],
      ['emoji alone', '❤️🔥', '❤🔥'],
    ])('knows its reply again where Instagram changed %s', async (_, message, changed) => {
      instagram.faults.arm({ fault: { kind: 'cut_before' }, times: 1, method: 'POST' });
      expect((await send({ message })).status).toBe(503);
      const { id } = instagram.world.addComment({
        mediaId: OMNIWEAR.photoId,
        parentId: OMNIWEAR.commentId,
        authorId: OMNIWEAR.igUserId,
        text: changed,
      });
      expect((await send({ message })).json.external_id).toBe(`comment:${OMNIWEAR.photoId}:${id}`);
    });

    it('knows its reply again where Instagram tells its name and no id', async () => {
      instagram.faults.arm({ fault: { kind: 'cut_after' }, times: 1, method: 'POST' });
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
      instagram.faults.arm({
        fault: { kind: 'answer', status: 200, body },
        times: 1,
        path,
        method: 'GET',
      });
      const { json } = await send({ parent_id: PHOTO });
      expect(json.external_id).toBe(`comment:${OMNIWEAR.photoId}:${String(comment?.id)}`);
    });

    it.each([
      ['another text', 'It does not.', 0],
      ['a text of long before', 'It does.', -3600],
    ])('does not take %s for its own', async (_, text, seconds) => {
      instagram.world.clock.advance(seconds);
      instagram.world.addComment({
        mediaId: OMNIWEAR.photoId,
        parentId: OMNIWEAR.commentId,
        authorId: OMNIWEAR.igUserId,
        text,
      });
      instagram.world.clock.advance(-seconds);
      instagram.faults.arm({ fault: { kind: 'cut_before' }, times: 1, method: 'POST' });
      expect((await send({})).status).toBe(503);
      service.clock.advance(31);
      expect((await send({})).status).toBe(200);
      expect(
        under({ parentId: OMNIWEAR.commentId }).filter((each) => each === 'It does.'),
      ).toHaveLength(text === 'It does.' ? 2 : 1);
    });

    it('remembers what it found', async () => {
      instagram.faults.arm({ fault: { kind: 'cut_after' }, times: 1, method: 'POST' });
      await send({});
      const found = await send({});
      const calls = instagram.seen.length;
      expect((await send({})).json).toEqual(found.json);
      expect(instagram.seen.length).toBe(calls);
      // What is known to be one reply is not taken for another one of the same text.
      instagram.faults.arm({ fault: { kind: 'cut_before' }, times: 1, method: 'POST' });
      await send({ request_unique_identifier: 'r2' });
      service.clock.advance(31);
      const second = await send({ request_unique_identifier: 'r2' });
      expect(second.json.external_id).not.toBe(found.json.external_id);
    });

    it('keeps apart what two Zendesks call alike', async () => {
      const first = await send({});
      const other = await service.seal({ subdomain: 'omniwear-eu' });
      const second = await send({ message: 'Another answer' }, other);
      expect(second.json.external_id).not.toBe(first.json.external_id);
      expect(under({ parentId: OMNIWEAR.commentId })).toContain('Another answer');
    });

    it('keeps apart what two accounts are sent under one identifier', async () => {
      const first = await send({});
      const other = await service.seal({ ig_user_id: '17841400000000002' });
      const second = await send({ message: 'Another answer' }, other);
      expect(second.json.external_id).not.toBe(first.json.external_id);
    });

    it('does not take what somebody else wrote, or what is another reply, for its own', async () => {
      await send({ request_unique_identifier: 'r0' });
      instagram.faults.arm({ fault: { kind: 'cut_before' }, times: 1, method: 'POST' });
      expect((await send({})).status).toBe(503);
      instagram.world.addComment({
        mediaId: OMNIWEAR.photoId,
        parentId: OMNIWEAR.commentId,
        authorId: MIRA,
        text: 'It does.',
      });
      expect((await send({})).status).toBe(503);
      service.clock.advance(31);
      expect((await send({})).status).toBe(200);
      const own = instagram.world
        .commentsOn({ parentId: OMNIWEAR.commentId })
        .filter(({ text, authorId }) => text === 'It does.' && authorId === OMNIWEAR.igUserId);
      expect(own).toHaveLength(2);
    });

    it('waits half a minute for a reply that may still appear, then sends it again', async () => {
      instagram.faults.arm({ fault: { kind: 'hang' }, times: 1, method: 'POST' });
      expect((await send({})).status).toBe(503);
      const early = await send({});
      expect([early.status, early.headers['retry-after']]).toEqual([503, '30']);
      service.clock.advance(31);
      expect((await send({})).status).toBe(200);
      expect(under({ parentId: OMNIWEAR.commentId })).toHaveLength(2);
    });

    it('waits half a minute after each try', async () => {
      for (let tries = 0; tries < 2; tries += 1) {
        instagram.faults.arm({ fault: { kind: 'cut_before' }, times: 1, method: 'POST' });
        expect((await send({})).status).toBe(503);
        service.clock.advance(31);
      }
      instagram.faults.arm({ fault: { kind: 'cut_before' }, times: 1, method: 'POST' });
      expect((await send({})).status).toBe(503);
      const calls = instagram.seen.filter(({ method }) => method === 'POST').length;
      expect((await send({})).status).toBe(503);
      expect(instagram.seen.filter(({ method }) => method === 'POST').length).toBe(calls);
    });

    it('still finds a reply that appeared very late, after a second attempt was refused', async () => {
      instagram.faults.arm({ fault: { kind: 'hang' }, times: 1, method: 'POST' });
      await send({});
      service.clock.advance(31);
      graphError(80_002);
      expect((await send({})).status).toBe(503);
      instagram.faults.clear();
      const { id } = instagram.world.addComment({
        mediaId: OMNIWEAR.photoId,
        parentId: OMNIWEAR.commentId,
        authorId: OMNIWEAR.igUserId,
        text: 'It does.',
      });
      service.clock.advance(31);
      const { json } = await send({});
      expect(json.external_id).toBe(`comment:${OMNIWEAR.photoId}:${id}`);
      expect(under({ parentId: OMNIWEAR.commentId })).toHaveLength(2);
    });

    it('sends a refused reply again at once', async () => {
      graphError(80_002);
      expect((await send({})).status).toBe(503);
      instagram.faults.clear();
      expect((await send({})).status).toBe(200);
    });

    it('keeps the replies of a moment apart', async () => {
      const answers = await Promise.all(
        ['a', 'b', 'a', 'c', 'a'].map((id) => send({ request_unique_identifier: id })),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      expect(new Set(answers.map(({ json }) => json.external_id)).size).toBe(3);
      expect(under({ parentId: OMNIWEAR.commentId })).toHaveLength(4);
    });
  });

  describe('the text', () => {
    it('is sent without its markup', async () => {
      await send({
        message:
          '<p>Yes, <b>it does</b> &amp; in green.</p><p>Ask <a href="https://omniwear.example/s">here</a></p>',
      });
      expect(under({ parentId: OMNIWEAR.commentId })[0]).toBe(
        'Yes, it does & in green.\n\nAsk here [https://omniwear.example/s]',
      );
    });

    it('is sent as it is where it has none', async () => {
      await send({ message: 'a < b, and I <3 it 🧥' });
      expect(under({ parentId: OMNIWEAR.commentId })[0]).toBe('a < b, and I <3 it 🧥');
    });

    it.each([
      ['blank', ' ', /no text/],
      ['nothing but markup', '<p><br></p>', /no text/],
      ['too long', 'x'.repeat(2201), /2201 characters; Instagram allows 2200/],
    ])('is refused where it is %s', async (_, message, detail) => {
      const { status, json } = await send({ message });
      expect(status).toBe(422);
      expect(json.detail).toMatch(detail);
      expect(instagram.seen).toEqual([]);
    });

    it('may have 2,200 characters, counted as people count', async () => {
      expect((await send({ message: '🧥'.repeat(2200) })).status).toBe(200);
    });
  });

  it.each([
    ['one', 'file_urls[]='],
    ['several', 'file_urls[]=&file_urls[]=%20&file_urls[]='],
  ])('does not mistake %s blank file_urls[] for files', async (_, fields) => {
    const body = form({
      metadata: service.metadata,
      message: 'It does.',
      parent_id: QUESTION,
      request_unique_identifier: 'r1',
    });
    const { status } = await service.post('/channelback', `${body}&${fields}`);
    expect(status).toBe(200);
  });

  it('finds a file between blank ones', async () => {
    const body = form({ metadata: service.metadata, message: 'See', parent_id: QUESTION });
    const files = 'file_urls[]=&file_urls[]=https%3A%2F%2Fomniwear.zendesk.com%2Fa.png';
    const { status } = await service.post('/channelback', `${body}&${files}`);
    expect(status).toBe(422);
  });

  describe.each([
    ['no identifier', {}],
    ['a blank identifier', { request_unique_identifier: ' ' }],
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

    it('looks for a reply whose answer was lost, however late the repeat comes', async () => {
      instagram.faults.arm({ fault: { kind: 'cut_after' }, times: 1, method: 'POST' });
      expect((await reply()).status).toBe(503);
      service.clock.advance(30 * MINUTE_SECONDS);
      expect((await reply()).status).toBe(200);
      expect(replies()).toEqual(['It does.']);
    });

    it('sends a refused reply again', async () => {
      graphError(100, 33);
      expect((await reply()).status).toBe(422);
      instagram.faults.clear();
      expect((await reply()).status).toBe(200);
    });
  });

  it('answers the repeat of a reply that Instagram refused and posted all the same', async () => {
    instagram.faults.arm({
      fault: { kind: 'act_and_refuse', code: 20, subcode: 1_772_107 },
      times: 1,
      method: 'POST',
    });
    expect((await send({})).status).toBe(503);
    service.clock.advance(120);
    const repeat = await send({});
    const [posted, ...others] = instagram.world.commentsOn({ parentId: OMNIWEAR.commentId });
    expect(repeat.json).toMatchObject({
      external_id: `comment:${OMNIWEAR.photoId}:${String(posted?.id)}`,
    });
    expect(others).toHaveLength(1);
    // It is a known outcome of Meta's, not an error that the operator has to look into.
    expect(service.logs.events('request.answered')[0]).toMatchObject({ level: 40 });
  });

  it.each(['file_urls[]', 'file_urls', 'file_urls[0]'])('refuses files: %s', async (name) => {
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
  ])("answers by Meta's error: %s", async (_, code, subcode, status) => {
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
  ])('refuses %s', async (_, fields, status) => {
    expect((await send(fields)).status).toBe(status);
    expect(instagram.seen).toEqual([]);
  });

  it('refuses metadata that does not open here, and an account without the permission', async () => {
    expect((await send({}, 'x')).status).toBe(401);
    const metadata = await service.seal({ scopes: ['instagram_basic'] });
    expect((await send({}, metadata)).status).toBe(403);
    expect(instagram.seen).toEqual([]);
  });

  it('gives an account on an old key back on the new one', async () => {
    const [, key = ''] = OTHER_KEY.split(':');
    const old = service.metadata;
    await service.stop();
    service = await TestService.start({
      INSTAGRAM_GRAPH_URL: instagram.url,
      CREDENTIALS_KEYS: `new:${key},${TEST_KEY}`,
    });
    const { json } = await send({}, old);
    expect(json.metadata).toEqual(expect.any(String));
  });
});
