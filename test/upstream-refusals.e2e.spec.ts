import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { startInstagram } from './support/instagram.js';
import { TestService } from './support/service.js';
import { PHOTO, readError, useUpstream } from './support/upstream.js';

describe('a like that Instagram refuses', () => {
  const upstream = useUpstream();

  const REFUSALS: [string, number, number | undefined, string, number][] = [
    ['an expired login', 190, undefined, 'auth_expired', 401],
    ['an expired session', 190, 463, 'auth_expired', 401],
    ['a changed password', 190, 460, 'auth_expired', 401],
    ['a logout', 190, 467, 'auth_expired', 401],
    ['a removed app', 190, 458, 'auth_revoked', 401],
    ['a checkpoint', 190, 459, 'auth_checkpoint', 401],
    ['an unconfirmed user', 190, 464, 'auth_checkpoint', 401],
    ['an expired session of code 102', 102, undefined, 'auth_expired', 401],
    ['a missing permission', 10, undefined, 'permission_missing', 403],
    ['a missing permission of the 200s', 200, undefined, 'permission_missing', 403],
    ['another missing permission of the 200s', 299, undefined, 'permission_missing', 403],
    ['a missing capability', 3, undefined, 'permission_missing', 403],
    ['a missing object', 100, 33, 'target_not_likeable', 422],
    ['the limit of the app', 4, undefined, 'rate_limited', 429],
    ['the limit of the user', 17, undefined, 'rate_limited', 429],
    ['the limit of the page', 32, undefined, 'rate_limited', 429],
    ['a custom limit', 613, undefined, 'rate_limited', 429],
    ['the limit of the business', 80002, undefined, 'rate_limited', 429],
    ['suspected spam', 4, 2207051, 'action_blocked', 429],
    ['a violated policy', 368, undefined, 'action_blocked', 429],
  ];

  it.each(REFUSALS)(
    'reports %s (%d/%p) and leaves the state as it was',
    async (_, code, subcode, expected, status) => {
      await upstream.like(true);
      upstream.armFault({
        kind: 'graph_error',
        code,
        ...(subcode === undefined ? {} : { subcode }),
      });
      const error = readError(await upstream.like(false));
      expect(error).toMatchObject({ code: expected, status, fix: expect.any(String) });
      expect(await upstream.readState()).toEqual({ liked: true, source: 'ledger' });
      expect(upstream.service.logs.events('request.answered').at(-2)).toMatchObject({
        outcome: expected,
        graph_code: code,
        fbtrace_id: expect.stringMatching(/^A[\w-]{10,}$/),
      });
      await upstream.like(false);
    },
  );

  it('reports how long Meta asks to wait', async () => {
    const usage = { id: [{ type: 'instagram', estimated_time_to_regain_access: 7 }] };
    const headers = { 'x-business-use-case-usage': JSON.stringify(usage) };
    upstream.armFault({ kind: 'graph_error', code: 80002, headers });
    expect(readError(await upstream.like(true))).toMatchObject({
      code: 'rate_limited',
      retry_after_seconds: 420,
    });
  });

  it('stays unknown if a refusal follows an unknown outcome', async () => {
    await upstream.like(true);
    upstream.armFault({ kind: 'cut_after' });
    upstream.armFault({ kind: 'graph_error', code: 4 });
    await upstream.like(false);
    expect(readError(await upstream.like(false)).code).toBe('rate_limited');
    expect(await upstream.readState()).toEqual({ liked: null, source: 'pending' });
    await upstream.like(false);
  });

  describe("under Instagram's rules", () => {
    it.each([
      ['a story', OMNIWEAR.storyId],
      ['a private photo', OMNIWEAR.privatePhotoId],
      ['a deleted photo', '17895695668001111'],
    ])('cannot target %s', async (_, media_id) => {
      const answer = await upstream.service.proxy('/like', { media_id, liked: true });
      expect(readError(answer).code).toBe('target_not_likeable');
      const after = await upstream.service.proxy('/like/state', { media_id });
      expect(after.json).toMatchObject({ liked: null, source: 'none' });
    });

    it('reports a token without the permission, although the metadata claims it', async () => {
      const metadata = await upstream.service.seal({ user_token: OMNIWEAR.tokenWithoutEngagement });
      const answer = await upstream.service.proxy('/like', { ...PHOTO, liked: true }, metadata);
      expect(readError(answer).code).toBe('permission_missing');
    });

    it('reports metadata without the permission, and sends no call', async () => {
      const metadata = await upstream.service.seal({ scopes: ['instagram_basic'] });
      const answer = await upstream.service.proxy('/like', { ...PHOTO, liked: true }, metadata);
      expect(readError(answer)).toMatchObject({
        code: 'permission_missing',
        fix: expect.stringContaining('instagram_manage_engagement'),
      });
      expect(upstream.instagram.seen).toEqual([]);
    });

    it('reports an account of Instagram Login, and sends no call', async () => {
      const metadata = await upstream.service.seal({
        dialect: 'instagram_login',
        user_token: OMNIWEAR.instagramLoginToken,
      });
      const answer = await upstream.service.proxy('/like', { ...PHOTO, liked: true }, metadata);
      expect(readError(answer)).toMatchObject({
        code: 'like_requires_facebook_login',
        status: 403,
      });
      expect(upstream.instagram.seen).toEqual([]);
    });

    it('blocks the account for an hour after 50 likes in 5 seconds', async () => {
      const own = await startInstagram();
      const other = await TestService.start({ INSTAGRAM_GRAPH_URL: own.url });
      const codes: unknown[] = [];
      for (let call = 0; call < 52; call += 1) {
        const { json } = await other.proxy('/like', { ...PHOTO, liked: call % 2 === 0 });
        codes.push(json.ok === true ? 'ok' : (json.error as { code: string }).code);
      }
      expect(codes.slice(0, 50)).toEqual(Array(50).fill('ok'));
      expect(codes.slice(50)).toEqual(['action_blocked', 'action_blocked']);
      own.world.clock.advance(3601);
      const answer = await other.proxy('/like', { ...PHOTO, liked: true });
      expect(answer.json).toMatchObject({ ok: true });
      await other.stop();
      await own.stop();
    });
  });
});
