import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { type Addresses, Sandbox } from '../../sandbox/sandbox.js';
import { startBrowser } from '../support/browser.js';

/** The whole of it, as an admin sees it: Zendesk's Admin Center, our page in its frame, Facebook in its window. */
describe('connecting an account', () => {
  const printed: string[] = [];
  let sandbox: Sandbox;
  let at: Addresses;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    sandbox = new Sandbox((part, line) => printed.push(`${part} ${line}`), { connected: false });
    at = await sandbox.start();
    browser = await startBrowser('--test-third-party-cookie-phaseout');
    // The service's certificate is home-made; Zendesk's stand-in verifies it, a browser cannot.
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(10_000);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await sandbox.stop();
  }, 30_000);

  const frameOf = (page: Page): FrameLocator => page.frameLocator('iframe[name=integration]');
  const addAccount = async (): Promise<{ page: Page; frame: FrameLocator }> => {
    const page = await context.newPage();
    await page.goto(`${at.zendesk}/admin`);
    await page.getByRole('link', { name: 'Add account' }).click();
    return { page, frame: frameOf(page) };
  };
  const logIn = async (page: Page, frame: FrameLocator, person: string): Promise<Page> => {
    const [popUp] = await Promise.all([
      page.waitForEvent('popup'),
      frame.getByRole('button', { name: /Log in with Facebook/ }).click(),
    ]);
    await popUp.locator(`#${person}`).click();
    return popUp;
  };

  it('adds Omniwear through the window, and its ticket gets its heart', async () => {
    const { page, frame } = await addAccount();
    await logIn(page, frame, 'olivia');
    await frame.getByRole('heading', { name: 'Instagram account @omniwear' }).waitFor();
    await frame.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: '@omniwear' }).waitFor();

    const query = 'ticket_id=62&post_to_path=/like';
    const answer = await fetch(`${at.zendesk}/api/v2/any_channel/proxy.json?${query}`, {
      method: 'POST',
      body: JSON.stringify({ media_id: OMNIWEAR.photoId, liked: 'true' }),
    });
    expect(await answer.json()).toMatchObject({ ok: true, liked: true });
    const account = await fetch(`${at.instagram}/_control/accounts/${OMNIWEAR.igUserId}`);
    expect(await account.json()).toMatchObject({ likes: [OMNIWEAR.photoId] });
    await page.close();
  });
});
