import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { OMNIWEAR, SANDBOX_APP } from '../../sandbox/instagram/omniwear.js';
import { CredentialsService } from '../../src/credentials/credentials.service.js';
import { type RunningInstagram, startInstagram } from './instagram.js';
import { type Answer, form, TestService } from './service.js';
import { SetupPage } from './setup-page.js';

export const RETURN_URL =
  'https://omniwear.zendesk.com/zendesk/channels/integration_service_instances/editor_finalizer';
export const ZENDESK = { subdomain: 'omniwear', return_url: RETURN_URL, locale: 'en-US' };
/** Another Zendesk than `ZENDESK`. */
export const TRAILHEAD = {
  subdomain: 'trailhead',
  return_url: 'https://trailhead.zendesk.com/x',
};
export const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&amp;`;
/** A valid answer of `/debug_token`. */
export const TOKEN_FACTS = {
  is_valid: true,
  app_id: SANDBOX_APP.id,
  type: 'USER',
  user_id: '122093311482000001',
  scopes: ['instagram_basic', 'instagram_manage_engagement'],
};
/** An entry of a valid answer of `/accounts`. */
export const PAGE = {
  id: '1',
  name: 'Omniwear',
  access_token: 'EAApage',
  instagram_business_account: { id: OMNIWEAR.igUserId, username: 'omniwear' },
};

type Fields = Readonly<Record<string, string>>;

/** An admin who sets up accounts, with the service and Instagram's stand-in. */
export class SetupFixture {
  private started: { instagram?: RunningInstagram; service?: TestService } = {};
  /** Facebook's codes so far. */
  readonly codes: string[] = [];

  get instagram(): RunningInstagram {
    if (this.started.instagram === undefined) throw new Error('Instagram is not started');
    return this.started.instagram;
  }

  get service(): TestService {
    if (this.started.service === undefined) throw new Error('the service is not started');
    return this.started.service;
  }

  async startInstagram(): Promise<void> {
    this.started = { instagram: await startInstagram() };
  }

  async startService(environment: Fields = {}): Promise<void> {
    this.started.service = await TestService.start({
      INSTAGRAM_GRAPH_URL: this.instagram.url,
      FACEBOOK_DIALOG_URL: this.instagram.url,
      META_APP_ID: SANDBOX_APP.id,
      META_APP_SECRET: SANDBOX_APP.secret,
      ...environment,
    });
  }

  async restartService(environment: Fields = {}): Promise<void> {
    await this.service.stop();
    await this.startService(environment);
  }

  /** Runs a task in which another service serves the setup. */
  async useService(service: TestService, task: () => Promise<void>): Promise<void> {
    const { service: before } = this;
    this.started.service = service;
    await task();
    this.started.service = before;
  }

  /** The values that no log may contain. */
  get secrets(): string[] {
    return [SANDBOX_APP.secret, ...this.instagram.world.tokens.keys(), ...this.codes];
  }

  /** The first page, as Zendesk opens it. */
  async open(fields: Fields = {}): Promise<SetupPage> {
    const body = form({ name: '', metadata: '', state: '', ...ZENDESK, ...fields });
    return new SetupPage(await this.service.post('/admin_ui', body));
  }

  /** Submits a form of a page. */
  async step(path: string, page: SetupPage, fields: Fields = {}): Promise<SetupPage> {
    return new SetupPage(await this.post(path, page, fields));
  }

  async get(path: string): Promise<SetupPage> {
    return new SetupPage(await this.service.request('GET', path));
  }

  async progress(page: SetupPage): Promise<Answer['json']> {
    return (await this.post('log-in/progress', page)).json;
  }

  /** Answers Facebook's dialog as a person; '' refuses. Returns the path of the callback. */
  async answerAtFacebook(page: SetupPage, person: string): Promise<string> {
    const window = await this.step('log-in', page);
    expect(window.status).toBe(200);
    const { dialog } = window;
    expect(dialog.pathname).toBe('/v26.0/dialog/oauth');
    dialog.pathname += '/answer';
    dialog.searchParams.set('person', person);
    const redirect = await fetch(dialog, { redirect: 'manual' });
    const url = new URL(redirect.headers.get('location') ?? '');
    expect(url.origin).toBe('https://channel.example');
    this.codes.push(...url.searchParams.getAll('code'));
    return `${url.pathname}${url.search}`;
  }

  /** Logs in at Facebook and returns the last page of the login window. */
  async finishLogin(page: SetupPage, person: string): Promise<SetupPage> {
    return this.get(await this.answerAtFacebook(page, person));
  }

  /** Logs in and returns the page after the login. */
  async login(page: SetupPage, person: string): Promise<SetupPage> {
    const { confirmation } = await this.finishLogin(page, person);
    return this.step('log-in/continue', page, { confirmation });
  }

  /** Pastes a token into the first page. */
  async useToken(token: string = OMNIWEAR.token): Promise<SetupPage> {
    return this.step('token', await this.open(), { token });
  }

  finish(page: SetupPage, fields: Fields = {}): Promise<SetupPage> {
    const settings = { name: 'Omniwear', threads: 'media', backfill_days: '7' };
    return this.step('finish', page, { ...settings, ...fields });
  }

  /** Finishes and returns the sealed account. */
  async save(page: SetupPage, fields: Fields = {}): Promise<string> {
    return (await this.finish(page, fields)).field('metadata');
  }

  /** Pulls an account, as Zendesk does for one that it has. */
  pull(metadata: string): Promise<Answer> {
    return this.service.post('/pull', form({ metadata, state: '' }));
  }

  openFields(metadata: string): ReturnType<CredentialsService['openFields']> {
    return this.service.app.get(CredentialsService).openFields(metadata);
  }

  /** The next call with this path gets an answer instead of being handled. */
  answerNext(path: string, answer: object, status = 200): void {
    const body = JSON.stringify(answer);
    this.instagram.faults.arm({ fault: { kind: 'answer', status, body }, times: 1, path });
  }

  private post(path: string, page: SetupPage, fields: Fields = {}): Promise<Answer> {
    return this.service.post(`/admin/${path}`, form({ set_up: page.field('set_up'), ...fields }));
  }
}

/** Starts a service for each test and Instagram for the file. Checks the log after each test. */
export function useSetup(): SetupFixture {
  const setup = new SetupFixture();
  beforeAll(() => setup.startInstagram());
  afterAll(() => setup.instagram.stop());
  beforeEach(async () => {
    await setup.startService();
    setup.instagram.seen.length = 0;
  });
  afterEach(async () => {
    setup.instagram.faults.clear();
    for (const secret of [...setup.secrets, 'eyJ']) {
      expect(setup.service.logs.mentions(secret)).toBe(false);
    }
    await setup.service.stop();
  });
  return setup;
}

/** The page has no form that leaves this service, and no sealed account. */
export function expectNothingPosted(page: SetupPage): void {
  expect(page.actions.filter((action) => !action.startsWith('/admin/'))).toEqual([]);
  expect(page.html).not.toContain('name="metadata"');
}

/** The page is never framed, and its address reaches no other site. */
export function expectWindow(page: SetupPage): void {
  expect(page.policy).toMatch(/base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/);
  expect(page.header('referrer-policy')).toBe('no-referrer');
  expect(page.html).toContain('data-place="window"');
}
