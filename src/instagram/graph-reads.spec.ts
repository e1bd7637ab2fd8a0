import { beforeEach, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { useService } from '../../test/support/service.js';
import { Deadline } from '../common/deadline.js';
import type { JsonObject } from '../common/json-object.js';
import { Secret } from '../domain/secret.js';
import { GraphApi } from './graph-api.js';
import type { GraphCall, GraphCaller } from './graph-call.js';

const READ: GraphCall = {
  method: 'GET',
  path: `/${OMNIWEAR.photoId}`,
  parameters: { fields: 'id' },
  subject: 'media',
};
const WRITE: GraphCall = {
  method: 'POST',
  path: `/${OMNIWEAR.igUserId}/likes`,
  parameters: { media_id: OMNIWEAR.photoId },
  subject: 'like',
};

describe('GraphApi', () => {
  const { service, instagram } = useService();
  /** An account without holds for each test. */
  let accounts = 0;
  let igUserId: string;
  beforeEach(async () => {
    await service.restart();
    accounts += 1;
    igUserId = String(17841400000000000 + accounts);
    instagram.faults.clear();
    instagram.seen.length = 0;
  });

  const call = (
    graphCall = READ,
    { deadlineMs = 5000, ...caller }: Partial<GraphCaller> & { deadlineMs?: number } = {},
  ): Promise<JsonObject> =>
    service.app.get(GraphApi, { strict: false }).call(graphCall, {
      token: new Secret(OMNIWEAR.token),
      igUserId,
      deadline: new Deadline(deadlineMs),
      ...caller,
    });
  const transient = { code: 2, is_transient: true };

  it('makes one call for identical reads at once', async () => {
    const { arrived, release } = instagram.holdNext();
    const first = call();
    await arrived;
    const others = [call(), call(READ, { purpose: 'agent' })];
    release();
    const answers = await Promise.all([first, ...others]);
    expect(answers.map(({ id }) => id)).toEqual(Array(3).fill(OMNIWEAR.photoId));
    expect(instagram.seen).toHaveLength(1);
  });

  it.each<[string, GraphCall, Partial<GraphCaller>]>([
    ['of a reply', READ, { purpose: 'reply' }],
    ['of a pull, which gives way to others,', READ, { purpose: 'pull' }],
    ['of another account', READ, { igUserId: '17841499999999999' }],
    ['of other fields', { ...READ, parameters: { fields: 'id,caption' } }, {}],
    ['for another subject', { ...READ, subject: 'like' }, {}],
  ])('lets no read %s join another one', async (_, other, caller) => {
    await call();
    instagram.seen.length = 0;
    const { arrived, release } = instagram.holdNext();
    const first = call();
    await arrived;
    await call(other, caller);
    release();
    await first;
    expect(instagram.seen).toHaveLength(2);
  });

  it('never lets two reads of replies join', async () => {
    await call();
    instagram.seen.length = 0;
    await Promise.all([call(READ, { purpose: 'reply' }), call(READ, { purpose: 'reply' })]);
    expect(instagram.seen).toHaveLength(2);
  });

  it.each([
    ['a temporary error', 'graph_error' as const, { code: 2, is_transient: true }],
    ['a broken connection', 'cut_before' as const, {}],
    ['status 503', 'answer' as const, { status: 503, body: '' }],
  ])('repeats a read once after %s', async (_, kind, settings) => {
    const fault = { kind, ...settings } as Parameters<typeof instagram.failNext>[0];
    instagram.failNext(fault as never);
    await expect(call()).resolves.toMatchObject({ id: OMNIWEAR.photoId });
    const calls = instagram.seen.length;
    instagram.failNext(fault as never, { times: 5 });
    await expect(call()).rejects.toMatchObject({ code: 'platform_unavailable' });
    instagram.faults.clear();
    expect(instagram.seen.length - calls).toBe(2);
  });

  it('never repeats a write', async () => {
    for (const kind of ['cut_before', 'cut_after'] as const) {
      instagram.seen.length = 0;
      instagram.failNext(kind, { times: 5 });
      await expect(call(WRITE)).rejects.toMatchObject({ code: 'platform_unavailable' });
      instagram.faults.clear();
      expect(instagram.seen).toHaveLength(1);
    }
    instagram.seen.length = 0;
    instagram.failNext('graph_error', { ...transient, times: 5 });
    await expect(call(WRITE)).rejects.toMatchObject({ code: 'platform_unavailable' });
    expect(instagram.seen).toHaveLength(1);
  });

  it.each([
    [190, 'auth_expired'],
    [368, 'action_blocked'],
    [80002, 'rate_limited'],
    [4, 'rate_limited'],
    [100, 'target_unavailable'],
    [10, 'permission_missing'],
  ])('sends nothing after a refusal with code %d', async (code, expected) => {
    instagram.failNext('graph_error', { code, times: 5 });
    const error: unknown = await call().catch((failure: unknown) => failure);
    expect((error as { code: string }).code).toBe(expected);
    expect(instagram.seen).toHaveLength(1);
  });

  it('does not repeat a read once half of its time is over', async () => {
    const { arrived, release } = instagram.holdNext();
    instagram.failNext('graph_error', { ...transient, times: 5 });
    const reading = call(READ, { deadlineMs: 1000 });
    await arrived;
    await new Promise((resolve) => setTimeout(resolve, 600));
    release();
    await expect(reading).rejects.toMatchObject({ code: 'platform_unavailable' });
    expect(instagram.seen).toHaveLength(1);
  });

  it('does not repeat a read if another call was refused meanwhile', async () => {
    const { arrived, release } = instagram.holdNext();
    const reading = call(READ, { purpose: 'reply' });
    await arrived;
    instagram.failNext('graph_error', { code: 190 });
    await expect(call({ ...READ, path: '/me' })).rejects.toMatchObject({ code: 'auth_expired' });
    instagram.failNext('graph_error', { ...transient, times: 5 });
    release();
    await expect(reading).rejects.toMatchObject({ code: 'auth_expired' });
    expect(instagram.seen).toHaveLength(2);
  });

  it('does not repeat a read whose failure reports that a limit is used up', async () => {
    const headers = { 'x-app-usage': '{"call_count":99}' };
    instagram.failNext({ kind: 'graph_error', ...transient, headers }, { times: 5 });
    await expect(call()).rejects.toMatchObject({ code: 'rate_limited' });
    expect(instagram.seen).toHaveLength(1);
  });
});
