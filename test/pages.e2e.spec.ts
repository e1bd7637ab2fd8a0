import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { checkManifest } from '../src/zendesk/manifest.js';
import { Drain } from '../src/common/http/drain.js';
import { ConnectedAccounts } from '../src/ledger/accounts/connected-accounts.js';
import { Database } from '../src/ledger/database/database.js';
import { VERSION } from '../src/version.js';
import { form, TestService, useService } from './support/service.js';

describe('the pages for Zendesk, operators and browsers', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await TestService.start({ DOCS: 'on' });
  });
  afterAll(() => service.stop());

  describe('GET /manifest.json', () => {
    it('has absolute https addresses under PUBLIC_URL, within the limits', async () => {
      const { status, headers, json } = await service.request('GET', '/manifest.json');
      expect(status).toBe(200);
      expect(headers['content-type']).toMatch(/^application\/json/);
      expect(headers['cache-control']).toBe('no-cache');
      expect(json.urls).toMatchObject({ admin_ui: 'https://channel.example/admin_ui' });
      expect(checkManifest(json, 'https://channel.example/manifest.json')).toHaveProperty(
        'manifest',
      );
    });

    it('names only routes that exist', async () => {
      const { json } = await service.request('GET', '/manifest.json');
      for (const [name, url] of Object.entries(json.urls as Record<string, string>)) {
        const isPage = ['healthcheck_url', 'clickthrough_url', 'about_url', 'dashboard_url'];
        const method = isPage.includes(name) ? 'GET' : 'POST';
        const { status, json: problem } = await service.request(method, new URL(url).pathname);
        expect({ name, exists: status !== 404 || problem.title === undefined }).toEqual({
          name,
          exists: true,
        });
      }
    });

    it('is not sent again to a client that has it', async () => {
      const first = await service.request('GET', '/manifest.json');
      const etag = String(first.headers.etag);
      for (const known of [etag, `"x", W/${etag}`, '*']) {
        const again = await service.request('GET', '/manifest.json', undefined, {
          'if-none-match': known,
        });
        expect([again.status, again.text, again.headers.etag]).toEqual([304, '', etag]);
      }
      const other = await service.request('GET', '/manifest.json', undefined, {
        'if-none-match': '"other"',
      });
      expect(other.status).toBe(200);
    });
  });

  it('GET /about explains the integration', async () => {
    const { status, headers, text } = await service.request('GET', '/about');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toMatch(/frame-ancestors 'none'/);
    expect(text).toMatch(/Comments on your Instagram posts become Zendesk tickets/);
  });

  describe('GET /dashboard', () => {
    const dashboard = async (): Promise<string> =>
      (await service.request('GET', '/dashboard')).text;

    it('explains how to connect the first account', async () => {
      expect(await dashboard()).toMatch(/No account is connected yet/);
    });

    it('shows the state of an account without identifying it', async () => {
      const accounts = service.app.get(ConnectedAccounts);
      const id = '17841405309211844';
      const connection = { igUserId: id, subdomain: 'omniwear' };
      await accounts.note(connection, 'active', service.clock.now());
      expect(await dashboard()).toMatch(
        /…1844<\/td>\s*<td>Never<\/td>\s*<td>Waiting for the first request/,
      );
      // No Instagram is reachable at this service's INSTAGRAM_GRAPH_URL.
      const { status } = await service.post(
        '/pull',
        form({ metadata: service.metadata, state: '' }),
      );
      expect(status).toBe(503);
      const time = '<time datetime="20[^"]*Z">20[^<]* UTC</time>';
      expect(await dashboard()).toMatch(
        new RegExp(`…1844</td>\\s*<td>${time}</td>\\s*<td>Failed \\(platform_unav`),
      );
      await accounts.notePull(connection, 'auth_expired');
      expect(await dashboard()).toMatch(/Connect it again in Zendesk/);
      await accounts.notePull(connection, 'ok');
      expect(await dashboard()).toMatch(/Works\./);
      const page = await dashboard();
      expect(page).not.toContain(id);
      expect(page).not.toContain('omniwear');
      await accounts.note(connection, 'inactive', service.clock.now());
      expect(await dashboard()).toMatch(/Switched off in Zendesk/);
      await accounts.note(connection, 'removed', service.clock.now());
      expect(await dashboard()).toMatch(/No account is connected yet/);
    });

    it.each([
      ['comments_hidden', /returns none. Usually the Meta app lacks Advanced Access/],
      ['auth_checkpoint', /Waiting until the account&#39;s owner confirms a request from Meta/],
      ['rate_limited', /Paused by Meta&#39;s limits/],
      ['action_blocked', /Paused by Meta&#39;s limits/],
      ['permission_missing', /Connect it again in Zendesk/],
      ['auth_revoked', /Connect it again in Zendesk/],
      ['deadline_exceeded', /Failed \(deadline_exceeded\)/],
    ] as const)('explains the outcome %s', async (outcome, text) => {
      const accounts = service.app.get(ConnectedAccounts);
      const connection = { igUserId: '17841405309211845', subdomain: 'trailhead' };
      await accounts.note(connection, 'active', service.clock.now());
      expect(await dashboard()).toMatch(/…1845/);
      await accounts.notePull(connection, outcome);
      expect(await dashboard()).toMatch(text);
    });
  });

  it.each(['/healthcheck', '/health/live', '/health/ready'])('GET %s answers ok', async (path) => {
    const { status, json } = await service.request('GET', path);
    const version = path === '/health/live' ? { version: VERSION } : {};
    expect([status, json]).toEqual([200, { status: 'ok', ...version }]);
  });

  it('is alive but not ready without its database', async () => {
    const broken = await TestService.start({});
    await broken.app.get(Database).db.destroy();
    expect((await broken.request('GET', '/health/live')).status).toBe(200);
    for (const path of ['/health/ready', '/healthcheck']) {
      const { status, json } = await broken.request('GET', path);
      expect([status, json.detail]).toEqual([503, 'The database does not answer.']);
    }
    const answer = await broken.proxy('/like', { media_id: '17', liked: true });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      ok: false,
      error: {
        code: 'internal',
        message: expect.any(String),
        status: 503,
        fix: expect.any(String),
      },
    });
    expect(answer.text).not.toMatch(/destroyed|driver|stack/);
    expect(broken.logs.events('request.answered').at(-1)).toMatchObject({
      route: '/like',
      outcome: 'internal',
    });
    await broken.stop().catch(() => undefined);
  });

  it('is not ready during shutdown, and closes connections', async () => {
    const ending = await TestService.start({});
    ending.app.get(Drain).beforeApplicationShutdown();
    const { status, headers, json } = await ending.request('GET', '/health/ready');
    expect([status, json.detail]).toEqual([503, expect.stringMatching(/shutting down/)]);
    expect(headers.connection).toBe('close');
    await ending.stop();
  });

  it.each([
    ['off', '127.0.0.1'],
    ['1', '10.0.0.2'],
    ['2', '10.0.0.1'],
    ['127.0.0.0/8', '10.0.0.2'],
    ['127.0.0.0/8,10.0.0.2', '10.0.0.1'],
    ['10.0.0.0/8', '127.0.0.1'],
  ])('logs the client address when TRUST_PROXY is %s', async (TRUST_PROXY, ip) => {
    const behind = await TestService.start({ TRUST_PROXY });
    await behind.request('GET', '/health/live', undefined, {
      'x-forwarded-for': '10.0.0.1, 10.0.0.2',
    });
    expect(behind.logs.events('request.answered')).toEqual([expect.objectContaining({ ip })]);
    await behind.stop();
  });

  it('sends the id of the log line with every answer', async () => {
    const { headers } = await service.request('GET', '/health/live');
    expect(service.logs.events('request.answered').at(-1)).toMatchObject({
      request_id: headers['x-request-id'],
    });
  });

  describe('Swagger UI', () => {
    it('is served at /docs', async () => {
      const { status, text } = await service.request('GET', '/docs');
      expect(status).toBe(200);
      expect(text).toContain('swagger-ui');
    });

    it('can be switched off', async () => {
      const without = await TestService.start({ DOCS: 'off' });
      expect((await without.request('GET', '/docs')).status).toBe(404);
      expect((await without.request('GET', '/docs-json')).status).toBe(404);
      await without.stop();
    });
  });
});

describe('GET /dashboard while Meta refuses calls', () => {
  const { instagram, service } = useService();

  it('shows until when the calls of an account pause', async () => {
    const connection = { igUserId: OMNIWEAR.igUserId, subdomain: 'omniwear' };
    await service.app.get(ConnectedAccounts).note(connection, 'active', service.clock.now());
    instagram.failNext('graph_error', { code: 80002 });
    await service.post('/pull', form({ metadata: service.metadata, state: '' }));
    const { text } = await service.request('GET', '/dashboard');
    const pausedUntil = /Paused by Meta.*Calls to Instagram pause until <time datetime="([^"]+)"/s;
    const [, until = ''] = pausedUntil.exec(text) ?? [];
    expect(Date.parse(until)).toBeGreaterThan(service.clock.now());
  });
});
