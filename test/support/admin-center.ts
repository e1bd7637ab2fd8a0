import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { type Addresses, Sandbox } from '../../sandbox/sandbox.js';
import { startBrowser } from './browser.js';

/** Chromium stores no cookies and no data for sites that another site frames. */
const NO_THIRD_PARTY_COOKIES = '--test-third-party-cookie-phaseout';
/** Codes are AQ and 48 random bytes, tokens are EAA and 120, and seals begin with eyJ. */
const SECRET = /AQ[\w-]{60}|EAA[\w-]{100}|sandbox-app-secret|eyJ[\w-]{20}/;

/** An admin in Zendesk's Admin Center, with the page in its frame and Facebook in its window. */
export class AdminCenter {
  browser!: Browser;
  context!: BrowserContext;
  at!: Addresses;
  /** The addresses of all pages and frames, as a history or an extension records them. */
  private readonly addresses: string[] = [];
  readonly errors: string[] = [];
  private readonly printed: string[] = [];
  private readonly sandbox = new Sandbox((part, line) => this.printed.push(`${part} ${line}`), {
    connected: false,
    anyPorts: true,
  });

  async start(): Promise<void> {
    this.at = await this.sandbox.start();
    this.browser = await startBrowser(NO_THIRD_PARTY_COOKIES);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.sandbox.stop();
    expect(this.printed.filter((line) => SECRET.test(line))).toEqual([]);
    this.expectCleanAddresses();
  }

  /** The addresses of the service's own pages. */
  get ownAddresses(): string[] {
    return this.addresses.filter((address) => address.startsWith(this.at.service));
  }

  /** Only Facebook's redirect has a code in its address; the page replaces the address at once. */
  expectCleanAddresses(): void {
    const withQuery = this.ownAddresses.filter((address) => address.includes('?'));
    expect(withQuery.filter((address) => !address.includes('/admin/log-in/callback?'))).toEqual([]);
    expect(this.addresses.filter((address) => /EAA|eyJ|secret/.test(address))).toEqual([]);
  }

  async openBrowser(): Promise<void> {
    this.errors.length = 0;
    // The service's certificate is self-signed; Zendesk's stand-in verifies it, a browser cannot.
    this.context = await this.browser.newContext({ ignoreHTTPSErrors: true });
    this.context.setDefaultTimeout(8000);
    this.context.on('page', (page) => {
      page.on('framenavigated', (frame) => this.addresses.push(frame.url()));
      page.on('console', (message) => {
        const isIcon = message.location().url.endsWith('/favicon.ico');
        if (message.type() === 'error' && !isIcon) this.errors.push(message.text());
      });
      page.on('pageerror', (error) => this.errors.push(String(error)));
    });
  }

  async closeBrowser(): Promise<void> {
    expect(await this.context.cookies()).toEqual([]);
    await this.context.close();
    await this.severOpener(false);
    expect(this.errors.filter((text) => !text.includes('status of 400'))).toEqual([]);
  }

  /** Whether Facebook's pages disconnect the window from the page that opened it. */
  async severOpener(loginSeversOpener: boolean): Promise<void> {
    await fetch(`${this.at.instagram}/_control/undocumented`, {
      method: 'PATCH',
      body: JSON.stringify({ loginSeversOpener }),
      headers: { 'content-type': 'application/json' },
    });
  }

  /** The accounts that Zendesk has. */
  async readAccounts(): Promise<{ subdomain: string; name: string }[]> {
    return (await (await fetch(`${this.at.zendesk}/_control/accounts`)).json()) as [];
  }

  findFrame(page: Page): FrameLocator {
    return page.frameLocator('iframe[name=integration]');
  }

  async addAccount(
    subdomain = 'omniwear',
    locale = 'en-US',
  ): Promise<{ page: Page; frame: FrameLocator }> {
    const page = await this.context.newPage();
    await page.goto(`${this.at.zendesk}/admin/${subdomain}/accounts/new?locale=${locale}`);
    return { page, frame: this.findFrame(page) };
  }

  async openWindow(page: Page, frame: FrameLocator): Promise<Page> {
    const [popUp] = await Promise.all([
      page.waitForEvent('popup'),
      frame.locator('#log-in button').click(),
    ]);
    await popUp.getByText('omniwear.zendesk.com', { exact: false }).first().waitFor();
    await popUp.locator('#move-on').click();
    await popUp.locator('#cancel').waitFor();
    return popUp;
  }

  async login(page: Page, frame: FrameLocator, person: string): Promise<Page> {
    const popUp = await this.openWindow(page, frame);
    await popUp.locator(`#${person}`).click();
    return popUp;
  }

  async waitForAccount(frame: FrameLocator): Promise<void> {
    await frame.getByRole('heading', { level: 1, name: /Instagram account @/ }).waitFor();
  }
}

/** Starts a sandbox and a browser for the file, and a browser context for each test. */
export function useAdminCenter(): AdminCenter {
  const admin = new AdminCenter();
  beforeAll(() => admin.start(), 60_000);
  afterAll(() => admin.stop(), 30_000);
  beforeEach(() => admin.openBrowser());
  afterEach(() => admin.closeBrowser());
  return admin;
}
