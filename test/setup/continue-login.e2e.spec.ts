import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { expectNothingPosted, TRAILHEAD, useSetup } from '../support/setup-fixture.js';

describe('continuing after a login', () => {
  const setup = useSetup();

  it('requires the code that the login window shows', async () => {
    const page = await setup.open();
    const window = await setup.finishLogin(page, 'olivia');
    expect(await setup.progress(page)).toEqual({ progress: 'returned' });
    const none = await setup.step('log-in/continue', page);
    expect(none.text).toContain('Enter the code');
    for (let tries = 0; tries < 4; tries += 1) {
      const wrong = await setup.step('log-in/continue', page, { confirmation: 'AAAA2222' });
      expect(wrong.text).toContain('not the code');
    }
    const last = await setup.step('log-in/continue', page, { confirmation: 'AAAA2222' });
    expect(last.text).toContain('has already been used');
    const { confirmation } = window;
    const right = await setup.step('log-in/continue', page, { confirmation });
    expect(right.text).toContain('has already been used');
    expectNothingPosted(right);
  });

  it('accepts the code as people type it', async () => {
    const page = await setup.open();
    const code = (await setup.finishLogin(page, 'olivia')).confirmation.toLowerCase();
    const confirmation = ` ${code.slice(0, 4)}-${code.slice(4)} `;
    const account = await setup.step('log-in/continue', page, { confirmation });
    expect(account.title).toBe('Instagram account @omniwear');
  });

  it('cannot be done from another Zendesk or from another page of the same Zendesk', async () => {
    const own = await setup.open();
    const { confirmation } = await setup.finishLogin(own, 'olivia');
    for (const other of [await setup.open(), await setup.open(TRAILHEAD)]) {
      expect(await setup.progress(other)).toEqual({ progress: 'gone' });
      const refused = await setup.step('log-in/continue', other, { confirmation });
      expect(refused.text).toContain('has already been used');
      expectNothingPosted(refused);
    }
    const account = await setup.step('log-in/continue', own, { confirmation });
    expect(account.title).toBe('Instagram account @omniwear');
  });

  it.each([
    ['noah', 'no Facebook Page'],
    ['emma', 'no Facebook Page'],
    ['leon', 'Facebook did not accept this login'],
  ])('explains why the login of %s fails', async (person, text) => {
    const page = await setup.login(await setup.open(), person);
    expect(page.title).toBe('Connect an Instagram account');
    expect(page.text).toContain(text);
    expectNothingPosted(page);
  });

  it('explains why an account without the permission cannot like, and saves it', async () => {
    const page = await setup.login(await setup.open(), 'mila');
    expect(page.obstacles).toEqual({
      like: 'permission_missing',
      comment: '',
      hide: '',
      message: '',
    });
    const metadata = await setup.save(page);
    const like = { media_id: OMNIWEAR.photoId, liked: true };
    const answer = await setup.service.proxy('/like', like, metadata);
    expect(answer.json).toMatchObject({ error: { code: 'permission_missing' } });
  });

  it('warns of a second account for the same Instagram account, but not of an edit', async () => {
    const warning = /already connected to this Zendesk/;
    const page = await setup.login(await setup.open(), 'olivia');
    expect(page.text).not.toMatch(warning);
    const metadata = await setup.save(page);
    await setup.pull(metadata);
    expect((await setup.login(await setup.open(), 'olivia')).text).toMatch(warning);
    expect((await setup.open({ metadata })).text).not.toMatch(warning);
    const elsewhere = await setup.login(await setup.open(TRAILHEAD), 'olivia');
    expect(elsewhere.text).not.toMatch(warning);
  });

  it('sends no code, token or secret in an address', async () => {
    await setup.finish(await setup.login(await setup.open(), 'olivia'));
    const exchanges = setup.instagram.seen.filter(({ path }) =>
      path.endsWith('/oauth/access_token'),
    );
    expect(exchanges.map(({ method, query }) => [method, query])).toEqual([
      ['POST', {}],
      ['POST', {}],
    ]);
    for (const { path, query } of setup.instagram.seen) {
      const { input_token: inspected, ...others } = query as Record<string, string>;
      // Meta accepts the inspected token only in the query.
      expect(inspected === undefined || path.endsWith('/debug_token')).toBe(true);
      const address = path + JSON.stringify(others);
      expect(setup.secrets.some((secret) => address.includes(secret))).toBe(false);
    }
  });

  it.each<[string, string]>([
    ['/oauth/access_token', '{}'],
    ['/oauth/access_token', '{"access_token":["x"]}'],
    ['/oauth/access_token', '{"access_token":"a b"}'],
    ['/oauth/access_token', '<html>'],
    ['/debug_token', '{"data":[]}'],
    ['/debug_token', '{"data":{"is_valid":true,"scopes":"x","granular_scopes":{}}}'],
    ['/accounts', '{"data":{}}'],
  ])('survives a malformed answer from %s: %s', async (path, body) => {
    setup.instagram.faults.arm({ fault: { kind: 'answer', status: 200, body }, times: 1, path });
    const page = await setup.login(await setup.open(), 'olivia');
    expect([page.status, page.title]).toEqual([200, 'Connect an Instagram account']);
    expect(page.html).toMatch(/role="alert"/);
    expectNothingPosted(page);
  });

  it('explains that Meta cannot be reached', async () => {
    const path = '/oauth/access_token';
    setup.instagram.faults.arm({ fault: { kind: 'cut_before' }, times: 1, path });
    const page = await setup.login(await setup.open(), 'olivia');
    expect(page.text).toContain('Meta cannot be reached');
    expectNothingPosted(page);
  });
});
