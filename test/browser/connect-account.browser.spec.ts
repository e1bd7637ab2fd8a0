import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { type Addresses, Sandbox } from '../../sandbox/sandbox.js';
import { AgentPage } from '../support/agent-page.js';
import { startBrowser } from '../support/browser.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Chromium keeps no cookie and no storage for what another site frames. */
const NO_THIRD_PARTY_COOKIES = '--test-third-party-cookie-phaseout';

/** As an admin sees it: Zendesk's Admin Center, the page in its frame, Facebook in its window. */
describe('connecting an account', () => {
  const printed: string[] = [];
  let sandbox: Sandbox;
  let at: Addresses;
  let browser: Browser;
  let context: BrowserContext;
  /** The addresses of all pages and frames, as a history or an extension records them. */
  const addresses: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    sandbox = new Sandbox((part, line) => printed.push(`${part} ${line}`), {
      connected: false,
      anyPorts: true,
    });
    at = await sandbox.start();
    browser = await startBrowser(NO_THIRD_PARTY_COOKIES);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await sandbox.stop();
    // Codes are AQ and 48 random bytes, tokens are EAA and 120, and seals begin with eyJ.
    const secret = /AQ[\w-]{60}|EAA[\w-]{100}|sandbox-app-secret|eyJ[\w-]{20}/;
    expect(printed.filter((line) => secret.test(line))).toEqual([]);
  }, 30_000);
  beforeEach(async () => {
    errors.length = 0;
    // The service's certificate is self-signed; Zendesk's stand-in verifies it, a browser cannot.
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(8000);
    context.on('page', (page) => {
      page.on('framenavigated', (frame) => addresses.push(frame.url()));
      page.on('console', (message) => {
        const isIcon = message.location().url.endsWith('/favicon.ico');
        if (message.type() === 'error' && !isIcon) errors.push(message.text());
      });
      page.on('pageerror', (error) => errors.push(String(error)));
    });
  });
  afterEach(async () => {
    expect(await context.cookies()).toEqual([]);
    await context.close();
    await instagram('PATCH', '/_control/undocumented', { loginSeversOpener: false });
    expect(errors.filter((text) => !text.includes('status of 400'))).toEqual([]);
  });

  const instagram = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`${at.instagram}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return answer.json();
  };
  const accounts = async (): Promise<{ subdomain: string; name: string }[]> =>
    (await (await fetch(`${at.zendesk}/_control/accounts`)).json()) as [];
  const frameOf = (page: Page): FrameLocator => page.frameLocator('iframe[name=integration]');
  const addAccount = async (
    subdomain = 'omniwear',
    locale = 'en-US',
  ): Promise<{ page: Page; frame: FrameLocator }> => {
    const page = await context.newPage();
    await page.goto(`${at.zendesk}/admin/${subdomain}/accounts/new?locale=${locale}`);
    return { page, frame: frameOf(page) };
  };
  const openWindow = async (page: Page, frame: FrameLocator): Promise<Page> => {
    const [popUp] = await Promise.all([
      page.waitForEvent('popup'),
      frame.locator('#log-in button').click(),
    ]);
    await popUp.getByText('omniwear.zendesk.com', { exact: false }).first().waitFor();
    await popUp.locator('#move-on').click();
    await popUp.locator('#cancel').waitFor();
    return popUp;
  };
  const login = async (page: Page, frame: FrameLocator, person: string): Promise<Page> => {
    const popUp = await openWindow(page, frame);
    await popUp.locator(`#${person}`).click();
    return popUp;
  };
  const account = (frame: FrameLocator): Promise<void> =>
    frame.getByRole('heading', { level: 1, name: /Instagram account @/ }).waitFor();
  /** The findings of axe in a page or in the integration's frame. */
  const violations = async (page: Page, framed = true): Promise<string[]> => {
    const frame = framed
      ? page.frames().find((each) => each.url().startsWith(at.service))
      : page.mainFrame();
    if (frame === undefined) throw new Error('the frame is not there');
    return frame.evaluate(async (axe) => {
      // The page's policy blocks other scripts, but not those that a debugger evaluates.
      (0, eval)(axe);
      const { axe: run } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const result = await run.run();
      return result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
    }, AXE);
  };

  it('adds Omniwear, likes in its ticket and edits the account', async () => {
    const page = await context.newPage();
    await page.goto(`${at.zendesk}/admin`);
    await page.getByRole('link', { name: 'Add account' }).click();
    const frame = frameOf(page);
    const popUp = await login(page, frame, 'olivia');
    await account(frame);
    if (!popUp.isClosed()) await popUp.waitForEvent('close');
    await frame.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: '@omniwear' }).waitFor();

    const ticket = async (): Promise<number> =>
      (await fetch(`${at.zendesk}/_control/tickets/62`)).status;
    while ((await ticket()) !== 200) await page.waitForTimeout(50);
    const agent = await AgentPage.open(browser, at);
    const heart = `media/${OMNIWEAR.photoId}`;
    await agent.heart(heart).click();
    expect(await agent.settled(heart)).toBe('true');
    await agent.close();
    const omniwear = await instagram('GET', `/_control/accounts/${OMNIWEAR.igUserId}`);
    expect(omniwear).toMatchObject({ likes: [OMNIWEAR.photoId] });

    await page.getByRole('link', { name: 'Edit' }).click();
    await frame.getByLabel('Name in Zendesk').fill('Omniwear <b>');
    await frame.getByLabel('Each comment, with its replies').check();
    await frame.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: 'Omniwear <b>' }).waitFor();
    await page.getByRole('link', { name: 'Edit' }).click();
    expect(await frame.getByLabel('Each comment, with its replies').isChecked()).toBe(true);
    await frame.getByRole('button', { name: 'Like and unlike' }).click();
    await frame.getByText('removed and set again').waitFor();
    expect(await accounts()).toHaveLength(1);
  });

  it('continues with the code if the window loses the page that opened it', async () => {
    await instagram('PATCH', '/_control/undocumented', { loginSeversOpener: true });
    const { page, frame } = await addAccount();
    const popUp = await login(page, frame, 'olivia');
    const code = (await popUp.locator('output').textContent()) ?? '';
    await frame.getByLabel('Code from the login window').fill(code.toLowerCase());
    await frame.getByRole('button', { name: 'Continue' }).click();
    await account(frame);
    expect(popUp.isClosed()).toBe(false);
    expect(popUp.url()).toBe(`${at.service}/admin/log-in/callback`);
  });

  it('works with the keyboard only', async () => {
    const { page, frame } = await addAccount();
    await frame.locator('#log-in button').focus();
    const [popUp] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
    await popUp.locator('#move-on').press('Enter');
    await popUp.locator('#theo').press('Enter');
    await frame.getByLabel('@omniwear', { exact: true }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await frame.getByRole('heading', { name: '@omniwear.outlet' }).waitFor();
    await frame.locator('#save').press('Enter');
    await page.getByRole('cell', { name: '@omniwear.outlet' }).waitFor();
    await page.goto(`${at.zendesk}/agent`);
    const check = page.getByRole('button', { name: 'Check for new comments' });
    const ticket = page.getByRole('link', { name: /Is there a small one left/ });
    while (!(await ticket.isVisible())) await check.click();
  });

  it('names the certificate to accept above a frame that stays empty', async () => {
    const strict = await browser.newContext();
    const page = await strict.newPage();
    await page.goto(`${at.zendesk}/admin/omniwear/accounts/new`);
    const link = page.getByText('Nothing below?').getByRole('link');
    expect(await link.getAttribute('href')).toBe(`${at.service}/docs`);
    await strict.close();
  });

  it('works without JavaScript, by its buttons', async () => {
    const { zendesk, service } = at;
    const plain = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false });
    const page = await plain.newPage();
    const finalizer = `${zendesk}/admin/trailhead/zendesk/channels/integration_service_instances/editor_finalizer?account=`;
    // Zendesk's own page needs JavaScript to fill its frame, so this page has its form.
    await page.setContent(`<form method="post" action="${service}/admin_ui">
<input name="return_url" value="${finalizer}"><input name="subdomain" value="trailhead"><button>Go</button></form>`);
    await page.getByRole('button', { name: 'Go' }).click();
    const [window] = await Promise.all([
      page.waitForEvent('popup'),
      page.locator('#log-in button').click(),
    ]);
    await window.locator('#move-on').click();
    await window.locator('#olivia').click();
    const code = (await window.locator('output').textContent()) ?? '';
    await page.getByLabel('Code from the login window').fill(code);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.locator('#save').click();
    await page.getByRole('button', { name: 'Continue to Zendesk' }).click();
    await page.getByText('Saved.').waitFor();
    await plain.close();
  });

  describe('posts nothing and explains why', () => {
    let before: unknown;
    beforeEach(async () => {
      before = await accounts();
    });
    afterEach(async () => {
      expect(await accounts()).toEqual(before);
    });

    it('when the person refuses', async () => {
      const { page, frame } = await addAccount();
      const popUp = await openWindow(page, frame);
      await popUp.locator('#cancel').click();
      await popUp.getByRole('heading', { name: 'You are not logged in' }).waitFor();
      expect(popUp.url()).toBe(`${at.service}/admin/log-in/callback`);
      await frame.getByText('Access was refused in the Facebook window').waitFor();
      await frame.locator('#log-in button').waitFor();
    });

    it.each([
      ['noah', 'You manage no Facebook Page'],
      ['emma', 'You manage no Facebook Page'],
      ['leon', 'Facebook did not accept this login'],
    ])('when %s logs in', async (person, text) => {
      const { page, frame } = await addAccount();
      await login(page, frame, person);
      await frame.getByText(text).waitFor();
    });

    it('when the code is reused or the state is forged', async () => {
      const { page, frame } = await addAccount();
      const popUp = await openWindow(page, frame);
      const callback = popUp.waitForRequest(/log-in\/callback/);
      await popUp.locator('#olivia').click();
      const url = (await callback).url();
      await account(frame);
      const again = await context.newPage();
      for (const address of [url, url.replace(/state=[^&]{8}/, 'state=forged00')]) {
        await again.goto(address);
        await again.getByRole('heading', { name: 'This login cannot be used' }).waitFor();
        expect(again.url()).toBe(`${at.service}/admin/log-in/callback`);
      }
    });

    it.each([
      ['http://omniwear.zendesk.com/x', 'omniwear', 'not https'],
      ['https://omniwear.zendesk.com.evil.example/x', 'omniwear', 'does not belong'],
      ['https://omniwear.zendesk.com/x', 'trailhead', 'does not belong'],
    ])('when the account would be sent to %s for %s', async (returnUrl, subdomain, text) => {
      const page = await context.newPage();
      await page.goto(`${at.zendesk}/admin/omniwear/accounts/new`);
      await frameOf(page).locator('#log-in button').waitFor();
      await page.evaluate(
        ([to, label]) => {
          const { document } = globalThis as unknown as {
            document: {
              getElementById(id: string): {
                elements: Record<string, { value: string }>;
                submit(): void;
              };
            };
          };
          const form = document.getElementById('editor');
          const [url, zendesk] = [form.elements.return_url, form.elements.subdomain];
          if (url !== undefined) url.value = to;
          if (zendesk !== undefined) zendesk.value = label;
          form.submit();
        },
        [returnUrl, subdomain] as const,
      );
      await frameOf(page).getByRole('alert').getByText(text).waitFor();
      expect(await frameOf(page).locator('form').count()).toBe(0);
    });
  });

  it('can be framed only by Zendesk', async () => {
    const page = await context.newPage();
    // Another site on this machine: Chromium blocks remote sites from reaching it.
    await page.goto(`${at.instagram}/_control/accounts/${OMNIWEAR.igUserId}`);
    await page.setContent(
      `<form method="post" action="${at.service}/admin_ui" target="f"><input name="return_url" value="${at.zendesk}/x"><input name="subdomain" value="omniwear"><button>Go</button></form><iframe name="f"></iframe>`,
    );
    const refused = page.waitForEvent('console', (message) =>
      message
        .text()
        .includes('violates the following Content Security Policy directive: "frame-ancestors'),
    );
    await page.getByRole('button').click();
    await refused;
    expect(await page.frameLocator('iframe').locator('#log-in').count()).toBe(0);
    errors.length = 0;
  });

  it('is accessible on each page, according to axe', async () => {
    const { page, frame } = await addAccount();
    await frame.locator('#log-in button').waitFor();
    expect(['connect', await violations(page)]).toEqual(['connect', []]);
    await frame.locator('summary').click();
    const popUp = await openWindow(page, frame);
    await frame.getByRole('heading', { name: 'Waiting' }).waitFor();
    expect(['waiting', await violations(page)]).toEqual(['waiting', []]);
    await popUp.locator('#theo').click();
    await frame.getByRole('heading', { name: 'Choose an account' }).waitFor();
    expect(['choose', await violations(page)]).toEqual(['choose', []]);
    await frame.getByRole('button', { name: 'Choose' }).click();
    await account(frame);
    expect(['check', await violations(page)]).toEqual(['check', []]);
    await frame.getByLabel('Days of earlier').fill('x');
    await frame.locator('#save').click();
    await frame.getByText('Enter a whole number').waitFor();
    expect(['faults', await violations(page)]).toEqual(['faults', []]);

    const other = await addAccount();
    await login(other.page, other.frame, 'mila');
    await account(other.frame);
    expect(['cannot like', await violations(other.page)]).toEqual(['cannot like', []]);

    const window = await context.newPage();
    await window.goto(`${at.service}/admin/log-in/callback?state=forged&code=x`);
    expect(['window', await violations(window, false)]).toEqual(['window', []]);

    const failed = await context.newPage();
    await failed.setContent(
      `<form method="post" action="${at.service}/admin_ui"><button>Go</button></form>`,
    );
    await failed.getByRole('button').click();
    await failed.getByRole('alert').waitFor();
    expect(['error', await violations(failed, false)]).toEqual(['error', []]);
  });

  it.each(['de-DE', 'es', 'fr-FR', 'ja'])('fits a small frame in %s', async (locale) => {
    const { page, frame } = await addAccount('omniwear', locale);
    await page.setViewportSize({ width: 400, height: 800 });
    await login(page, frame, 'mila');
    await frame.locator('#save').waitFor();
    const framed = page.frames().find((each) => each.url().startsWith(at.service));
    const wider = await framed?.evaluate(() => {
      const { document } = globalThis as unknown as {
        document: { documentElement: { scrollWidth: number; clientWidth: number } };
      };
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    expect(wider).toBe(0);
  });

  it('leaves no code, token or seal in an address', () => {
    const ours = addresses.filter((address) => address.startsWith(at.service));
    expect(ours.length).toBeGreaterThan(20);
    // Only Facebook's redirect has a code in its address; the page replaces the address at once.
    const withQuery = ours.filter((address) => address.includes('?'));
    expect(withQuery.filter((address) => !address.includes('/admin/log-in/callback?'))).toEqual([]);
    expect(addresses.filter((address) => /EAA|eyJ|secret/.test(address))).toEqual([]);
  });
});
