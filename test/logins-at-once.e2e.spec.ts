import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OMNIWEAR, OUTLET, SANDBOX_APP } from '../sandbox/instagram/omniwear.js';
import { type RunningInstagram, startInstagram } from './support/instagram.js';
import { type MainProcess, startMain } from './support/main.js';
import { TestPostgres } from './support/postgres.js';
import { form, FORM, TEST_KEY } from './support/service.js';
import { SetupPage } from './support/setup-page.js';

/** One admin, whose steps reach the two processes in turn. */
class Admin {
  private page = new SetupPage({ status: 0, text: '' });
  private window = this.page;
  private steps: number;

  constructor(
    private readonly processes: readonly [MainProcess, MainProcess],
    readonly subdomain: string,
    startsAt: number,
  ) {
    this.steps = startsAt;
  }

  async open(): Promise<void> {
    this.page = await this.post('/admin_ui', {
      subdomain: this.subdomain,
      return_url: `https://${this.subdomain}.zendesk.com/x`,
    });
  }

  /** Logs in at Facebook as a person. Returns the path of the callback. */
  async login(person: string): Promise<string> {
    const { dialog } = await this.post('/admin/log-in', { set_up: this.page.field('set_up') });
    dialog.pathname += '/answer';
    dialog.searchParams.set('person', person);
    const redirect = await fetch(dialog, { redirect: 'manual' });
    const { pathname, search } = new URL(redirect.headers.get('location') ?? '');
    this.window = await this.send(`${pathname}${search}`);
    return `${pathname}${search}`;
  }

  get confirmation(): string {
    return this.window.confirmation;
  }

  continueWith(confirmation: string): Promise<SetupPage> {
    return this.post('/admin/log-in/continue', {
      set_up: this.page.field('set_up'),
      confirmation,
    });
  }

  /** The account that is handed to Zendesk, and where. */
  async finish(page: SetupPage): Promise<{ metadata: string; action: string }> {
    const done = await this.post('/admin/finish', {
      set_up: page.field('set_up'),
      name: 'x',
      threads: 'media',
    });
    return {
      metadata: done.field('metadata'),
      action: done.actions[0] ?? '',
    };
  }

  post(path: string, fields: Record<string, string>): Promise<SetupPage> {
    return this.send(path, {
      method: 'POST',
      body: form(fields),
      headers: { 'content-type': FORM },
    });
  }

  async send(path: string, init: RequestInit = {}): Promise<SetupPage> {
    const { url } = this.processes[this.steps++ % 2 === 0 ? 0 : 1];
    const answer = await fetch(`${url}${path}`, { ...init, redirect: 'manual' });
    return new SetupPage({ status: answer.status, text: await answer.text() });
  }
}

/** Two processes on one PostgreSQL. Each step of a login reaches the other process. */
describe('logins at the same moment', () => {
  let postgres: TestPostgres;
  let instagram: RunningInstagram;
  let environment: Record<string, string>;
  let processes: [MainProcess, MainProcess];

  beforeAll(async () => {
    [postgres, instagram] = await Promise.all([TestPostgres.start(), startInstagram()]);
    environment = {
      PUBLIC_URL: 'https://channel.example',
      CREDENTIALS_KEYS: TEST_KEY,
      DATABASE_URL: await postgres.makeDatabase(),
      INSTAGRAM_GRAPH_URL: instagram.url,
      FACEBOOK_DIALOG_URL: instagram.url,
      META_APP_ID: SANDBOX_APP.id,
      META_APP_SECRET: SANDBOX_APP.secret,
      PORT: '0',
    };
    processes = await Promise.all([startMain(environment), startMain(environment)]);
  }, 60_000);
  afterAll(async () => {
    const logs = processes.flatMap(({ lines }) => lines).join('\n');
    await Promise.all(processes.map((each) => each.stop()));
    await Promise.all([postgres.stop(), instagram.stop()]);
    expect(/EAA|eyJ|AQ[\w-]{40}/.test(logs)).toBe(false);
  });

  it('give each of two Zendesks its own account', async () => {
    for (let round = 0; round < 5; round += 1) {
      const omniwear = new Admin(processes, 'omniwear', round);
      const trailhead = new Admin(processes, 'trailhead', round + 1);
      const both = [omniwear, trailhead] as const;
      await Promise.all(both.map((admin) => admin.open()));
      await Promise.all([omniwear.login('olivia'), trailhead.login('theo')]);

      // Neither can use the other's code.
      const crossed = await Promise.all([
        omniwear.continueWith(trailhead.confirmation),
        trailhead.continueWith(omniwear.confirmation),
      ]);
      for (const { text } of crossed) expect(text).toContain('not the code');

      const [mine, choice] = await Promise.all(
        both.map((admin) => admin.continueWith(admin.confirmation)),
      );
      if (mine === undefined || choice === undefined) throw new Error('no page');
      expect(mine.text).toContain('Instagram account @omniwear');
      expect(choice.text).toContain('@omniwear.outlet');
      const theirs = await trailhead.post('/admin/account', {
        set_up: choice.field('set_up'),
        ig_user_id: OUTLET.igUserId,
      });
      const [one, two] = await Promise.all([omniwear.finish(mine), trailhead.finish(theirs)]);
      expect(one.action).toBe('https://omniwear.zendesk.com/x');
      expect(two.action).toBe('https://trailhead.zendesk.com/x');
      for (const [metadata, igUserId] of [
        [one.metadata, OMNIWEAR.igUserId],
        [two.metadata, OUTLET.igUserId],
      ] as const) {
        const { html } = await omniwear.post('/account', { instance_metadata: metadata });
        expect(JSON.parse(html)).toMatchObject({ ok: true, ig_user_id: igUserId });
      }
    }
  }, 60_000);

  it('are redeemed once per page, in either process', async () => {
    const admin = new Admin(processes, 'omniwear', 0);
    await admin.open();
    const callback = await admin.login('olivia');
    const again = await Promise.all([admin.send(callback), admin.send(callback)]);
    expect(again.map(({ status }) => status)).toEqual([200, 200]);
    for (const { text } of again) expect(text).toContain(admin.confirmation);
    const pages = await Promise.all(
      Array.from({ length: 6 }, () => admin.continueWith(admin.confirmation)),
    );
    const connected = pages.filter(({ text }) => text.includes('Instagram account @omniwear'));
    expect(connected).toHaveLength(1);
  });

  it('survive a restart of the processes that started them', async () => {
    const admin = new Admin(processes, 'omniwear', 0);
    await admin.open();
    await admin.login('olivia');
    await Promise.all(processes.map((each) => each.stop()));
    processes.splice(0, 2, await startMain(environment), await startMain(environment));
    const page = await admin.continueWith(admin.confirmation);
    expect(page.text).toContain('Instagram account @omniwear');
  }, 60_000);
});
