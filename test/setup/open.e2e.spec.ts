import { describe, expect, it } from '@jest/globals';
import { form } from '../support/service.js';
import {
  expectNothingPosted,
  HOSTILE,
  RETURN_URL,
  useSetup,
  ZENDESK,
} from '../support/setup-fixture.js';
import { SetupPage } from '../support/setup-page.js';

const ERROR_TITLE = 'The account cannot be set up here';

describe('opening the setup', () => {
  const setup = useSetup();

  it('shows a page for Zendesk’s frame, under a strict policy, without a cookie', async () => {
    const page = await setup.open();
    expect([page.status, page.title]).toEqual([200, 'Connect an Instagram account']);
    expect(page.policy).toMatch(
      /^default-src 'none'; style-src 'nonce-[^']+'; script-src 'nonce-[^']+'/,
    );
    expect(page.policy).toMatch(
      /base-uri 'none'; form-action 'self'; frame-ancestors https:\/\/omniwear\.zendesk\.com$/,
    );
    expect(page.header('referrer-policy')).toBe('strict-origin');
    expect(page.policy).not.toContain('unsafe');
    expect(page.headerNames).not.toContain('x-frame-options');
    expect(page.headerNames).not.toContain('set-cookie');
    expect(page.header('cache-control')).toBe('no-store');
    const nonce = /'nonce-([^']+)'/.exec(page.policy)?.[1] ?? '';
    expect(nonce).not.toBe('');
    expect((await setup.open()).policy).not.toContain(nonce);
  });

  it('serves the style and the script for the cache', async () => {
    const { assets } = await setup.open();
    expect(assets).toHaveLength(2);
    for (const path of assets) {
      const asset = await setup.get(path);
      expect([asset.status, asset.header('cache-control')]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ]);
    }
    expect((await setup.get('/admin/assets/x/setup.js')).status).toBe(404);
  });

  it.each([
    ['de-DE', 'Ein Instagram-Konto verbinden'],
    ['ja', 'Instagramアカウントを接続'],
    ['xx', 'Connect an Instagram account'],
  ])('uses the language of %s', async (locale, title) => {
    expect((await setup.open({ locale })).title).toBe(title);
  });

  it.each<[string, Record<string, string>]>([
    ['http', { return_url: 'http://omniwear.zendesk.com/x' }],
    ['another host', { return_url: 'https://evil.example/x' }],
    ['a longer host', { return_url: 'https://omniwear.zendesk.com.evil.example/x' }],
    ['another subdomain', { subdomain: 'trailhead' }],
    ['a user', { return_url: 'https://omniwear.zendesk.com@evil.example/x' }],
    ['a port', { return_url: 'https://omniwear.zendesk.com:4443/x' }],
    ['a script', { return_url: 'javascript:alert(1)' }],
    ['HTML as return_url', { return_url: HOSTILE }],
    ['HTML as subdomain', { subdomain: HOSTILE }],
    [
      'a dotted subdomain',
      { subdomain: 'evil.example/', return_url: 'https://evil.example/.zendesk.com' },
    ],
    ['no subdomain', { subdomain: '' }],
    ['a long name', { name: 'x'.repeat(256) }],
    ['a long state', { state: 'x'.repeat(5001) }],
    ['a long metadata', { metadata: 'x'.repeat(5001) }],
    ['a long locale', { locale: 'x'.repeat(36) }],
    ['a long return_url', { return_url: `${RETURN_URL}?${'x'.repeat(2000)}` }],
    ['a long token', { zendesk_access_token: 'x'.repeat(256) }],
    ['a loopback Zendesk', { return_url: 'http://127.0.0.1:4000/x' }],
  ])('rejects %s with an error page', async (_, fields) => {
    const page = await setup.open(fields);
    expect(page.status).toBe(400);
    expect(page.header('content-type')).toMatch(/^text\/html/);
    expect(page.title).toBe(ERROR_TITLE);
    expect(page.html).not.toMatch(/<script>alert|<img/);
    expectNothingPosted(page);
    expect(page.html).not.toContain('<form');
  });

  it('rejects a field that is sent twice', async () => {
    for (const name of ['name', 'return_url', 'subdomain', 'metadata', 'locale']) {
      const body = `${form({ ...ZENDESK, name: 'x' })}&${name}=omniwear`;
      const twice = `${body}&${name}=omniwear`;
      expect((await setup.service.post('/admin_ui', twice)).status).toBe(400);
    }
  });

  it.each(['__proto__=x', '__proto__[subdomain]=x', 'constructor[prototype]=x', '', 'x'])(
    'rejects a form without the required fields: %j',
    async (body) => {
      const page = new SetupPage(await setup.service.post('/admin_ui', body));
      expect([page.status, page.title]).toEqual([400, ERROR_TITLE]);
    },
  );

  it('shows errors in the browser’s language', async () => {
    const answer = await setup.service.request('POST', '/admin_ui', 'x=1', {
      'content-type': 'application/x-www-form-urlencoded',
      'accept-language': 'fr-FR,fr;q=0.9',
    });
    expect(new SetupPage(answer).title).toBe('Le compte ne peut pas être configuré ici');
  });

  it('shows HTML in every field as text', async () => {
    const page = await setup.open({
      name: HOSTILE,
      state: HOSTILE,
      locale: '"><b>',
      metadata: HOSTILE,
    });
    expect(page.html).not.toMatch(/<script>alert|<img|<b>/);
    const account = await setup.login(page, 'olivia');
    expect(account.html).not.toMatch(/<script>alert|<img/);
    expect(account.field('name')).toBe(HOSTILE);
    const done = await setup.finish(account, { name: HOSTILE });
    expect(done.html).not.toMatch(/<script>alert|<img/);
    expect([done.field('name'), done.field('state')]).toEqual([HOSTILE, HOSTILE]);
  });

  it('ignores the fields of push', async () => {
    const token = 'plantedZendeskAccessToken';
    const page = await setup.open({ instance_push_id: 'x', zendesk_access_token: token });
    expect(page.status).toBe(200);
    expect(await setup.save(await setup.login(page, 'olivia'))).not.toBe('');
    expect(setup.service.logs.mentions(token)).toBe(false);
  });
});
