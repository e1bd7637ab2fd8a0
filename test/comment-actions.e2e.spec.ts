import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OMNIWEAR_ACCOUNT } from '../sandbox/omniwear-account.js';
import { OMNIWEAR, OUTLET } from '../sandbox/instagram/omniwear.js';
import { OWN_POSTS_PAGES_MAX } from '../src/proxy/comment/comment-actions.js';
import { type RunningInstagram, startInstagram } from './support/instagram.js';
import { addPosts } from './support/posts.js';
import { type Answer, form, TestService } from './support/service.js';

const MIRA = '17841400000000002';
const MEDIA_PAGE = 50;

type Fields = Record<string, unknown>;

const ROUTES: [string, string, Fields][] = [
  ['delete', '/comment/delete', {}],
  ['hide', '/comment/hide', { hidden: true }],
  ['private_reply', '/comment/private-reply', { message: 'Your order number, please?' }],
];

describe.each(ROUTES)('the action %s', (action, path, fields) => {
  let instagram: RunningInstagram;
  let service: TestService;

  const start = async (environment: Record<string, string> = {}): Promise<void> => {
    service = await TestService.start({ INSTAGRAM_GRAPH_URL: instagram.url, ...environment });
  };
  beforeEach(async () => {
    instagram = await startInstagram();
    // The person behind the token manages both accounts, and may delete posts.
    for (const token of [OMNIWEAR.token, OMNIWEAR.pageToken]) {
      const known = instagram.world.tokens.get(token);
      if (known === undefined) throw new Error('the sandbox has the token');
      known.igUserIds = [OMNIWEAR.igUserId, OUTLET.igUserId];
      known.scopes = [...known.scopes, 'instagram_manage_contents'];
    }
  });
  afterEach(async () => {
    await service.stop();
    await instagram.stop();
  });

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
    await start();
    const posts = instagram.world.media.size;
    await expectRefused(id);
    expect(instagram.world.media.size).toBe(posts);
  });

  it.each([true, false])(
    "sends no write for a comment under another of the person's accounts (owner reported: %s)",
    async (reportsOwners) => {
      await start();
      instagram.world.reportsOwners = reportsOwners;
      await expectRefused(OUTLET.commentId);
      expect(instagram.world.comment(OUTLET.commentId)?.hidden).toBe(false);
      expect(service.logs.events('request.answered').at(-1)).toMatchObject({
        level: 40,
        outcome: 'target_unavailable',
        reason: 'not_own_post',
      });
    },
  );

  it('acts on a reply and on a comment under an own post', async () => {
    await start();
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

  it('finds an own post in the list of posts before any pull, and asks once', async () => {
    await start();
    instagram.world.reportsOwners = false;
    const [oldest = ''] = addPosts(instagram.world, MEDIA_PAGE + 10, 0).slice(-1);
    expect((await act(comment(oldest))).json).toMatchObject({ ok: true });
    const lists = (): number =>
      instagram.seen.filter((call) => call.path.endsWith('/media')).length;
    expect(lists()).toBe(2);
    expect((await act(comment(oldest))).json).toMatchObject({ ok: true });
    expect(lists()).toBe(2);
  });

  it('knows an own post from a pull', async () => {
    await start();
    instagram.world.reportsOwners = false;
    await service.post('/pull', form({ metadata: service.metadata, state: '' }));
    instagram.seen.length = 0;
    expect((await act(comment())).json).toMatchObject({ ok: true });
    expect(instagram.seen.filter((call) => call.path.endsWith('/media'))).toEqual([]);
  });

  it('refuses without a write where the post is not among the newest', async () => {
    await start();
    instagram.world.reportsOwners = false;
    const ids = addPosts(instagram.world, MEDIA_PAGE * OWN_POSTS_PAGES_MAX + 20, 0);
    await expectRefused(comment(ids.at(-1)));
    expect(instagram.seen.filter((call) => call.path.endsWith('/media'))).toHaveLength(
      OWN_POSTS_PAGES_MAX,
    );
  });

  it('sends no write where the list of posts cannot be read', async () => {
    await start();
    instagram.world.reportsOwners = false;
    instagram.faults.arm({ fault: { kind: 'graph_error', code: 2 }, times: 1, path: '/media' });
    const { json } = await act(comment());
    expect(json).toMatchObject({ ok: false, error: { code: 'platform_unavailable' } });
    expect(writes()).toEqual([]);
  });

  it('sends no write where the answer is about another id than the one asked for', async () => {
    await start();
    const body = JSON.stringify({
      id: OMNIWEAR.commentId,
      timestamp: '2026-11-25T10:00:00+0000',
      media: { id: OMNIWEAR.photoId, owner: { id: OMNIWEAR.igUserId } },
    });
    instagram.faults.arm({ fault: { kind: 'answer', status: 200, body }, times: 1 });
    const { json } = await act(OMNIWEAR.photoId);
    expect(json).toMatchObject({ ok: false, error: { code: 'platform_unavailable' } });
    expect(writes()).toEqual([]);
  });

  it('can be switched off, which /account and /media report', async () => {
    const others = ROUTES.map(([name]) => name).filter((name) => name !== action);
    await start({ ALLOWED_ACTIONS: others.join(',') });
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
        { name: action, possible: false, ...refusal },
      ]);
    }
  });

  it('is off where ALLOWED_ACTIONS is none', async () => {
    await start({ ALLOWED_ACTIONS: 'none' });
    expect((await act(comment())).json).toMatchObject({ error: { code: 'permission_missing' } });
    expect(instagram.seen).toEqual([]);
  });
});
