import { randomBytes } from 'node:crypto';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { OMNIWEAR, OUTLET, SANDBOX_APP } from '../sandbox/instagram/omniwear.js';
import { CredentialsService } from '../src/credentials/credentials.service.js';
import { Database } from '../src/ledger/database.js';
import { LikeLedger } from '../src/ledger/like-ledger.js';
import { type RunningInstagram, startInstagram } from './support/instagram.js';
import { testKey } from './support/keys.js';
import { type Answer, form, OTHER_KEY, TEST_KEY, TestService } from './support/service.js';

const RETURN_URL =
  'https://omniwear.zendesk.com/zendesk/channels/integration_service_instances/editor_finalizer';
const ZENDESK = { subdomain: 'omniwear', return_url: RETURN_URL, locale: 'en-US' };
const MINUTES_MS = 60_000;
const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&amp;`;

/** What a page holds, without a browser. */
const field = (page: Answer, name: string): string =>
  unescape(new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(page.text)?.[1] ?? '');
const unescape = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
const titleOf = (page: Answer): string => unescape(/<h1>([^<]*)</.exec(page.text)?.[1] ?? '');
const actionsOf = (page: Answer): string[] =>
  [...page.text.matchAll(/action="([^"]*)"/g)].map(([, action]) => unescape(action ?? ''));
/** Where the log-in's window goes on to. */
const dialogOf = (window: Answer): URL =>
  new URL(unescape(/id="move-on" href="([^"]*)"/.exec(window.text)?.[1] ?? ''));
const obstaclesOf = (page: Answer): Record<string, string> =>
  Object.fromEntries(
    [...page.text.matchAll(/data-ability="(\w+)"\s+data-obstacle="(\w*)"/g)].map(
      ([, ability = '', obstacle = '']) => [ability, obstacle],
    ),
  );

/** What Meta may tell of a token, and a Page. */
const FACTS = {
  is_valid: true,
  app_id: SANDBOX_APP.id,
  type: 'USER',
  user_id: '122093311482000001',
  scopes: ['instagram_basic', 'instagram_manage_engagement'],
};
const PAGE = {
  id: '1',
  name: 'Omniwear',
  access_token: 'EAApage',
  instagram_business_account: { id: OMNIWEAR.igUserId, username: 'omniwear' },
};
/** What jest leaves alone, so that only what is done from time to time waits for the test. */
const ALL_BUT_INTERVALS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;

describe('setting up an account', () => {
  let instagram: RunningInstagram;
  let service: TestService;

  beforeAll(async () => {
    instagram = await startInstagram();
  });
  afterAll(() => instagram.stop());
  beforeEach(async () => {
    service = await start();
    instagram.seen.length = 0;
  });
  afterEach(async () => {
    instagram.faults.clear();
    // Whatever a test did, nothing secret is in the log.
    for (const secret of [SANDBOX_APP.secret, ...instagram.world.tokens.keys(), ...codes]) {
      expect(service.logs.mentions(secret)).toBe(false);
    }
    expect(service.logs.mentions('eyJ')).toBe(false);
    await service.stop();
  });
  const codes: string[] = [];

  const start = (environment: Record<string, string> = {}): Promise<TestService> =>
    TestService.start({
      INSTAGRAM_GRAPH_URL: instagram.url,
      FACEBOOK_DIALOG_URL: instagram.url,
      META_APP_ID: SANDBOX_APP.id,
      META_APP_SECRET: SANDBOX_APP.secret,
      ...environment,
    });
  const begin = (fields: Record<string, string> = {}): Promise<Answer> =>
    service.post('/admin_ui', form({ name: '', metadata: '', state: '', ...ZENDESK, ...fields }));
  const step = (path: string, page: Answer, fields: Record<string, string> = {}): Promise<Answer> =>
    service.post(`/admin/${path}`, form({ set_up: field(page, 'set_up'), ...fields }));
  const answerOfMeta = (path: string, answer: object): void => {
    const body = JSON.stringify(answer);
    instagram.faults.arm({ fault: { kind: 'answer', status: 200, body }, times: 1, path });
  };
  /** The log-in's window: leads to Facebook, where somebody answers. Returns the path of the way back. */
  const answerAtFacebook = async (page: Answer, person: string): Promise<string> => {
    const sent = await step('log-in', page);
    expect(sent.status).toBe(200);
    const dialog = dialogOf(sent);
    expect(dialog.pathname).toBe('/v26.0/dialog/oauth');
    dialog.pathname += '/answer';
    dialog.searchParams.set('person', person);
    const back = await fetch(dialog, { redirect: 'manual' });
    const url = new URL(back.headers.get('location') ?? '');
    expect(url.origin).toBe('https://channel.example');
    codes.push(...url.searchParams.getAll('code'));
    return `${url.pathname}${url.search}`;
  };
  const confirmationOf = (window: Answer): string =>
    /data-confirmation="(\w+)"/.exec(window.text)?.[1] ?? '';
  /** As far as the page after the log-in. */
  const login = async (page: Answer, person: string): Promise<Answer> => {
    const window = await service.request('GET', await answerAtFacebook(page, person));
    return step('log-in/continue', page, { confirmation: confirmationOf(window) });
  };
  /** What the log-in's window must be, whatever it says: nobody else's frame or address may hold its code. */
  const expectWindow = (window: Answer): void => {
    const policy = String(window.headers['content-security-policy']);
    expect(policy).toMatch(/base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
    expect(window.headers['referrer-policy']).toBe('no-referrer');
    expect(window.text).toContain('data-place="window"');
  };
  /** What a page that hands nothing over looks like. */
  const expectNothingPosted = (page: Answer): void => {
    expect(actionsOf(page).filter((action) => !action.startsWith('/admin/'))).toEqual([]);
    expect(page.text).not.toContain('name="metadata"');
  };
  const finish = (page: Answer, fields: Record<string, string> = {}): Promise<Answer> =>
    step('finish', page, { name: 'Omniwear', threads: 'media', backfill_days: '7', ...fields });

  it('is a page for Zendesk’s frame, under a strict policy, without a cookie', async () => {
    const page = await begin();
    expect([page.status, titleOf(page)]).toEqual([200, 'Connect an Instagram account']);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'nonce-[^']+'; script-src 'nonce-[^']+'/,
    );
    expect(policy).toMatch(
      /base-uri 'none'; form-action 'self'; frame-ancestors https:\/\/omniwear\.zendesk\.com$/,
    );
    expect(page.headers['referrer-policy']).toBe('strict-origin');
    expect(policy).not.toContain('unsafe');
    expect(page.headers).not.toHaveProperty('x-frame-options');
    expect(page.headers).not.toHaveProperty('set-cookie');
    expect(page.headers['cache-control']).toBe('no-store');
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    const again = String((await begin()).headers['content-security-policy']);
    expect(again).not.toContain(nonce);
    for (const [, path = ''] of page.text.matchAll(/(?:href|src)="([^"]+)"/g)) {
      const asset = await service.request('GET', path);
      expect([asset.status, asset.headers['cache-control']]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ]);
    }
    expect((await service.request('GET', '/admin/assets/x/setup.js')).status).toBe(404);
  });

  it.each([
    ['de-DE', 'Ein Instagram-Konto verbinden'],
    ['ja', 'Instagramアカウントを接続'],
    ['xx', 'Connect an Instagram account'],
  ])('speaks the language of %s', async (locale, title) => {
    expect(titleOf(await begin({ locale }))).toBe(title);
  });

  it('warns of a second account of the same Instagram account, and not of an edit', async () => {
    const warning = /connected to this Zendesk already/;
    const page = await login(await begin(), 'olivia');
    expect(page.text).not.toMatch(warning);
    const metadata = field(await finish(page), 'metadata');
    await service.post('/pull', form({ metadata, state: '' }));
    expect((await login(await begin(), 'olivia')).text).toMatch(warning);
    expect((await begin({ metadata })).text).not.toMatch(warning);
    const elsewhere = { ...ZENDESK, subdomain: 'omniwear-eu' };
    elsewhere.return_url = RETURN_URL.replace('omniwear', 'omniwear-eu');
    expect((await login(await begin(elsewhere), 'olivia')).text).not.toMatch(warning);
  });

  it('hands over what opens again, with what was chosen and the state as it came', async () => {
    const page = await login(await begin({ state: 'a "state"\t<b>' }), 'olivia');
    expect(titleOf(page)).toBe('Instagram account @omniwear');
    expect(obstaclesOf(page)).toEqual({ like: '', comment: '', hide: '', message: '' });
    const done = await finish(page, {
      name: 'Our <b>Omniwear</b>',
      threads: 'comment',
      backfill_days: '30',
    });
    expect(actionsOf(done)).toEqual([RETURN_URL]);
    expect(String(done.headers['content-security-policy'])).toContain(
      "form-action 'self' https://omniwear.zendesk.com;",
    );
    expect(field(done, 'name')).toBe('Our <b>Omniwear</b>');
    expect(field(done, 'state')).toBe('a "state"\t<b>');
    const metadata = field(done, 'metadata');
    expect(metadata.length).toBeLessThan(1500);
    const { json } = await service.proxy('/account', {}, metadata);
    expect(json).toMatchObject({ ok: true, ig_user_id: OMNIWEAR.igUserId, username: 'omniwear' });
    expect(
      (await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true }, metadata)).json,
    ).toMatchObject({ ok: true });
    const edited = await begin({ metadata, name: 'Omniwear', state: 's' });
    expect(edited.text).toMatch(/value="comment"\s+checked/);
    expect(edited.text).toMatch(/name="backfill_days"\s+value="30"/);
    expect(field(await finish(edited), 'state')).toBe('s');
  });

  it('sends no code, token or secret in an address', async () => {
    await finish(await login(await begin(), 'olivia'));
    const exchanges = instagram.seen.filter(({ path }) => path.endsWith('/oauth/access_token'));
    expect(exchanges.map(({ method, query }) => [method, query])).toEqual([
      ['POST', {}],
      ['POST', {}],
    ]);
    const secrets = [SANDBOX_APP.secret, ...codes, ...instagram.world.tokens.keys()];
    for (const { path, query } of instagram.seen) {
      const { input_token: debugged, ...others } = query as Record<string, string>;
      // Meta takes the token that is asked about nowhere else.
      expect(debugged === undefined || path.endsWith('/debug_token')).toBe(true);
      const address = path + JSON.stringify(others);
      expect(secrets.some((secret) => address.includes(secret))).toBe(false);
    }
  });

  it('lets the admin choose one of several accounts, and no other', async () => {
    const choice = await login(await begin(), 'theo');
    expect(titleOf(choice)).toBe('Choose an account');
    const foreign = await step('account', choice, { ig_user_id: '17841400000000002' });
    expect(foreign.text).toContain('not among those of your log-in');
    expectNothingPosted(foreign);
    const page = await step('account', choice, { ig_user_id: OUTLET.igUserId });
    expect(titleOf(page)).toBe('Instagram account @omniwear.outlet');
    expect(field(await finish(page), 'metadata')).not.toBe('');
  });

  it.each([
    ['noah', 'no Facebook Page'],
    ['emma', 'no Facebook Page'],
    ['leon', 'Facebook did not accept this log-in'],
  ])('says what is wrong with the log-in of %s', async (person, text) => {
    const page = await login(await begin(), person);
    expect(titleOf(page)).toBe('Connect an Instagram account');
    expect(unescape(page.text)).toContain(text);
    expectNothingPosted(page);
  });

  it('says why an account without the permission cannot like, and saves it all the same', async () => {
    const page = await login(await begin(), 'mila');
    expect(obstaclesOf(page)).toEqual({
      like: 'permission_missing',
      comment: '',
      hide: '',
      message: '',
    });
    const metadata = field(await finish(page), 'metadata');
    const answer = await service.proxy(
      '/like',
      { media_id: OMNIWEAR.photoId, liked: true },
      metadata,
    );
    expect(answer.json).toMatchObject({ error: { code: 'permission_missing' } });
  });

  describe('the log-in', () => {
    it('is refused: the page says so, and can begin again', async () => {
      const page = await begin();
      const window = await service.request('GET', await answerAtFacebook(page, ''));
      expect(titleOf(window)).toBe('You are not logged in');
      expectNothingPosted(window);
      expect((await step('log-in/progress', page)).json).toEqual({ progress: 'refused' });
      const told = await step('log-in/continue', page);
      expect(told.text).toContain('Access was refused');
      expectNothingPosted(told);
      expect(titleOf(await login(told, 'olivia'))).toBe('Instagram account @omniwear');
    });

    it('comes back twice with the same answer: the window shows the same code', async () => {
      const page = await begin();
      const back = await answerAtFacebook(page, 'olivia');
      const head = await service.app.inject({ method: 'HEAD', url: back });
      expect(head.statusCode).toBe(404);
      expect((await step('log-in/progress', page)).json).toEqual({ progress: 'open' });
      const windows = await Promise.all([1, 2, 3].map(() => service.request('GET', back)));
      windows.push(await service.request('GET', back));
      expect(windows.map(titleOf)).toEqual(Array(4).fill('You are logged in'));
      expect(new Set(windows.map(confirmationOf)).size).toBe(1);
      const forged = await service.request('GET', back.replace(/code=[^&]*/, 'code=AQforged'));
      expect([forged.status, titleOf(forged)]).toEqual([400, 'This log-in cannot be used']);
      const confirmation = windows.map(confirmationOf)[0] ?? '';
      await step('log-in/continue', page, { confirmation });
      const reused = await step('log-in/continue', page, { confirmation });
      expect(reused.text).toContain('was used already');
      expectNothingPosted(reused);
      const late = await service.request('GET', back);
      expect([late.status, late.text]).toEqual([400, expect.stringContaining('is done or no')]);
      expect(confirmationOf(late)).toBe('');
    });

    it.each([
      ['error_code=1349187', 'reported error 1349187'],
      ['error_code=200&error=access_denied', 'did not let Facebook give access'],
      ['error=access_denied', 'did not let Facebook give access'],
      ['code=', 'did not let Facebook give access'],
    ])('is refused by Facebook with %s', async (query, text) => {
      const page = await begin();
      const state = dialogOf(await step('log-in', page)).searchParams.get('state') ?? '';
      const back = `/admin/log-in/callback?${query}&error_message=%3Cb%3Eplanted&state=${state}`;
      for (let times = 0; times < 2; times += 1) {
        const window = await service.request('GET', back);
        expect([window.status, unescape(window.text)]).toEqual([
          400,
          expect.stringContaining(text),
        ]);
        expect(window.text).not.toContain('planted');
      }
      expect((await step('log-in/progress', page)).json).toEqual({ progress: 'refused' });
    });

    it('names the Zendesk before Facebook and after, and asks for one click', async () => {
      const page = await begin();
      const before = await step('log-in', page);
      expect(titleOf(before)).toBe('Connect Instagram with omniwear.zendesk.com');
      expect(before.text).not.toContain('http-equiv');
      const script = /src="(\/admin\/assets\/[^"]+)"/.exec(before.text)?.[1] ?? '';
      expect((await service.request('GET', script)).text).not.toMatch(/move-on/);
      const after = await service.request('GET', await answerAtFacebook(page, 'olivia'));
      expect(unescape(after.text)).toContain('Your login is for omniwear.zendesk.com');
      expect(unescape(after.text)).toContain('in the Admin Center of omniwear.zendesk.com');
    });

    it('is told to nobody without the code that its window shows', async () => {
      const page = await begin();
      const window = await service.request('GET', await answerAtFacebook(page, 'olivia'));
      expect((await step('log-in/progress', page)).json).toEqual({ progress: 'returned' });
      const none = await step('log-in/continue', page);
      expect(none.text).toContain('Enter the code');
      for (let tries = 0; tries < 4; tries += 1) {
        const wrong = await step('log-in/continue', page, { confirmation: 'AAAA2222' });
        expect(wrong.text).toContain('not the code');
      }
      const last = await step('log-in/continue', page, { confirmation: 'AAAA2222' });
      expect(last.text).toContain('was used already');
      const right = await step('log-in/continue', page, { confirmation: confirmationOf(window) });
      expect(right.text).toContain('was used already');
      expectNothingPosted(right);
    });

    it('takes the code as people type it', async () => {
      const page = await begin();
      const window = await service.request('GET', await answerAtFacebook(page, 'olivia'));
      const code = confirmationOf(window).toLowerCase();
      const confirmation = ` ${code.slice(0, 4)}-${code.slice(4)} `;
      expect(titleOf(await step('log-in/continue', page, { confirmation }))).toBe(
        'Instagram account @omniwear',
      );
    });

    it('has run out after 30 minutes, and so has its page', async () => {
      const page = await begin();
      const back = await answerAtFacebook(page, 'olivia');
      service.clock.advance(30 * 60);
      const window = await service.request('GET', back);
      expect([window.status, titleOf(window)]).toEqual([400, 'This log-in cannot be used']);
      for (const path of ['log-in/continue', 'finish', 'token', 'account', 'trial']) {
        const fields = { name: 'x', threads: 'media', token: 'x', ig_user_id: '1' };
        const late = await step(path, page, fields);
        expect([late.status, unescape(late.text)]).toEqual([
          400,
          expect.stringContaining('open for more than 30 minutes'),
        ]);
        expectNothingPosted(late);
      }
    });

    it('has run out after two hours, however often its page is sent', async () => {
      let page = await login(await begin(), 'olivia');
      for (let times = 0; times < 4; times += 1) {
        service.clock.advance((29 * MINUTES_MS) / 1000);
        page = await finish(page, { name: ' ' });
        expect(titleOf(page)).toBe('Instagram account @omniwear');
      }
      service.clock.advance((4 * MINUTES_MS) / 1000);
      const late = await finish(page);
      expect([late.status, late.text]).toEqual([
        400,
        expect.stringContaining('more than two hours'),
      ]);
      expectNothingPosted(late);
    });

    it('comes back 29 minutes later', async () => {
      const page = await begin();
      const back = await answerAtFacebook(page, 'olivia');
      service.clock.advance((29 * MINUTES_MS) / 1000);
      expect(titleOf(await service.request('GET', back))).toBe('You are logged in');
    });

    it.each([
      ['a forged state', '/admin/log-in/callback?code=AQx&state=forged'],
      ['no state', '/admin/log-in/callback?code=AQx'],
      ['two states', '/admin/log-in/callback?code=AQx&state=a&state=b'],
      ['nothing', '/admin/log-in/callback'],
      ['a hostile state', `/admin/log-in/callback?code=1&state=${encodeURIComponent('<script>x')}`],
      ['a long state', `/admin/log-in/callback?code=1&state=${'x'.repeat(2000)}`],
      ['a prototype', '/admin/log-in/callback?code=1&__proto__[state]=x&constructor=1'],
    ])('does not come back with %s', async (_, path) => {
      const window = await service.request('GET', path);
      expect(window.status).toBe(400);
      expect(window.text).not.toContain('<script>x');
      expectNothingPosted(window);
      expect(instagram.seen).toEqual([]);
    });

    it.each([
      ['code=AQplanted', 'no state'],
      [`code=AQplanted&state=${'x'.repeat(65)}`, 'a long state'],
      ['code=AQplanted&code=AQother&state=x', 'two codes'],
      ['code=AQplanted&state=forged', 'a forged state'],
    ])('has its window’s own rules where it comes back with %s', async (query) => {
      expectWindow(await service.request('GET', `/admin/log-in/callback?${query}`));
    });

    it('stands in no frame, and tells nobody its address', async () => {
      const page = await begin();
      expectWindow(await step('log-in', page));
      expectWindow(await service.post('/admin/log-in', form({ set_up: 'x' })));
      const back = await answerAtFacebook(page, 'olivia');
      expectWindow(await service.request('GET', back));
    });

    it('is never refused because others begin many', async () => {
      const page = await begin();
      const back = await answerAtFacebook(page, 'olivia');
      const window = await service.request('GET', back);
      const flood = await begin({ subdomain: 'flood', return_url: 'https://flood.zendesk.com/x' });
      for (let times = 0; times < 300; times += 1) {
        const again = times % 3 === 0 ? flood : await begin();
        expect((await step('log-in', again)).status).toBe(200);
      }
      const confirmation = confirmationOf(window);
      const done = await step('log-in/continue', page, { confirmation });
      expect(titleOf(done)).toBe('Instagram account @omniwear');
    });

    it.each([
      ['a callback', () => service.request('GET', '/admin/log-in/callback?code=x&state=x')],
      ['a question', (page: Answer) => step('log-in/progress', page)],
      ['a code', (page: Answer) => step('log-in/continue', page, { confirmation: 'AAAA2222' })],
      ['nobody, by the minute', () => jest.advanceTimersByTimeAsync(MINUTES_MS)],
    ])('leaves nothing after 30 minutes, deleted by %s', async (_, comes) => {
      await service.stop();
      jest.useFakeTimers({ doNotFake: [...ALL_BUT_INTERVALS] });
      try {
        service = await start();
        await service.request('GET', await answerAtFacebook(await begin(), 'olivia'));
        const { db } = service.app.get(Database);
        const rows = (): Promise<unknown[]> =>
          db.selectFrom('pending_log_ins').selectAll().execute();
        expect(await rows()).toHaveLength(1);
        service.clock.advance(30 * 60);
        await comes(await begin());
        expect(await rows()).toEqual([]);
      } finally {
        jest.useRealTimers();
      }
    });

    it('of one Zendesk is nothing to another one, or to another page of the same', async () => {
      const mine = await begin();
      const window = await service.request('GET', await answerAtFacebook(mine, 'olivia'));
      const confirmation = confirmationOf(window);
      const others = [
        await begin(),
        await begin({
          subdomain: 'trailhead',
          return_url: 'https://trailhead.zendesk.com/x',
        }),
      ];
      for (const other of others) {
        expect((await step('log-in/progress', other)).json).toEqual({ progress: 'gone' });
        const told = await step('log-in/continue', other, { confirmation });
        expect(told.text).toContain('was used already');
        expectNothingPosted(told);
      }
      expect(titleOf(await step('log-in/continue', mine, { confirmation }))).toBe(
        'Instagram account @omniwear',
      );
    });

    it('asks for the configuration of Facebook Login for Business where one is set', async () => {
      await service.stop();
      service = await start({ META_LOGIN_CONFIG_ID: '4711' });
      const { searchParams } = dialogOf(await step('log-in', await begin()));
      expect([searchParams.get('config_id'), searchParams.get('scope')]).toEqual(['4711', null]);
      expect(titleOf(await login(await begin(), 'olivia'))).toBe('Instagram account @omniwear');
    });

    it('is not offered without a Meta app', async () => {
      await service.stop();
      service = await TestService.start({ INSTAGRAM_GRAPH_URL: instagram.url });
      const page = await begin();
      expect(page.text).toContain('META_APP_ID and META_APP_SECRET');
      expect(page.text).not.toContain('id="log-in"');
      const checked = await step('token', page, { token: OMNIWEAR.token });
      expect(obstaclesOf(checked)).toMatchObject({ like: '' });
    });

    it.each<[string, string]>([
      ['/oauth/access_token', '{}'],
      ['/oauth/access_token', '{"access_token":["x"]}'],
      ['/oauth/access_token', '{"access_token":"a b"}'],
      ['/oauth/access_token', '<html>'],
      ['/debug_token', '{"data":[]}'],
      ['/debug_token', '{"data":{"is_valid":true,"scopes":"x","granular_scopes":{}}}'],
      ['/accounts', '{"data":{}}'],
    ])('is not upset by what %s may answer: %s', async (path, body) => {
      instagram.faults.arm({ fault: { kind: 'answer', status: 200, body }, times: 1, path });
      const page = await login(await begin(), 'olivia');
      expect([page.status, titleOf(page)]).toEqual([200, 'Connect an Instagram account']);
      expect(page.text).toMatch(/role="alert"/);
      expectNothingPosted(page);
    });

    it('says what Meta does when it fails', async () => {
      instagram.faults.arm({
        fault: { kind: 'cut_before' },
        times: 1,
        path: '/oauth/access_token',
      });
      const page = await login(await begin(), 'olivia');
      expect(unescape(page.text)).toContain('Meta cannot be reached');
      expectNothingPosted(page);
    });
  });

  describe('a token that an admin brings', () => {
    it('is checked and used as one of a log-in', async () => {
      const page = await step('token', await begin(), { token: ` ${OMNIWEAR.token} ` });
      expect(titleOf(page)).toBe('Instagram account @omniwear');
      expect(field(await finish(page), 'metadata')).not.toBe('');
      expect(page.text).not.toContain(OMNIWEAR.token);
    });

    it('may be the Page’s', async () => {
      const page = await step('token', await begin(), { token: OMNIWEAR.pageToken });
      expect(titleOf(page)).toBe('Instagram account @omniwear');
      expect(obstaclesOf(page)).toMatchObject({ like: 'permission_missing', comment: '' });
    });

    it('is asked about so many times for one address, and then no more', async () => {
      const page = await begin();
      for (let times = 0; times < 30; times += 1) await step('token', page, { token: 'x' });
      const calls = instagram.seen.length;
      const refused = await step('token', page, { token: OMNIWEAR.token });
      expect(refused.text).toContain('Too many tokens');
      expect(instagram.seen).toHaveLength(calls);
    });

    it.each([
      ['milliseconds', 1_900_000_000_000],
      ['too far away', 1e13],
      ['beyond every number', 1e300],
      ['a text', '1900000000'],
    ])('may have an end that is %s: it is saved all the same', async (_, expires_at) => {
      answerOfMeta('/debug_token', { data: { ...FACTS, expires_at } });
      const page = await step('token', await begin(), { token: OMNIWEAR.token });
      const metadata = field(await finish(page), 'metadata');
      expect((await service.proxy('/account', {}, metadata)).json).toMatchObject({ ok: true });
    });

    it('may count for accounts whose ids are no texts: for no other ones', async () => {
      for (const id of [1, Number(OMNIWEAR.igUserId), {}, null]) {
        const granular_scopes = [{ scope: 'instagram_manage_engagement', target_ids: [id] }];
        answerOfMeta('/debug_token', { data: { ...FACTS, granular_scopes } });
        const page = await step('token', await begin(), { token: OMNIWEAR.token });
        expect(obstaclesOf(page)).toMatchObject({ like: 'permission_elsewhere' });
      }
    });

    it('may be longer than Zendesk keeps: the page says so', async () => {
      const long = (): string => randomBytes(2240).toString('base64url').slice(0, 2990);
      const token = long();
      const known = instagram.world.tokens.get(OMNIWEAR.token);
      if (known !== undefined) instagram.world.tokens.set(token, known);
      answerOfMeta('/accounts', { data: [{ ...PAGE, access_token: long() }] });
      const refused = await finish(await step('token', await begin(), { token }));
      expect([refused.status, refused.text]).toEqual([
        200,
        expect.stringContaining('longer than Zendesk keeps'),
      ]);
      expectNothingPosted(refused);
    });

    it('may lead to one account by two Pages, with a name that is none', async () => {
      const odd = { id: OMNIWEAR.igUserId, username: '"><b>' };
      const page = { ...PAGE, access_token: 'a b', instagram_business_account: odd };
      answerOfMeta('/accounts', { data: [page, { ...page, id: '2' }] });
      answerOfMeta('/debug_token', {
        data: { ...FACTS, scopes: ['instagram_basic', 'NOT ONE', 7] },
      });
      const account = await step('token', await begin(), { token: OMNIWEAR.token });
      expect(titleOf(account)).toBe(`Instagram account @${OMNIWEAR.igUserId}`);
      expect(account.text).not.toContain('NOT ONE');
      expect(obstaclesOf(account)).toMatchObject({ like: 'permission_missing' });
      const metadata = field(await finish(account), 'metadata');
      const opened = await service.app.get(CredentialsService).openFields(metadata);
      expect(opened).not.toHaveProperty('page_token');
      expect(opened.scopes).toEqual(['instagram_basic']);
    });

    it('finds the account of a Page that only granular_scopes name', async () => {
      instagram.world.portfolioPages.add(OMNIWEAR.pageId);
      const page = await step('token', await begin(), { token: OMNIWEAR.token });
      expect(titleOf(page)).toBe('Instagram account @omniwear');
      const metadata = field(await finish(page), 'metadata');
      const opened = await service.app.get(CredentialsService).openFields(metadata);
      expect(opened).toMatchObject({ page_id: OMNIWEAR.pageId, page_token: expect.any(String) });
      instagram.world.portfolioPages.clear();
    });

    it('is not spoiled by a named Page that Meta refuses', async () => {
      const target_ids = ['104000000000001', OMNIWEAR.pageId, '104000000000002'];
      const granular_scopes = [{ scope: 'pages_show_list', target_ids }];
      answerOfMeta('/debug_token', { data: { ...FACTS, granular_scopes } });
      answerOfMeta('/accounts', { data: [] });
      const page = await step('token', await begin(), { token: OMNIWEAR.token });
      expect(titleOf(page)).toBe('Instagram account @omniwear');
    });

    it('says that there are more Pages than are read', async () => {
      const data = Array.from({ length: 100 }, (_, index) => ({ id: String(index + 1) }));
      for (let page = 0; page < 6; page += 1) {
        const paging = { next: 'https://x', cursors: { after: `c${String(page)}` } };
        answerOfMeta('/accounts', { data, paging });
      }
      const FACTS_WITHOUT_PAGES = { ...FACTS, granular_scopes: [] };
      answerOfMeta('/debug_token', { data: FACTS_WITHOUT_PAGES });
      const page = await step('token', await begin(), { token: OMNIWEAR.token });
      expect(unescape(page.text)).toContain('more than 500 Facebook Pages');
    });

    it('ends a list of Pages whose cursor leads to itself', async () => {
      const paging = { next: 'https://x', cursors: { after: 'same' } };
      for (let page = 0; page < 3; page += 1) answerOfMeta('/accounts', { data: [PAGE], paging });
      await step('token', await begin(), { token: OMNIWEAR.token });
      const lists = instagram.seen.filter(({ path }) => path.endsWith('/accounts'));
      expect(lists).toHaveLength(2);
    });

    it('of another app is named as such before anything else', async () => {
      answerOfMeta('/debug_token', { data: { ...FACTS, app_id: '999', is_valid: false } });
      const page = await step('token', await begin(), { token: OMNIWEAR.token });
      expect(unescape(page.text)).toContain('belongs to another Meta app');
      expectNothingPosted(page);
    });

    it('of another app is named also where Meta tells only the token itself', async () => {
      const error = { code: 100, message: '(#100) The App_id in the input_token did not match' };
      instagram.faults.arm({
        fault: { kind: 'answer', status: 400, body: JSON.stringify({ error }) },
        times: 1,
        path: '/debug_token',
      });
      instagram.faults.arm({
        fault: {
          kind: 'answer',
          status: 200,
          body: JSON.stringify({ data: { ...FACTS, app_id: '9' } }),
        },
        times: 1,
        path: '/debug_token',
      });
      const page = await step('token', await begin(), { token: OMNIWEAR.token });
      expect(unescape(page.text)).toContain('belongs to another Meta app');
    });

    it('that ends within the hour and cannot be exchanged is saved with a warning', async () => {
      const expires_at = Math.floor(service.clock.now() / 1000) + 3600;
      answerOfMeta('/debug_token', { data: { ...FACTS, app_id: undefined, expires_at } });
      const page = await step('token', await begin(), { token: OMNIWEAR.token });
      expect(unescape(page.text)).toContain('ends within a week');
      expect(field(await finish(page), 'metadata')).not.toBe('');
    });

    it('whose data access has ended is reported', async () => {
      const data_access_expires_at = Math.floor(service.clock.now() / 1000) - 60;
      answerOfMeta('/debug_token', { data: { ...FACTS, data_access_expires_at } });
      const page = await step('token', await begin(), { token: OMNIWEAR.token });
      expect(unescape(page.text)).toContain('data access of this login has ended');
      expect(obstaclesOf(page)).toMatchObject({ like: 'data_access_ended' });
    });

    it('whose end Meta does not report is shown as not known', async () => {
      answerOfMeta('/debug_token', { data: FACTS });
      const unknown = await step('token', await begin(), { token: OMNIWEAR.token });
      expect(unknown.text.match(/Not known/g)).toHaveLength(2);
      answerOfMeta('/debug_token', { data: { ...FACTS, expires_at: 0 } });
      const never = await step('token', await begin(), { token: OMNIWEAR.token });
      expect(never.text).toContain('No end is set');
    });

    it('whose comments Meta counts and does not return is reported', async () => {
      answerOfMeta('/comments', { data: [] });
      const page = await step('token', await begin(), { token: OMNIWEAR.token });
      expect(obstaclesOf(page)).toMatchObject({ comment: 'comments_hidden', like: '' });
      expect(unescape(page.text)).toContain('Advanced Access for instagram_manage_comments');
    });

    it('that ends soon is exchanged for a longer one', async () => {
      instagram.world.tokens.set('short-lived', {
        ...(instagram.world.tokens.get(OMNIWEAR.token) as never as object),
        expiresAt: Math.floor(Date.now() / 1000) + 3600,
      } as never);
      const page = await step('token', await begin(), { token: 'short-lived' });
      const metadata = field(await finish(page), 'metadata');
      const { json } = await service.proxy('/account', {}, metadata);
      expect(Date.parse(String(json.log_in_ends_at)) - Date.now()).toBeGreaterThan(50 * 86_400_000);
    });

    it.each([
      ['', 'not a token'],
      ['two words', 'not a token'],
      [OMNIWEAR.instagramLoginToken, 'Meta does not take this token'],
      ['EAAnobodys', 'Meta does not take this token'],
    ])('is refused with a reason: %j', async (token, reason) => {
      const page = await step('token', await begin(), { token });
      expect(unescape(page.text)).toContain(reason);
      if (token !== '') expect(page.text).not.toContain(token);
      expectNothingPosted(page);
    });
  });

  describe('editing', () => {
    it('shows the account as Zendesk keeps it, checked anew', async () => {
      const page = await begin({ metadata: service.metadata, name: 'Ours' });
      expect(titleOf(page)).toBe('Instagram account @omniwear');
      expect(page.text).toMatch(/name="name"\s+value="Ours"/);
      expect(page.text).not.toContain(OMNIWEAR.token);
      expect(page.text).not.toContain(service.metadata);
    });

    it('keeps how far the account was read, but not that of another account', async () => {
      const page = await begin({ metadata: service.metadata, state: 'read so far' });
      expect(field(await finish(page), 'state')).toBe('read so far');
      const same = await login(page, 'olivia');
      expect(field(await finish(same), 'state')).toBe('read so far');
      const choice = await login(page, 'theo');
      const other = await step('account', choice, { ig_user_id: OUTLET.igUserId });
      expect(field(await finish(other), 'state')).toBe('');
    });

    it('seals the Zendesk that it is for, and when the account at hand was connected', async () => {
      const connectedAt = 1_700_000_000;
      const metadata = await service.seal({ connected_at: connectedAt, subdomain: undefined });
      const credentials = service.app.get(CredentialsService);
      const sealed = async (page: Answer): Promise<object> =>
        credentials.openFields(field(await finish(page), 'metadata'));
      const page = await begin({ metadata });
      expect(await sealed(page)).toMatchObject({ subdomain: 'omniwear' });
      const same = await login(page, 'olivia');
      expect(await sealed(same)).toMatchObject({ connected_at: connectedAt });
      const other = await step('account', await login(page, 'theo'), {
        ig_user_id: OUTLET.igUserId,
      });
      expect(await sealed(other)).toMatchObject({
        connected_at: Math.floor(service.clock.now() / 1000),
      });
      expect(other.text).toContain('will be connected to omniwear.zendesk.com');
    });

    it('says that the log-in has ended, and takes a new one', async () => {
      instagram.world.tokens.set('ended', {
        ...(instagram.world.tokens.get(OMNIWEAR.token) as never as object),
        endedBy: 460,
      } as never);
      const metadata = await service.seal({ user_token: 'ended' });
      const page = await begin({ metadata });
      expect(obstaclesOf(page)).toEqual({
        like: 'log_in_ended',
        comment: 'log_in_ended',
        hide: 'log_in_ended',
        message: 'log_in_ended',
      });
      expect(obstaclesOf(await login(page, 'olivia'))).toMatchObject({ like: '' });
    });

    it('goes on where Meta cannot be asked: settings can be saved', async () => {
      // A read is tried again once, so both have to fail.
      instagram.faults.arm({ fault: { kind: 'cut_before' }, times: 2, path: '/debug_token' });
      const page = await begin({ metadata: service.metadata });
      expect(page.text).toContain('could not be checked now');
      expect(field(await finish(page, { threads: 'comment' }), 'metadata')).not.toBe('');
    });

    it('offers to connect anew what does not open here', async () => {
      const foreign = await TestService.start({ CREDENTIALS_KEYS: OTHER_KEY });
      for (const metadata of ['nonsense', foreign.metadata, '{"v":1}', HOSTILE]) {
        const page = await begin({ metadata });
        expect(unescape(page.text)).toContain('cannot be opened with this service');
        expect(page.text).not.toContain(metadata);
      }
      await foreign.stop();
      expect((await begin({ metadata: 'null' })).text).not.toContain('cannot be opened');
    });

    it('connects the account of a renamed Zendesk by a new login alone', async () => {
      const metadata = await service.seal({ subdomain: 'trailhead', threads: 'media' });
      const page = await begin({ metadata, state: 'read so far' });
      expect([page.status, titleOf(page)]).toEqual([200, 'Connect an Instagram account']);
      expect(unescape(page.text)).toContain('If your Zendesk was renamed');
      // A copy of the metadata gives nothing away: no name, no token, no step further.
      expect(instagram.seen).toEqual([]);
      expect(page.text).not.toContain('trailhead');
      expect(page.text).not.toContain('@omniwear');
      for (const path of ['trial', 'finish']) {
        const fields = { name: 'x', threads: 'media' };
        expectNothingPosted(await step(path, page, fields));
      }
      const same = await finish(await login(page, 'olivia'), { threads: 'media' });
      expect(field(same, 'state')).toBe('read so far');
      const { db } = service.app.get(Database);
      expect(
        await db.selectFrom('connection_names').select(['subdomain', 'name']).execute(),
      ).toEqual([{ subdomain: 'trailhead', name: 'omniwear' }]);
      const opened = service.app.get(CredentialsService);
      expect(await opened.openFields(field(same, 'metadata'))).toMatchObject({
        subdomain: 'omniwear',
        threads: 'media',
      });
      const choice = await login(page, 'theo');
      const other = await step('account', choice, { ig_user_id: OUTLET.igUserId });
      expect(field(await finish(other), 'state')).toBe('');
    });

    it('shows the page without a check where too many were made', async () => {
      for (let times = 0; times < 60; times += 1) await begin({ metadata: service.metadata });
      const calls = instagram.seen.length;
      const page = await begin({ metadata: service.metadata });
      expect(unescape(page.text)).toContain('Too many connections were checked');
      expect(instagram.seen).toHaveLength(calls);
      expect(field(await finish(page), 'metadata')).not.toBe('');
    });

    it('seals with the first key what an old key sealed', async () => {
      const metadata = service.metadata;
      await service.stop();
      service = await start({
        CREDENTIALS_KEYS: `${testKey('new', 'seven')},${TEST_KEY}`,
      });
      const renewed = field(await finish(await begin({ metadata })), 'metadata');
      const [header = ''] = renewed.split('.');
      expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid: 'new' });
    });
  });

  describe('the trial', () => {
    const states = (): Promise<unknown> =>
      service.app
        .get(LikeLedger)
        .states(OMNIWEAR.igUserId, [{ kind: 'media', id: OMNIWEAR.photoId }]);
    const likes = (): string[] => instagram.world.listLikes(OMNIWEAR.igUserId);
    const edit = (): Promise<Answer> => begin({ metadata: service.metadata });
    beforeEach(() => {
      instagram.world.setLike(OMNIWEAR.igUserId, OMNIWEAR.photoId, false);
    });

    it('likes and unlikes, and leaves the ledger as it was', async () => {
      const page = await step('trial', await edit());
      expect(page.text).toContain('It worked');
      const calls = instagram.seen.filter(({ path }) => path.endsWith('/likes'));
      expect(calls.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
      expect([likes(), await states()]).toEqual([[], [{ known: 'none' }]]);
    });

    it('leaves a post liked that was liked through this service', async () => {
      await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true });
      const before = await states();
      const page = await step('trial', await edit());
      expect(page.text).toContain('taken back and set again');
      expect([likes(), await states()]).toEqual([[OMNIWEAR.photoId], before]);
    });

    it('says why it failed, and that the app lacks access', async () => {
      instagram.faults.arm({ fault: { kind: 'graph_error', code: 10 }, times: 1, path: '/likes' });
      const page = await step('trial', await edit());
      expect(page.text).toContain('It did not work');
      expect(obstaclesOf(page)).toMatchObject({ like: 'app_access', comment: '' });
      expect([likes(), await states()]).toEqual([[], [{ known: 'none' }]]);
    });

    it('tells that the like stands where it cannot be taken back', async () => {
      const fault = { kind: 'graph_error', code: 10 } as const;
      instagram.faults.arm({ fault, times: 1, method: 'DELETE', path: '/likes' });
      const page = await step('trial', await edit());
      expect(page.text).toContain('the post is liked now');
      expect(await states()).toEqual([
        expect.objectContaining({ known: 'confirmed', liked: true }),
      ]);
      expect(likes()).toEqual([OMNIWEAR.photoId]);
    });

    it('tells that the like is gone where it cannot be set again', async () => {
      await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true });
      const fault = { kind: 'graph_error', code: 10 } as const;
      instagram.faults.arm({ fault, times: 1, method: 'POST', path: '/likes' });
      const page = await step('trial', await edit());
      expect(page.text).toContain('the post is not liked now');
      expect(await states()).toEqual([
        expect.objectContaining({ known: 'confirmed', liked: false }),
      ]);
      expect(likes()).toEqual([]);
      await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: false });
    });

    it('says that nobody knows where the second answer is none', async () => {
      await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true });
      const fault = { kind: 'graph_error', code: 1 } as const;
      instagram.faults.arm({ fault, times: 1, method: 'POST', path: '/likes' });
      const page = await step('trial', await edit());
      expect(page.text).toContain('may be liked now or not');
      expect(page.text).not.toMatch(/is (?:not )?liked now/);
      expect(await states()).toEqual([{ known: 'pending' }]);
      await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: false });
    });

    it('leaves the state pending where an answer is lost, and does not start on such a post', async () => {
      instagram.faults.arm({ fault: { kind: 'cut_after' }, times: 1, path: '/likes' });
      await step('trial', await edit());
      expect(await states()).toEqual([{ known: 'pending' }]);
      expect((await step('trial', await edit())).text).toContain('not known what became');
      await service.proxy('/like', { media_id: OMNIWEAR.photoId, liked: false });
    });
  });

  describe('what Zendesk, or somebody in its place, sends', () => {
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
    ])('is refused on a page of its own: %s', async (_, fields) => {
      const page = await begin(fields);
      expect(page.status).toBe(400);
      expect(page.headers['content-type']).toMatch(/^text\/html/);
      expect(titleOf(page)).toBe('The account cannot be set up here');
      expect(page.text).not.toMatch(/<script>alert|<img/);
      expectNothingPosted(page);
      expect(page.text).not.toContain('<form');
    });

    it('is refused given twice', async () => {
      for (const name of ['name', 'return_url', 'subdomain', 'metadata', 'locale']) {
        const body = `${form({ ...ZENDESK, name: 'x' })}&${name}=omniwear`;
        const twice = `${body}&${name}=omniwear`;
        expect((await service.post('/admin_ui', twice)).status).toBe(400);
      }
    });

    it.each(['__proto__=x', '__proto__[subdomain]=x', 'constructor[prototype]=x', '', 'x'])(
      'is refused without its fields: %j',
      async (body) => {
        const page = await service.post('/admin_ui', body);
        expect([page.status, titleOf(page)]).toEqual([400, 'The account cannot be set up here']);
      },
    );

    it('is refused in the language that the browser asks for', async () => {
      const page = await service.request('POST', '/admin_ui', 'x=1', {
        'content-type': 'application/x-www-form-urlencoded',
        'accept-language': 'fr-FR,fr;q=0.9',
      });
      expect(titleOf(page)).toBe('Le compte ne peut pas être configuré ici');
    });

    it('may be HTML in every field: it is shown as text', async () => {
      const page = await begin({
        name: HOSTILE,
        state: HOSTILE,
        locale: '"><b>',
        metadata: HOSTILE,
      });
      expect(page.text).not.toMatch(/<script>alert|<img|<b>/);
      const account = await login(page, 'olivia');
      expect(account.text).not.toMatch(/<script>alert|<img/);
      expect(field(account, 'name')).toBe(HOSTILE);
      const done = await finish(account, { name: HOSTILE });
      expect(done.text).not.toMatch(/<script>alert|<img/);
      expect([field(done, 'name'), field(done, 'state')]).toEqual([HOSTILE, HOSTILE]);
    });

    it('may be push’s fields: they are not kept', async () => {
      const token = 'plantedZendeskAccessToken';
      const page = await begin({ instance_push_id: 'x', zendesk_access_token: token });
      expect(page.status).toBe(200);
      const metadata = field(await finish(await login(page, 'olivia')), 'metadata');
      expect(metadata).not.toBe('');
      expect(service.logs.mentions(token)).toBe(false);
    });
  });

  describe('a page of this service, or somebody in its place, sends', () => {
    it.each([
      ['log-in/continue', {}],
      ['token', { token: 'x' }],
      ['account', { ig_user_id: '1' }],
      ['trial', {}],
      ['finish', { name: 'x', threads: 'media' }],
      ['log-in', {}],
    ])('to %s a set-up that is none', async (path, fields) => {
      const page = await begin();
      const sealed = field(page, 'set_up');
      const [header = '', ...rest] = sealed.split('.');
      const asAccount = [
        Buffer.from(
          JSON.stringify({
            ...(JSON.parse(Buffer.from(header, 'base64url').toString()) as object),
            typ: 'ig-account+jwe',
          }),
        ).toString('base64url'),
        ...rest,
      ].join('.');
      for (const forged of ['', 'x', service.metadata, asAccount, sealed.slice(0, -2), HOSTILE]) {
        const answer = await service.post(`/admin/${path}`, form({ set_up: forged, ...fields }));
        expect(answer.status).toBe(400);
        expectNothingPosted(answer);
      }
    });

    it('no account where none was chosen', async () => {
      const page = await begin();
      for (const path of ['finish', 'trial', 'account']) {
        const fields = { name: 'x', threads: 'media', ig_user_id: OMNIWEAR.igUserId };
        const answer = await step(path, page, fields);
        expect(answer.status).toBe(400);
        expectNothingPosted(answer);
      }
    });

    it('is not metadata: no set-up opens as an account', async () => {
      const page = await login(await begin(), 'olivia');
      const { json } = await service.proxy('/account', {}, field(page, 'set_up'));
      expect(json).toMatchObject({ error: { code: 'metadata_invalid' } });
    });

    it.each([
      [{ name: '  ' }, 'a name of 1 to 255'],
      [{ backfill_days: '731' }, 'a whole number from 0 to 730'],
      [{ backfill_days: '-1' }, 'a whole number from 0 to 730'],
      [{ backfill_days: '1.5' }, 'a whole number from 0 to 730'],
    ])('settings that cannot be: %j', async (fields, text) => {
      const page = await finish(await login(await begin(), 'olivia'), fields);
      expect(titleOf(page)).toBe('Instagram account @omniwear');
      expect(page.text).toContain(text);
      expectNothingPosted(page);
      expect(field(await finish(page), 'metadata')).not.toBe('');
    });
  });
});
