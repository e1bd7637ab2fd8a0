import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import type { Addresses } from '../../sandbox/sandbox.js';

/** How long the app may take to show something. */
const SHOWN_MAX_MS = 15_000;

/** Parts of the browser's API that Node's types lack. */
interface Styles {
  getComputedStyle(element: unknown): { outlineStyle: string; animationName: string };
}

interface Box {
  readonly outerHTML: string;
  getBoundingClientRect(): { left: number; right: number };
  querySelectorAll(selector: string): Iterable<Box>;
}

export interface AgentPageOptions {
  ticket?: string;
  /** The query of the page's address, such as `agent=2`, `locale=ar` or `colorScheme=dark`. */
  query?: string;
  width?: number;
  reducedMotion?: 'reduce';
  /** The colours that the agent's system prefers. */
  prefers?: 'light' | 'dark';
  /** Whether to wait for the hearts. */
  waits?: boolean;
}

/** A ticket's page in the agent workspace, with the packaged app in its frame. */
export class AgentPage {
  readonly app: FrameLocator;
  /** Errors of the page and of the app in it; there should be none. */
  readonly errors: string[] = [];
  /** Addresses outside this machine that the page requested; there should be none. */
  readonly strayRequests: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    this.app = page.frameLocator('#app iframe');
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol.startsWith('http') && hostname !== '127.0.0.1') {
        this.strayRequests.push(request.url());
      }
    });
  }

  static async open(
    browser: Browser,
    at: Addresses,
    {
      ticket = '62',
      query = '',
      width = 1000,
      reducedMotion,
      prefers = 'light',
      waits = true,
    }: AgentPageOptions = {},
  ): Promise<AgentPage> {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: prefers,
      ...(reducedMotion === undefined ? {} : { reducedMotion }),
    });
    const opened = new AgentPage(context, await context.newPage());
    await opened.page.goto(`${at.zendesk}/agent/tickets/${ticket}?${query}`);
    if (waits) await opened.heart().first().waitFor({ timeout: SHOWN_MAX_MS });
    return opened;
  }

  /** The heart of a target, `media/<id>` or `comment/<id>`; all hearts if there is none. */
  heart(target?: string): Locator {
    return this.app.locator(target === undefined ? '.heart' : `[data-target="${target}"]`);
  }

  /** The state of a heart when nothing is being sent. */
  async settled(target: string): Promise<string | null> {
    await this.app
      .locator(`[data-target="${target}"]:not([data-state="sending"])`)
      .waitFor({ timeout: SHOWN_MAX_MS });
    return this.heart(target).getAttribute('aria-pressed');
  }

  /** Waits until the app shows a text. */
  async shows(text: string | RegExp): Promise<void> {
    await this.app.getByText(text).first().waitFor({ timeout: SHOWN_MAX_MS });
  }

  /** The outline of an element: `solid` with the focus, otherwise `none`. */
  readOutline(element: Locator): Promise<string> {
    return element.evaluate(
      (focused) => (globalThis as unknown as Styles).getComputedStyle(focused).outlineStyle,
    );
  }

  /** The name of an element's animation; `none` without one. */
  readAnimation(element: Locator): Promise<string> {
    return element.evaluate(
      (moving) => (globalThis as unknown as Styles).getComputedStyle(moving).animationName,
    );
  }

  /** Elements that are wider than the app's frame. */
  overflow(): Promise<string[]> {
    return this.app.locator('body').evaluate((body) => {
      const { right, left } = (body as unknown as Box).getBoundingClientRect();
      return [...(body as unknown as Box).querySelectorAll('body *:not(.visually-hidden)')]
        .filter((inner) => {
          const box = inner.getBoundingClientRect();
          return box.right > right + 1 || box.left < left - 1;
        })
        .map((inner) => inner.outerHTML.slice(0, 200));
    });
  }

  /** The width of the loaded photo; 0 without one. */
  readPictureWidth(): Promise<number> {
    return this.app
      .locator('.frame img')
      .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
