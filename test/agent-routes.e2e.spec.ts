import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OMNIWEAR, SANDBOX_APP } from '../sandbox/instagram/omniwear.js';
import { OMNIWEAR_ACCOUNT } from '../sandbox/omniwear-account.js';
import { type Answer, form, JSON_TYPE, useService } from './support/service.js';

const MIRA = '17841400000000002';
const OWN_REPLY = '17873440459141022';
const DAY_SECONDS = 86_400;

const EVERY_SCOPE = [...OMNIWEAR_ACCOUNT.scopes, 'pages_messaging'];

/** After it, the next call finds out whether Meta's refusal is still true. */
const HOLD_SECONDS = 3700;

describe('the routes of the agent app besides likes', () => {
  const { instagram, service } = useService({ META_APP_SECRET: SANDBOX_APP.secret });
  beforeEach(() => {
    instagram.seen.length = 0;
  });

  const comment = (text = 'A question'): string =>
    instagram.world.addComment({ mediaId: OMNIWEAR.photoId, authorId: MIRA, text }).id;
  const fault = (code: number, subcode?: number): void => {
    instagram.failNext('graph_error', { code, subcode });
  };

  describe('POST /media', () => {
    it('shows the photo, its comments with replies, and the known state of each like', async () => {
      const liked = { comment_id: OMNIWEAR.commentId };
      const { json: like } = await service.proxy('/like', { ...liked, liked: true });
      const metadata = await service.seal({ scopes: EVERY_SCOPE });
      const { json } = await service.proxy('/media', { media_id: OMNIWEAR.photoId }, metadata);
      expect(json).toEqual({
        ok: true,
        account: {
          ig_user_id: OMNIWEAR.igUserId,
          username: 'omniwear',
          abilities: ['like', 'comment', 'hide', 'delete', 'private_reply'].map((name) => ({
            name,
            possible: true,
          })),
        },
        media: {
          media_id: OMNIWEAR.photoId,
          media_type: 'IMAGE',
          caption: 'The new trail jacket, straight from the rain. #omniwear',
          permalink: 'https://www.instagram.com/p/DQx3fT0jK1a/',
          thumbnail: 'https://scontent.cdninstagram.com/v/DQx3fT0jK1a.jpg',
          posted_at: expect.stringMatching(/Z$/),
          like_count: 214,
          comments_count: 2,
          comments_enabled: true,
          liked: null,
          source: 'none',
          changed_at: null,
        },
        comments: [
          {
            ...liked,
            parent_id: null,
            username: 'mira.hikes',
            is_own: false,
            text: 'Love it! Does it come in green?',
            created_at: expect.stringMatching(/Z$/),
            hidden: false,
            like_count: 3,
            liked: true,
            source: 'ledger',
            changed_at: like.changed_at,
          },
          expect.objectContaining({
            comment_id: OWN_REPLY,
            parent_id: OMNIWEAR.commentId,
            username: 'omniwear',
            is_own: true,
            liked: null,
          }),
        ],
        after: null,
      });
      await service.proxy('/like', { ...liked, liked: false });
    });

    it.each([OMNIWEAR.commentId, OWN_REPLY])(
      'shows the thread of comment %s with its photo',
      async (comment_id) => {
        const { json } = await service.proxy('/media', { comment_id });
        expect(json).toMatchObject({
          ok: true,
          media: { media_id: OMNIWEAR.photoId },
          comments: [{ comment_id: OMNIWEAR.commentId }, { comment_id: OWN_REPLY }],
        });
      },
    );

    it('reports in the same answer that the account cannot like', async () => {
      const metadata = await service.seal({
        scopes: ['instagram_basic', 'instagram_manage_comments'],
      });
      const { json } = await service.proxy('/media', { media_id: OMNIWEAR.photoId }, metadata);
      expect(json).toMatchObject({
        ok: true,
        account: {
          abilities: expect.arrayContaining([
            {
              name: 'like',
              possible: false,
              code: 'permission_missing',
              message: expect.stringMatching(/instagram_manage_engagement/),
              fix: expect.stringMatching(/reconnect/),
              missing: 'instagram_manage_engagement',
            },
          ]),
        },
      });
    });

    it('continues where the previous page ended', async () => {
      const ids = Array.from({ length: 60 }, (_, index) => comment(`Number ${String(index)}`));
      const first = await service.proxy('/media', { media_id: OMNIWEAR.photoId });
      const { after } = first.json;
      const second = await service.proxy('/media', { media_id: OMNIWEAR.photoId, after });
      const seen = [first, second].flatMap(({ json }) =>
        (json.comments as { comment_id: string }[]).map(({ comment_id: id }) => id),
      );
      expect(new Set(seen)).toEqual(new Set([...ids, OMNIWEAR.commentId, OWN_REPLY]));
      expect(seen).toHaveLength(62);
      expect(second.json.after).toBeNull();
      for (const id of ids) instagram.world.deleteComment(id);
    });

    it("does not show another account's photo", async () => {
      const { json } = await service.proxy('/media', { media_id: OMNIWEAR.privatePhotoId });
      expect(json).toMatchObject({ ok: false, error: { code: 'target_unavailable' } });
    });

    it.each([
      [{}, /exactly one of media_id, comment_id, ticket_id/],
      [{ media_id: '1', ticket_id: 62 }, /exactly one of/],
      [{ ticket_id: '062' }, /ticket_id must be a whole number/],
      [{ ticket_id: 0 }, /ticket_id must be a whole number/],
      [{ ticket_id: 1.5 }, /ticket_id must be a whole number/],
      [{ media_id: '1', after: 'a b' }, /after must be what an earlier answer gave/],
    ])('refuses %j', async (data, message) => {
      const { json } = await service.proxy('/media', data);
      expect(json).toMatchObject({
        ok: false,
        error: { code: 'invalid_request', message: expect.stringMatching(message) },
      });
      expect(instagram.seen).toEqual([]);
    });
  });

  describe('a ticket number in place of an id', () => {
    const noteTicket = (
      subdomain: string,
      ticket_id: number,
      external_id: string,
    ): Promise<Answer> =>
      service.post(
        '/event_callback',
        JSON.stringify({
          events: [
            {
              type_id: 'resources_created_from_external_ids',
              timestamp: new Date().toISOString(),
              subdomain,
              integration_name: 'Instagram',
              integration_id: String(manifestId),
              data: {
                resource_events: [
                  { type_id: 'comment_on_new_ticket', external_id, ticket_id, comment_id: 1 },
                ],
              },
            },
          ],
        }),
        JSON_TYPE,
      );
    let manifestId: unknown;
    beforeAll(async () => {
      ({
        json: { id: manifestId },
      } = await service.request('GET', '/manifest.json'));
      // A pull records which account owns the posts.
      await service.post('/pull', form({ metadata: service.metadata, state: '' }));
      // The same account is connected at another Zendesk as well.
      const elsewhere = await service.seal({ subdomain: 'otherwear' });
      await service.post('/pull', form({ metadata: elsewhere, state: '' }));
      await noteTicket('omniwear', 62, `media:${OMNIWEAR.photoId}`);
      await noteTicket('omniwear', 70, `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`);
      await noteTicket('otherwear', 71, `media:${OMNIWEAR.photoId}`);
      await noteTicket('omniwear', 72, `media:${OMNIWEAR.privatePhotoId}`);
    });

    it.each([62, '62'])('means the photo that the ticket is about: %j', async (ticket_id) => {
      const answer = await service.proxy('/like', { ticket_id, liked: true });
      expect(answer.json).toMatchObject({ ok: true, media_id: OMNIWEAR.photoId, liked: true });
      const state = await service.proxy('/like/state', { ticket_id });
      expect(state.json).toMatchObject({ media_id: OMNIWEAR.photoId, liked: true });
      const media = await service.proxy('/media', { ticket_id });
      expect(media.json).toMatchObject({ media: { media_id: OMNIWEAR.photoId, liked: true } });
      await service.proxy('/like', { ticket_id, liked: false });
    });

    it('means the comment that the ticket is about', async () => {
      const { json } = await service.proxy('/like/state', { targets: [{ ticket_id: 70 }] });
      expect(json).toMatchObject({ states: [{ comment_id: OMNIWEAR.commentId }] });
    });

    it.each([
      ['that no event named', 99],
      ['of another Zendesk', 71],
      ["about another account's photo", 72],
    ])('is unknown when it is one %s', async (_, ticket_id) => {
      const { json } = await service.proxy('/like', { ticket_id, liked: true });
      expect(json).toMatchObject({ ok: false, error: { code: 'ticket_unknown', status: 404 } });
      expect(instagram.seen).toEqual([]);
    });

    it('keeps its first meaning when a later event names another post', async () => {
      await noteTicket('omniwear', 62, `media:${OMNIWEAR.reelId}`);
      const { json } = await service.proxy('/like/state', { ticket_id: 62 });
      expect(json).toMatchObject({ ok: true, media_id: OMNIWEAR.photoId });
    });
  });

  describe('POST /comment/hide', () => {
    it('hides a comment and shows it again', async () => {
      const comment_id = comment();
      const hidden = await service.proxy('/comment/hide', { comment_id, hidden: 'true' });
      expect(hidden.json).toEqual({ ok: true, comment_id, hidden: true });
      expect(instagram.world.comment(comment_id)?.hidden).toBe(true);
      // Meta documents `hide` in the query only.
      const write = instagram.seen.find(({ method }) => method === 'POST');
      expect(write).toMatchObject({ path: `/v26.0/${comment_id}`, query: { hide: 'true' } });
      const again = await service.proxy('/comment/hide', { comment_id, hidden: true });
      expect(again.json).toEqual(hidden.json);
      const shown = await service.proxy('/comment/hide', { comment_id, hidden: false });
      expect(shown.json).toEqual({ ok: true, comment_id, hidden: false });
      expect(instagram.world.comment(comment_id)?.hidden).toBe(false);
    });

    it("does not hide the account's own comment, which Instagram would keep visible", async () => {
      const own = await service.proxy('/comment/hide', { comment_id: OWN_REPLY, hidden: true });
      expect(own.json).toMatchObject({
        ok: false,
        error: { code: 'target_unavailable', fix: 'Delete it instead.' },
      });
      expect(instagram.seen.map(({ method }) => method)).toEqual(['GET']);
    });
  });

  describe('POST /comment/delete', () => {
    it('deletes a comment, and answers a repeat with target_unavailable', async () => {
      const comment_id = comment();
      const deleted = await service.proxy('/comment/delete', { comment_id });
      expect(deleted.json).toEqual({ ok: true, comment_id, deleted: true });
      expect(instagram.world.comment(comment_id)).toBeUndefined();
      const again = await service.proxy('/comment/delete', { comment_id });
      expect(again.json).toMatchObject({ ok: false, error: { code: 'target_unavailable' } });
    });
  });

  describe('POST /comment/private-reply', () => {
    const send = (comment_id: string, message = 'Your order number, please?'): Promise<Answer> =>
      service.proxy('/comment/private-reply', { comment_id, message });

    it('sends the author one message through the Page with its token', async () => {
      const comment_id = comment();
      const sent = await send(comment_id);
      expect(sent.json).toEqual({ ok: true, comment_id, message_id: `m_${comment_id}` });
      expect(instagram.world.privateReplies.get(comment_id)).toBe('Your order number, please?');
      expect(instagram.seen).toMatchObject([
        { method: 'GET', path: `/v26.0/${comment_id}` },
        {
          path: `/v26.0/${OMNIWEAR.pageId}/messages`,
          headers: { authorization: `Bearer ${OMNIWEAR.pageToken}` },
        },
      ]);
      const again = await send(comment_id, 'Again');
      expect(again.json).toMatchObject({
        ok: false,
        error: { code: 'private_reply_closed', message: expect.stringMatching(/one private/) },
      });
      expect(instagram.world.privateReplies.get(comment_id)).toBe('Your order number, please?');
    });

    it('reports when the seven days are over', async () => {
      const comment_id = comment();
      instagram.world.clock.advance(8 * DAY_SECONDS);
      const late = await send(comment_id);
      expect(late.json).toMatchObject({
        error: { code: 'private_reply_closed', message: expect.stringMatching(/seven days/) },
      });
    });

    it.each([
      [10, 2_534_022],
      [10, 2_018_278],
    ])("reports Meta's error %i/%i in the same way", async (code, subcode) => {
      instagram.failNext('graph_error', { code, subcode, path: '/messages' });
      const answer = await send(comment());
      expect(answer.json).toMatchObject({ error: { code: 'private_reply_closed' } });
    });

    it.each([
      ['an empty', ''],
      ['a whitespace', '  '],
      ['a too long', 'ä'.repeat(501)],
      ['a number as', 7],
    ])('refuses %s message', async (_, message) => {
      const data = { comment_id: '1', message };
      const { json } = await service.proxy('/comment/private-reply', data);
      expect(json).toMatchObject({
        error: { code: 'invalid_request', message: expect.stringMatching(/1000 bytes/) },
      });
      expect(instagram.seen).toEqual([]);
    });

    it('accepts a message of 1000 bytes', async () => {
      expect((await send(comment(), 'ä'.repeat(500))).json).toMatchObject({ ok: true });
    });

    it('needs the Page and its token', async () => {
      const metadata = await service.seal({ page_token: undefined });
      const data = { comment_id: '1', message: 'Hello' };
      const { json } = await service.proxy('/comment/private-reply', data, metadata);
      expect(json).toMatchObject({ error: { code: 'permission_missing' } });
      expect(instagram.seen).toEqual([]);
    });
  });

  describe('POST /account', () => {
    it('returns the account and its abilities', async () => {
      const expires_at = '2027-03-01T00:00:00.000Z';
      const data_access_expires_at = '2027-02-01T00:00:00.000Z';
      const times = { expires_at, data_access_expires_at };
      const metadata = await service.seal({ ...times, scopes: EVERY_SCOPE });
      const { json } = await service.proxy('/account', '', metadata);
      expect(json).toEqual({
        ok: true,
        ig_user_id: OMNIWEAR.igUserId,
        username: 'omniwear',
        picture: 'https://scontent.cdninstagram.com/v/omniwear.jpg',
        log_in_ends_at: data_access_expires_at,
        abilities: ['like', 'comment', 'hide', 'delete', 'private_reply'].map((name) => ({
          name,
          possible: true,
        })),
      });
    });

    it('reports the permissions that the account was connected without', async () => {
      const metadata = await service.seal({
        scopes: ['instagram_basic', 'instagram_manage_comments'],
        page_token: undefined,
      });
      const { json } = await service.proxy('/account', {}, metadata);
      const missing = { possible: false, code: 'permission_missing' };
      expect(json.abilities).toMatchObject([
        {
          name: 'like',
          ...missing,
          fix: expect.stringMatching(/instagram_manage_engagement/),
          missing: 'instagram_manage_engagement',
        },
        { name: 'comment', possible: true },
        { name: 'hide', possible: true },
        { name: 'delete', possible: true },
        {
          name: 'private_reply',
          ...missing,
          message: expect.stringMatching(/Facebook Page/),
          missing: 'facebook_page',
        },
      ]);
    });

    it('reports no private replies without pages_messaging, but tries one', async () => {
      const { json } = await service.proxy('/account', {});
      expect((json.abilities as { name: string }[]).at(-1)).toMatchObject({
        name: 'private_reply',
        possible: false,
        code: 'permission_missing',
        fix: expect.stringMatching(/pages_messaging for the Meta app/),
        missing: 'pages_messaging',
      });
      const reply = { comment_id: OMNIWEAR.commentId, message: 'Hello' };
      await service.proxy('/comment/private-reply', reply);
      expect(instagram.seen.at(-1)?.path).toMatch(/\/messages$/);
    });

    it('asks Instagram each time, so an ended login is reported at once', async () => {
      await service.proxy('/account', {});
      const token = instagram.world.tokens.get(OMNIWEAR.token);
      if (token === undefined) throw new Error('the sandbox has a token');
      token.endedBy = 467;
      const { json } = await service.proxy('/account', {});
      expect(json).toMatchObject({ ok: false, error: { code: 'auth_expired' } });
      delete token.endedBy;
      service.clock.advance(HOLD_SECONDS);
    });
  });

  const ROUTES: [string, object][] = [
    ['/media', { media_id: OMNIWEAR.photoId }],
    ['/comment/hide', { comment_id: OMNIWEAR.commentId, hidden: true }],
    ['/comment/delete', { comment_id: OMNIWEAR.commentId }],
    ['/comment/private-reply', { comment_id: OMNIWEAR.commentId, message: 'Hello' }],
  ];

  it.each([
    ['/like', { media_id: OMNIWEAR.photoId, liked: true }, 'like_requires_facebook_login'],
    ...ROUTES.map(([path, data]) => [path, data, 'facebook_login_required'] as const),
  ])('%s rejects an account of Instagram Login without a call', async (path, data, code) => {
    const metadata = await service.seal({
      dialect: 'instagram_login',
      user_token: OMNIWEAR.instagramLoginToken,
    });
    const { json } = await service.proxy(path, data, metadata);
    expect(json).toMatchObject({ ok: false, error: { code, status: 403 } });
    expect(instagram.seen).toEqual([]);
  });

  it.each(ROUTES)('%s needs the permission for comments', async (path, data) => {
    const metadata = await service.seal({ scopes: ['instagram_basic'] });
    const { json } = await service.proxy(path, data, metadata);
    expect(json).toMatchObject({ ok: false, error: { code: 'permission_missing' } });
    expect(instagram.seen).toEqual([]);
  });

  it.each([...ROUTES, ['/account', {}] as [string, object]])(
    "%s maps Meta's errors to error codes",
    async (path, data) => {
      fault(190, 458);
      expect((await service.proxy(path, data)).json).toMatchObject({
        ok: false,
        error: { code: 'auth_revoked' },
      });
      service.clock.advance(HOLD_SECONDS);
      fault(80_002);
      expect((await service.proxy(path, data)).json).toMatchObject({
        ok: false,
        error: { code: 'rate_limited' },
      });
      service.clock.advance(HOLD_SECONDS);
    },
  );

  it.each([...ROUTES, ['/account', {}] as [string, object]])(
    '%s rejects an unknown field',
    async (path, data) => {
      const { json } = await service.proxy(path, { ...data, colour: 'blue' });
      expect(json).toMatchObject({ ok: false, error: { code: 'invalid_request' } });
      expect(instagram.seen).toEqual([]);
    },
  );
});
