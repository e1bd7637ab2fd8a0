import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR, OUTLET } from '../../sandbox/instagram/omniwear.js';
import { Database } from '../../src/ledger/database/database.js';
import { testKey } from '../support/keys.js';
import { OTHER_KEY, TEST_KEY, TestService } from '../support/service.js';
import { expectNothingPosted, HOSTILE, useSetup } from '../support/setup-fixture.js';
import type { SetupPage } from '../support/setup-page.js';

describe('editing an account', () => {
  const setup = useSetup();
  const edit = (fields: Record<string, string> = {}): Promise<SetupPage> =>
    setup.open({ metadata: setup.service.metadata, ...fields });

  it('shows the account that Zendesk stores, with a new check', async () => {
    const page = await edit({ name: 'Ours' });
    expect(page.title).toBe('Instagram account @omniwear');
    expect(page.field('name')).toBe('Ours');
    expect(page.html).not.toContain(OMNIWEAR.token);
    expect(page.html).not.toContain(setup.service.metadata);
  });

  it('returns the state of the same account, but not to another account', async () => {
    const page = await edit({ state: 'read so far' });
    expect((await setup.finish(page)).field('state')).toBe('read so far');
    const same = await setup.login(page, 'olivia');
    expect((await setup.finish(same)).field('state')).toBe('read so far');
    const choice = await setup.login(page, 'theo');
    const other = await setup.step('account', choice, { ig_user_id: OUTLET.igUserId });
    expect((await setup.finish(other)).field('state')).toBe('');
  });

  it('seals the Zendesk and the time of the account’s first connection', async () => {
    const connectedAt = 1_700_000_000;
    const metadata = await setup.service.seal({ connected_at: connectedAt, subdomain: undefined });
    const sealed = async (page: SetupPage): Promise<object> =>
      setup.openFields(await setup.save(page));
    const page = await setup.open({ metadata });
    expect(await sealed(page)).toMatchObject({ subdomain: 'omniwear' });
    const same = await setup.login(page, 'olivia');
    expect(await sealed(same)).toMatchObject({ connected_at: connectedAt });
    const startedAt = Math.floor(setup.service.clock.now() / 1000);
    const other = await setup.step('account', await setup.login(page, 'theo'), {
      ig_user_id: OUTLET.igUserId,
    });
    const { connected_at: sealedAt } = (await sealed(other)) as { connected_at: number };
    expect(sealedAt).toBeGreaterThanOrEqual(startedAt);
    expect(sealedAt).toBeLessThanOrEqual(setup.service.clock.now() / 1000);
    expect(other.text).toContain('will be connected to omniwear.zendesk.com');
  });

  it('reports an ended login and accepts a new one', async () => {
    setup.instagram.world.tokens.set('ended', {
      ...(setup.instagram.world.tokens.get(OMNIWEAR.token) as never as object),
      endedBy: 460,
    } as never);
    const page = await setup.open({ metadata: await setup.service.seal({ user_token: 'ended' }) });
    expect(page.obstacles).toEqual({
      like: 'log_in_ended',
      comment: 'log_in_ended',
      hide: 'log_in_ended',
      message: 'log_in_ended',
    });
    expect((await setup.login(page, 'olivia')).obstacles).toMatchObject({ like: '' });
  });

  it('saves settings although Meta cannot be reached', async () => {
    // A read is retried once, so both calls must fail.
    setup.instagram.faults.arm({ fault: { kind: 'cut_before' }, times: 2, path: '/debug_token' });
    const page = await edit();
    expect(page.text).toContain('cannot be checked right now');
    expect(await setup.save(page, { threads: 'comment' })).not.toBe('');
  });

  it('offers a new connection if the metadata cannot be opened', async () => {
    const foreign = await TestService.start({ CREDENTIALS_KEYS: OTHER_KEY });
    for (const metadata of ['nonsense', foreign.metadata, '{"v":1}', HOSTILE]) {
      const page = await setup.open({ metadata });
      expect(page.text).toContain('cannot be opened with this service');
      expect(page.html).not.toContain(metadata);
    }
    await foreign.stop();
    expect((await setup.open({ metadata: 'null' })).html).not.toContain('cannot be opened');
  });

  it('connects the account of a renamed Zendesk only by a new login', async () => {
    const metadata = await setup.service.seal({ subdomain: 'trailhead', threads: 'media' });
    const page = await setup.open({ metadata, state: 'read so far' });
    expect([page.status, page.title]).toEqual([200, 'Connect an Instagram account']);
    expect(page.text).toContain('If your Zendesk was renamed');
    // A copy of the metadata reveals nothing: no name, no token, no further step.
    expect(setup.instagram.seen).toEqual([]);
    expect(page.html).not.toContain('trailhead');
    expect(page.html).not.toContain('@omniwear');
    for (const path of ['trial', 'finish']) {
      expectNothingPosted(await setup.step(path, page, { name: 'x', threads: 'media' }));
    }
    const same = await setup.finish(await setup.login(page, 'olivia'), { threads: 'media' });
    expect(same.field('state')).toBe('read so far');
    const { db } = setup.service.app.get(Database);
    expect(await db.selectFrom('connection_names').select(['subdomain', 'name']).execute()).toEqual(
      [{ subdomain: 'trailhead', name: 'omniwear' }],
    );
    expect(await setup.openFields(same.field('metadata'))).toMatchObject({
      subdomain: 'omniwear',
      threads: 'media',
    });
    const choice = await setup.login(page, 'theo');
    const other = await setup.step('account', choice, { ig_user_id: OUTLET.igUserId });
    expect((await setup.finish(other)).field('state')).toBe('');
  });

  it('shows the account without a check after too many checks', async () => {
    for (let times = 0; times < 60; times += 1) await edit();
    const calls = setup.instagram.seen.length;
    const page = await edit();
    expect(page.text).toContain('Too many connections were checked');
    expect(setup.instagram.seen).toHaveLength(calls);
    expect(await setup.save(page)).not.toBe('');
  });

  it('seals with the first key, although an older key sealed the account', async () => {
    const { metadata } = setup.service;
    await setup.restartService({ CREDENTIALS_KEYS: `${testKey('new', 'seven')},${TEST_KEY}` });
    const renewed = await setup.save(await setup.open({ metadata }));
    const [header = ''] = renewed.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid: 'new' });
  });
});
