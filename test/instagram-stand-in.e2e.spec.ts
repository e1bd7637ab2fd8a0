import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OMNIWEAR, SANDBOX_APP } from '../sandbox/instagram/omniwear.js';
import { type RunningInstagram, startInstagram } from './support/instagram.js';

describe("Instagram's stand-in", () => {
  let instagram: RunningInstagram;
  beforeAll(async () => {
    instagram = await startInstagram();
  });
  afterAll(() => instagram.stop());

  const graph = async (
    path: string,
    { method = 'GET', token = OMNIWEAR.token }: { method?: string; token?: string } = {},
  ): Promise<[number, Record<string, unknown>]> => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${instagram.url}${path}`, { method, headers });
    return [answer.status, (await answer.json()) as Record<string, unknown>];
  };
  const error = (code: number, subcode?: number): [number, unknown] => [
    400,
    {
      error: expect.objectContaining({
        code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
      }),
    },
  ];

  it('shows how many likes a photo has, but not whether the account likes it', async () => {
    const fields = 'caption,permalink,like_count,has_liked,user_has_liked,likes';
    const before = await graph(`/v26.0/${OMNIWEAR.photoId}?fields=${fields}`);
    await graph(`/v26.0/${OMNIWEAR.igUserId}/likes?media_id=${OMNIWEAR.photoId}`, {
      method: 'POST',
    });
    const after = await graph(`/v26.0/${OMNIWEAR.photoId}?fields=${fields}`);
    expect(before[1]).toEqual({
      id: OMNIWEAR.photoId,
      caption: expect.any(String),
      permalink: expect.stringMatching(/^https:\/\/www\.instagram\.com\/p\//),
      like_count: 214,
    });
    expect(after[1]).toEqual({ ...before[1], like_count: 215 });
  });

  it("hides a customer's comment, but not the account's own", async () => {
    const hide = (id: string): Promise<[number, Record<string, unknown>]> =>
      graph(`/v26.0/${id}?hide=true`, { method: 'POST' });
    const hidden = async (id: string): Promise<unknown> =>
      (await graph(`/v26.0/${id}?fields=hidden`))[1].hidden;
    expect(await hide(OMNIWEAR.commentId)).toEqual([200, { success: true }]);
    expect(await hidden(OMNIWEAR.commentId)).toBe(true);
    await graph(`/v26.0/${OMNIWEAR.commentId}?hide=false`, { method: 'POST' });
    expect(await hidden(OMNIWEAR.commentId)).toBe(false);
    expect(await hide(OMNIWEAR.ownReplyId)).toEqual([200, { success: true }]);
    expect(await hidden(OMNIWEAR.ownReplyId)).toBe(false);
  });

  it('has controls that invalidate a token and change undocumented behaviour', async () => {
    const control = (path: string, body: object): Promise<Response> =>
      fetch(`${instagram.url}/_control/${path}`, {
        method: 'PATCH',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
    await control(`tokens/${OMNIWEAR.token}`, { endedBy: 458 });
    expect(await graph('/v26.0/me')).toEqual(error(190, 458));
    await control(`tokens/${OMNIWEAR.token}`, { endedBy: null });
    expect((await graph('/v26.0/me'))[0]).toBe(200);
    expect((await control('tokens/nobody', {})).status).toBe(404);
    const choice = await control('undocumented', { lockOut: { code: 368 } });
    expect(await choice.json()).toEqual({ lockOut: { code: 368 } });
    await control('undocumented', { lockOut: { code: 4, subcode: 2207051 } });
  });

  it('shows a story for a day, and rejects a like of it', async () => {
    const stories = async (): Promise<unknown> =>
      (await graph(`/v26.0/${OMNIWEAR.igUserId}/stories`))[1].data;
    expect(await stories()).toEqual([{ id: OMNIWEAR.storyId }]);
    const like = `/v26.0/${OMNIWEAR.igUserId}/likes?media_id=${OMNIWEAR.storyId}`;
    expect(await graph(like, { method: 'POST' })).toEqual(error(100, 33));
    const story = instagram.world.media.get(OMNIWEAR.storyId);
    if (story !== undefined) story.timestamp -= 86_400_000;
    expect(await stories()).toEqual([]);
  });

  it('accepts parameters as a form', async () => {
    const answer = await fetch(`${instagram.url}/v26.0/${OMNIWEAR.igUserId}/likes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${OMNIWEAR.token}` },
      body: new URLSearchParams({ media_id: OMNIWEAR.reelId }),
    });
    expect(await answer.json()).toEqual({ success: true });
    expect(instagram.world.listLikes(OMNIWEAR.igUserId)).toContain(OMNIWEAR.reelId);
  });

  it('adds, lists and deletes comments, newest first and in pages', async () => {
    const comments = `/v26.0/${OMNIWEAR.photoId}/comments`;
    const [, added] = await graph(`${comments}?message=Hello`, { method: 'POST' });
    const [, first] = await graph(`${comments}?fields=text,from&limit=1`);
    expect(first).toMatchObject({ data: [{ id: added.id, text: 'Hello' }] });
    const { paging } = first as { paging: { cursors: { after: string }; next?: string } };
    expect(paging.next).toEqual(expect.any(String));
    const [, second] = await graph(`${comments}?limit=1&after=${paging.cursors.after}`);
    expect(second).toMatchObject({ data: [{ id: OMNIWEAR.commentId }] });
    expect(await graph(`/v26.0/${String(added.id)}`, { method: 'DELETE' })).toEqual([
      200,
      { success: true },
    ]);
    expect(await graph(`/v26.0/${String(added.id)}`)).toEqual(error(100, 33));
  });

  it('reports the person and the permissions of a token', async () => {
    expect((await graph('/v26.0/me'))[1]).toMatchObject({ id: expect.stringMatching(/^\d+$/) });
    const app = `${SANDBOX_APP.id}|${SANDBOX_APP.secret}`;
    const query = new URLSearchParams({
      input_token: OMNIWEAR.token,
      access_token: app,
    }).toString();
    expect((await graph(`/debug_token?${query}`))[1]).toMatchObject({
      data: {
        is_valid: true,
        scopes: expect.arrayContaining(['instagram_manage_engagement']),
        granular_scopes: expect.arrayContaining([
          { scope: 'instagram_manage_engagement', target_ids: [OMNIWEAR.igUserId] },
        ]),
      },
    });
  });

  it('rejects unknown, expired and invalidated tokens', async () => {
    expect(await graph('/v26.0/me', { token: 'none' })).toEqual(error(190));
    expect(await graph('/v26.0/me', { token: OMNIWEAR.instagramLoginToken })).toEqual(error(190));
    const token = instagram.world.tokens.get(OMNIWEAR.tokenWithoutEngagement);
    if (token === undefined) throw new Error('the stand-in has no such token');
    const asToken = { token: OMNIWEAR.tokenWithoutEngagement };
    token.expiresAt = Math.floor(Date.now() / 1000) + 60;
    expect((await graph('/v26.0/me', asToken))[0]).toBe(200);
    instagram.world.clock.advance(61);
    expect(await graph('/v26.0/me', asToken)).toEqual(error(190, 463));
    token.endedBy = 458;
    expect(await graph('/v26.0/me', asToken)).toEqual(error(190, 458));
  });

  it.each(['', `?media_id=${OMNIWEAR.photoId}&comment_id=${OMNIWEAR.commentId}`])(
    'rejects a like without exactly one target: "%s"',
    async (query) => {
      const path = `/v26.0/${OMNIWEAR.igUserId}/likes${query}`;
      expect(await graph(path, { method: 'POST' })).toEqual(error(100));
    },
  );
});
