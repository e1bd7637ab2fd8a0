import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR_ACCOUNT } from '../sandbox/omniwear-account.js';
import { OMNIWEAR, OUTLET } from '../sandbox/instagram/omniwear.js';
import { OWN_POSTS_PAGES_MAX } from '../src/proxy/comment/comment-actions.js';
import { addPosts } from './support/posts.js';
import { type Answer, form, useService } from './support/service.js';

const MIRA = '17841400000000002';
const MEDIA_PAGE = 50;

type Fields = Record<string, unknown>;

const ROUTES: [string, string, Fields][] = [
  ['delete', '/comment/delete', {}],
  ['hide', '/comment/hide', { hidden: true }],
  ['private_reply', '/comment/private-reply', { message: 'Your order number, please?' }],
];

describe.each(ROUTES)('the action %s', (action, path, fields) => {
  const { instagram, service } = useService(
    ({ world }) => {
      // The person behind the token manages both accounts, and may delete posts.
      for (const token of [OMNIWEAR.token, OMNIWEAR.pageToken]) {
        const known = world.tokens.get(token);
        if (known === undefined) throw new Error('the sandbox has the token');
        known.igUserIds = [OMNIWEAR.igUserId, OUTLET.igUserId];
        known.scopes = [...known.scopes, 'instagram_manage_contents'];
      }
      return {};
    },
    { per: 'test' },
  );

  const act = (comment_id: string): Promise<Answer> =>
    service.proxy(path, { comment_id, ...fields });
  const comment = (mediaId: string = OMNIWEAR.photoId): string =>
    instagram.world.addComment({ mediaId, authorId: MIRA, text: 'A question' }).id;
  const writes = (): string[] =>
    instagram.seen.filter(({ method }) => method !== 'GET').map((call) => call.path);
  const expectRefused = async (id: string): Promise<void> => {
    const { json } = await act(id);
    expect(json).toMatchObject({
      ok: false,
      error: { code: 'target_unavailable', message: expect.any(String), fix: expect.any(String) },
    });
    expect(writes()).toEqual([]);
  };

  it.each([
    ['a post', OMNIWEAR.photoId],
    ['a carousel', OMNIWEAR.carouselId],
    ["another account's post", OMNIWEAR.privatePhotoId],
    ['the Page', OMNIWEAR.pageId],
    ['the account', OMNIWEAR.igUserId],
    ['nothing', '17000000000000001'],
  ])('sends no write for the id of %s', async (_, id) => {
    const posts = instagram.world.media.size;
    await expectRefused(id);
    expect(instagram.world.media.size).toBe(posts);
  });

  it.each([true, false])(
    'sends no write for a comment on another account of the person (owner reported: %s)',
    async (reportsOwners) => {
      instagram.world.reportsOwners = reportsOwners;
      await expectRefused(OUTLET.commentId);
      expect(instagram.world.comment(OUTLET.commentId)?.hidden).toBe(false);
      expect(service.logs.events('request.answered').at(-1)).toMatchObject({
        level: 'warn',
        outcome: 'target_unavailable',
        reason: 'not_own_post',
      });
    },
  );

  it('acts on a reply and on a comment under a post of the account', async () => {
    const top = comment();
    const reply = instagram.world.addComment({
      mediaId: OMNIWEAR.photoId,
      authorId: MIRA,
      text: 'And me?',
      parentId: top,
    }).id;
    expect((await act(reply)).json).toMatchObject({ ok: true });
    expect((await act(top)).json).toMatchObject({ ok: true });
    expect(writes()).toHaveLength(2);
  });

  it('finds a post of the account in the list of posts and remembers it', async () => {
    instagram.world.reportsOwners = false;
    const [oldest = ''] = addPosts(instagram.world, MEDIA_PAGE + 10, 0).slice(-1);
    expect((await act(comment(oldest))).json).toMatchObject({ ok: true });
    const lists = (): number =>
      instagram.seen.filter((call) => call.path.endsWith('/media')).length;
    expect(lists()).toBe(2);
    expect((await act(comment(oldest))).json).toMatchObject({ ok: true });
    expect(lists()).toBe(2);
  });

  it('knows a post of the account from a pull', async () => {
    instagram.world.reportsOwners = false;
    await service.post('/pull', form({ metadata: service.metadata, state: '' }));
    instagram.seen.length = 0;
    expect((await act(comment())).json).toMatchObject({ ok: true });
    expect(instagram.seen.filter((call) => call.path.endsWith('/media'))).toEqual([]);
  });

  it('sends no write when the post is not among the newest', async () => {
    instagram.world.reportsOwners = false;
    const ids = addPosts(instagram.world, MEDIA_PAGE * OWN_POSTS_PAGES_MAX + 20, 0);
    await expectRefused(comment(ids.at(-1)));
    expect(instagram.seen.filter((call) => call.path.endsWith('/media'))).toHaveLength(
      OWN_POSTS_PAGES_MAX,
    );
  });

  it('sends no write when the list of posts cannot be read', async () => {
    instagram.world.reportsOwners = false;
    // A read is repeated once.
    instagram.failNext('graph_error', { code: 2, path: '/media', times: 2 });
    const { json } = await act(comment());
    expect(json).toMatchObject({ ok: false, error: { code: 'platform_unavailable' } });
    expect(writes()).toEqual([]);
  });

  it('sends no write when the answer has another id than the requested one', async () => {
    const body = JSON.stringify({
      id: OMNIWEAR.commentId,
      timestamp: '2026-11-25T10:00:00+0000',
      media: { id: OMNIWEAR.photoId, owner: { id: OMNIWEAR.igUserId } },
    });
    instagram.failNext('answer', { status: 200, body });
    const { json } = await act(OMNIWEAR.photoId);
    expect(json).toMatchObject({ ok: false, error: { code: 'platform_unavailable' } });
    expect(writes()).toEqual([]);
  });

  it('can be switched off, and /account and /media report it', async () => {
    const others = ROUTES.map(([name]) => name).filter((name) => name !== action);
    await service.restart({ ALLOWED_ACTIONS: others.join(',') });
    const refusal = {
      code: 'permission_missing',
      message: expect.stringContaining(action),
      fix: expect.stringContaining('ALLOWED_ACTIONS'),
    };
    expect((await act(comment())).json).toMatchObject({ ok: false, error: refusal });
    expect(instagram.seen).toEqual([]);
    const metadata = await service.seal({
      scopes: [...OMNIWEAR_ACCOUNT.scopes, 'pages_messaging'],
    });
    const account = (await service.proxy('/account', {}, metadata)).json;
    const post = { media_id: OMNIWEAR.photoId };
    const media = (await service.proxy('/media', post, metadata)).json;
    for (const { abilities } of [account, media.account] as { abilities: Fields[] }[]) {
      expect(abilities.filter(({ possible }) => possible === false)).toEqual([
        { name: action, possible: false, ...refusal, missing: 'ALLOWED_ACTIONS' },
      ]);
    }
  });

  it('is off when ALLOWED_ACTIONS is none', async () => {
    await service.restart({ ALLOWED_ACTIONS: 'none' });
    expect((await act(comment())).json).toMatchObject({ error: { code: 'permission_missing' } });
    expect(instagram.seen).toEqual([]);
  });
});
