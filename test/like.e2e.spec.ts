import { beforeEach, describe, expect, it } from '@jest/globals';
import { OMNIWEAR, SANDBOX_APP } from '../sandbox/instagram/omniwear.js';
import { form, JSON_TYPE, TestService, useService } from './support/service.js';

const ISO_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('POST /like and POST /like/state', () => {
  const { instagram, service } = useService({ META_APP_SECRET: SANDBOX_APP.secret });
  beforeEach(() => {
    instagram.seen.length = 0;
  });

  it('likes a photo, remembers it, and removes the like', async () => {
    const photo = { media_id: OMNIWEAR.photoId };

    const liked = await service.proxy('/like', { ...photo, liked: 'true' });
    expect(liked.status).toBe(200);
    expect(liked.json).toEqual({
      ok: true,
      ...photo,
      liked: true,
      source: 'instagram',
      changed_at: ISO_TIME,
    });
    expect(instagram.world.listLikes(OMNIWEAR.igUserId)).toEqual([OMNIWEAR.photoId]);
    const known = await service.proxy('/like/state', photo);
    expect(known.json).toEqual({ ...liked.json, source: 'ledger' });

    const unliked = await service.proxy('/like', { ...photo, liked: 'false' });
    expect(unliked.json).toMatchObject({ ok: true, liked: false, source: 'instagram' });
    expect(instagram.world.listLikes(OMNIWEAR.igUserId)).toEqual([]);
    const knownAfter = await service.proxy('/like/state', photo);
    expect(knownAfter.json).toEqual({ ...unliked.json, source: 'ledger' });
  });

  it.each([OMNIWEAR.reelId, OMNIWEAR.carouselId])('likes reel or carousel %s', async (media_id) => {
    const answer = await service.proxy('/like', { media_id, liked: true });
    expect(answer.json).toMatchObject({ ok: true, media_id, liked: true });
    expect(instagram.world.listLikes(OMNIWEAR.igUserId)).toEqual([media_id]);
    await service.proxy('/like', { media_id, liked: false });
  });

  it('likes a comment', async () => {
    const comment = { comment_id: OMNIWEAR.commentId };
    const answer = await service.proxy('/like', { ...comment, liked: true });
    expect(answer.json).toMatchObject({ ok: true, ...comment, liked: true });
    expect(instagram.world.listLikes(OMNIWEAR.igUserId)).toEqual([OMNIWEAR.commentId]);
    await service.proxy('/like', { ...comment, liked: false });
  });

  it("uses Meta's documented wire format", async () => {
    await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: 'true' });
    await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: 'false' });
    const path = `/v26.0/${OMNIWEAR.igUserId}/likes`;
    const proof = expect.stringMatching(/^[0-9a-f]{64}$/);
    const parameters = { media_id: OMNIWEAR.photoId, appsecret_proof: proof };
    const headers = expect.objectContaining({ authorization: `Bearer ${OMNIWEAR.token}` });
    expect(instagram.seen).toEqual([
      { method: 'POST', path, query: {}, body: parameters, headers },
      { method: 'DELETE', path, query: parameters, body: undefined, headers },
    ]);
  });

  it('sets a state, so repeating it changes nothing', async () => {
    const like = { media_id: OMNIWEAR.photoId, liked: 'true' };
    const answers = [await service.proxy('/like', like), await service.proxy('/like', like)];
    for (const { json } of answers) expect(json).toMatchObject({ ok: true, liked: true });
    expect(instagram.world.listLikes(OMNIWEAR.igUserId)).toEqual([OMNIWEAR.photoId]);
    await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: 'false' });
  });

  it('ends in the state of the last of several fast clicks', async () => {
    const clicks = [true, false, true, false, true, false, true];
    // The first calls are slow: without a queue, later ones would overtake them.
    instagram.failNext('delay', { ms: 150, times: 2 });
    await Promise.all(
      clicks.map((liked) => service.proxy('/like', { media_id: OMNIWEAR.photoId, liked })),
    );
    const state = await service.proxy('/like/state', { media_id: OMNIWEAR.photoId });
    expect(state.json).toMatchObject({ liked: true, source: 'ledger' });
    expect(instagram.world.listLikes(OMNIWEAR.igUserId)).toEqual([OMNIWEAR.photoId]);
    await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: false });
  });

  it('reports an unknown state for a target that it never set', async () => {
    const answer = await service.proxy('/like/state', { media_id: '17895695668009999' });
    expect(answer.json).toEqual({
      ok: true,
      media_id: '17895695668009999',
      liked: null,
      source: 'none',
      changed_at: null,
    });
    expect(instagram.seen).toEqual([]);
  });

  it('returns the states of up to 50 targets in their order', async () => {
    await service.proxy('/like', { comment_id: OMNIWEAR.commentId, liked: true });
    const targets = [
      { media_id: OMNIWEAR.commentId },
      { comment_id: OMNIWEAR.commentId },
      ...Array.from({ length: 48 }, (_, index) => ({ comment_id: String(index + 1) })),
    ];
    const answer = await service.proxy('/like/state', { targets });
    const unknown = { ok: true, liked: null, source: 'none', changed_at: null };
    expect(answer.json).toEqual({
      ok: true,
      states: targets.map((target, index) =>
        index === 1
          ? { ok: true, ...target, liked: true, source: 'ledger', changed_at: ISO_TIME }
          : { ...unknown, ...target },
      ),
    });
    await service.proxy('/like', { comment_id: OMNIWEAR.commentId, liked: false });
  });

  it('keeps the likes of two accounts separate', async () => {
    await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true });
    const other = await service.seal({ ig_user_id: '17841400000000009' });
    const answer = await service.proxy('/like/state', { media_id: OMNIWEAR.photoId }, other);
    expect(answer.json).toMatchObject({ liked: null, source: 'none' });
    await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: false });
  });

  it('accepts the envelope as JSON too, with extra fields that Zendesk may add', async () => {
    const body = JSON.stringify({
      instance_metadata: service.metadata,
      client_data: JSON.stringify({ media_id: OMNIWEAR.photoId }),
      locale: 'en-US',
    });
    const answer = await service.post('/like/state', body, JSON_TYPE);
    expect(answer.json).toMatchObject({ ok: true, media_id: OMNIWEAR.photoId });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('logs one line with the account and the target and without the token', async () => {
    const before = service.logs.lines.length;
    await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: 'true' });
    const logged = service.logs.lines
      .slice(before)
      .map((line) => JSON.parse(line) as { level: string })
      .filter(({ level }) => level !== 'debug');
    expect(logged).toEqual([
      expect.objectContaining({
        event: 'request.answered',
        method: 'POST',
        route: '/like',
        status: 200,
        account: OMNIWEAR.igUserId,
        target: `media/${OMNIWEAR.photoId}`,
        liked: true,
        outcome: 'ok',
      }),
    ]);
    expect(service.logs.mentions(OMNIWEAR.token)).toBe(false);
    expect(service.logs.mentions(service.metadata)).toBe(false);
    await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: 'false' });
  });

  it('accepts plain JSON metadata only where that is configured', async () => {
    const plain = JSON.stringify({
      v: 1,
      dialect: 'facebook_login',
      ig_user_id: OMNIWEAR.igUserId,
      username: OMNIWEAR.username,
      user_token: OMNIWEAR.token,
      scopes: ['instagram_manage_engagement'],
    });
    const data = { media_id: OMNIWEAR.photoId };
    const refused = await service.proxy('/like/state', data, plain);
    expect(refused.json).toMatchObject({ ok: false, error: { code: 'metadata_invalid' } });

    const allowing = await TestService.start({
      INSTAGRAM_GRAPH_URL: instagram.url,
      CREDENTIALS_PLAINTEXT: 'allow',
    });
    const taken = await allowing.proxy('/like/state', data, plain);
    expect(taken.json).toMatchObject({ ok: true });
    const body = form({ instance_metadata: plain });
    expect((await allowing.post('/like', body)).json).toMatchObject({
      error: { code: 'invalid_request' },
    });
    await allowing.stop();
  });
});
