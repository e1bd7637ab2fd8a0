import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { form } from '../support/service.js';
import { expectNothingPosted, HOSTILE, RETURN_URL, useSetup } from '../support/setup-fixture.js';
import { SetupPage } from '../support/setup-page.js';

describe('handing over the account', () => {
  const setup = useSetup();

  it('returns metadata that opens again, with the settings and the unchanged state', async () => {
    const page = await setup.login(await setup.open({ state: 'a "state"\t<b>' }), 'olivia');
    expect(page.title).toBe('Instagram account @omniwear');
    expect(page.obstacles).toEqual({ like: '', comment: '', hide: '', message: '' });
    const done = await setup.finish(page, {
      name: 'Our <b>Omniwear</b>',
      threads: 'comment',
      backfill_days: '30',
    });
    expect(done.actions).toEqual([RETURN_URL]);
    expect(done.policy).toContain("form-action 'self' https://omniwear.zendesk.com;");
    expect(done.field('name')).toBe('Our <b>Omniwear</b>');
    expect(done.field('state')).toBe('a "state"\t<b>');
    const metadata = done.field('metadata');
    expect(metadata.length).toBeLessThan(1500);
    const { json } = await setup.service.proxy('/account', {}, metadata);
    expect(json).toMatchObject({ ok: true, ig_user_id: OMNIWEAR.igUserId, username: 'omniwear' });
    const like = { media_id: OMNIWEAR.photoId, liked: true };
    expect((await setup.service.proxy('/like', like, metadata)).json).toMatchObject({ ok: true });
    const edited = await setup.open({ metadata, name: 'Omniwear', state: 's' });
    expect(edited.html).toMatch(/value="comment"\s+checked/);
    expect(edited.field('backfill_days')).toBe('30');
    expect((await setup.finish(edited)).field('state')).toBe('s');
  });

  it.each([
    ['log-in/continue', {}],
    ['token', { token: 'x' }],
    ['account', { ig_user_id: '1' }],
    ['trial', {}],
    ['finish', { name: 'x', threads: 'media' }],
    ['log-in', {}],
  ])('rejects a forged setup in the step %s', async (path, fields) => {
    const sealed = (await setup.open()).field('set_up');
    const [header = '', ...rest] = sealed.split('.');
    const readHeader = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
    const accountHeader = JSON.stringify({ ...readHeader, typ: 'ig-account+jwe' });
    const asAccount = [Buffer.from(accountHeader).toString('base64url'), ...rest].join('.');
    const { metadata } = setup.service;
    for (const set_up of ['', 'x', metadata, asAccount, sealed.slice(0, -2), HOSTILE]) {
      const answer = await setup.service.post(`/admin/${path}`, form({ set_up, ...fields }));
      const page = new SetupPage(answer);
      expect(page.status).toBe(400);
      expectNothingPosted(page);
    }
  });

  it('rejects the last steps of a setup without an account', async () => {
    const page = await setup.open();
    for (const path of ['finish', 'trial', 'account']) {
      const fields = { name: 'x', threads: 'media', ig_user_id: OMNIWEAR.igUserId };
      const refused = await setup.step(path, page, fields);
      expect(refused.status).toBe(400);
      expectNothingPosted(refused);
    }
  });

  it('does not accept a setup as metadata', async () => {
    const page = await setup.login(await setup.open(), 'olivia');
    const { json } = await setup.service.proxy('/account', {}, page.field('set_up'));
    expect(json).toMatchObject({ error: { code: 'metadata_invalid' } });
  });

  it.each([
    [{ name: '  ' }, 'a name of 1 to 255'],
    [{ backfill_days: '731' }, 'a whole number from 0 to 730'],
    [{ backfill_days: '-1' }, 'a whole number from 0 to 730'],
    [{ backfill_days: '1.5' }, 'a whole number from 0 to 730'],
  ])('rejects the invalid setting %j', async (fields, text) => {
    const page = await setup.finish(await setup.login(await setup.open(), 'olivia'), fields);
    expect(page.title).toBe('Instagram account @omniwear');
    expect(page.text).toContain(text);
    expectNothingPosted(page);
    expect(await setup.save(page)).not.toBe('');
  });
});
