import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { OMNIWEAR_ACCOUNT } from '../../sandbox/omniwear-account.js';
import { violationsIn } from '../support/accessibility.js';
import type { AgentPage } from '../support/agent-page.js';
import { useAgentSandbox } from '../support/use-agent-sandbox.js';

/** A folder for a screenshot of each state; no screenshots if it is not set. */
const PICTURES = process.env.PICTURES;

const commentId: string = OMNIWEAR.commentId;

const sandbox = useAgentSandbox();

/** Checks each state of a menu with axe, in both colours, narrow, and in all languages. */
describe('the menu of a comment is accessible', () => {
  beforeAll(() => sandbox.connect({ scopes: [...OMNIWEAR_ACCOUNT.scopes, 'pages_messaging'] }));

  const check = async (opened: AgentPage, state: string): Promise<void> => {
    if (PICTURES !== undefined) {
      await opened.page.screenshot({ path: join(PICTURES, `${state}.png`), fullPage: true });
    }
    expect(await violationsIn(opened.page)).toEqual([]);
    expect(await opened.overflow()).toEqual([]);
  };
  const switchColours = async ({ app, page }: AgentPage): Promise<void> => {
    const root = app.locator(':root');
    const before = await root.getAttribute('data-color-scheme');
    await page.getByRole('button', { name: 'Light or dark' }).click();
    await app.locator(`:root:not([data-color-scheme="${String(before)}"])`).waitFor();
    // Garden animates the colours of its buttons.
    await app.locator('body').evaluate(async (body) => {
      const { ownerDocument } = body as unknown as Animated;
      await Promise.all(ownerDocument.getAnimations().map(({ finished }) => finished));
    });
  };
  /** @param again shows what a click outside the app's frame closes. */
  const checkInBothColours = async (
    opened: AgentPage,
    state: string,
    again?: () => Promise<void>,
  ): Promise<void> => {
    await check(opened, `${state}-light`);
    await switchColours(opened);
    await again?.();
    await check(opened, `${state}-dark`);
    await switchColours(opened);
  };
  const commentIn = ({ app }: AgentPage, id = commentId): Locator =>
    app.locator(`[data-comment="${id}"]`);
  const openMenu = (opened: AgentPage, id?: string): Promise<void> =>
    commentIn(opened, id).locator('.menu-button').click();
  /** Chooses the entry at an index, in any language. */
  const choose = async (opened: AgentPage, index: number, id?: string): Promise<void> => {
    await openMenu(opened, id);
    await opened.app.getByRole('menuitem').nth(index).click();
  };
  const failNext = (path: string, fault: object): Promise<unknown> =>
    sandbox.instagram('POST', '/_control/faults', { method: 'POST', path, ...fault });

  it.each([
    ['wide', 1000, ''],
    ['narrow', 320, ''],
    ['right-to-left', 320, 'locale=ar'],
  ])('open, with a question and with a private answer: %s', async (name, width, query) => {
    const opened = await sandbox.open({ width, query });
    await openMenu(opened);
    await checkInBothColours(opened, `${name}-menu`, () => openMenu(opened));
    expect(await opened.app.getByRole('menu').count()).toBe(0);
    await choose(opened, 2);
    await checkInBothColours(opened, `${name}-delete`);
    await opened.page.keyboard.press('Escape');
    await choose(opened, 0);
    await opened.app.getByRole('textbox').fill('Grün gibt es im Frühling. '.repeat(40));
    await opened.app.getByRole('alert').waitFor();
    await checkInBothColours(opened, `${name}-reply`);
  });

  it('with results, refusals and lost answers', async () => {
    const id = await sandbox.comment(OMNIWEAR.photoId, 'Is it warm enough for the winter?');
    const gone = await sandbox.comment(OMNIWEAR.photoId, 'Buy followers at example.com');
    const opened = await sandbox.open();
    await choose(opened, 1);
    await commentIn(opened).getByText('Hidden on Instagram').waitFor();
    await choose(opened, 0);
    await opened.app.getByRole('textbox').fill('Hello Mira');
    await opened.app.getByRole('button', { name: 'Send' }).click();
    await commentIn(opened)
      .getByText(/Answered in private/)
      .waitFor();
    await failNext(`/${id}`, { kind: 'cut_before' });
    await choose(opened, 1, id);
    await commentIn(opened, id)
      .getByText(/Not known/)
      .waitFor();
    await choose(opened, 2, gone);
    await opened.app.getByRole('button', { name: 'Delete the comment by' }).click();
    await commentIn(opened, gone).getByText('Deleted on Instagram').waitFor();
    await openMenu(opened);
    await checkInBothColours(opened, 'results', () => openMenu(opened));
    await sandbox.proxy('/comment/hide', { comment_id: commentId, hidden: false });
  });

  it.each(['de', 'es', 'fr', 'ja'])('in the language %s, also its errors', async (locale) => {
    const opened = await sandbox.open({ query: `locale=${locale}`, width: 320 });
    await failNext(`/${commentId}`, { kind: 'graph_error', code: 100, subcode: 33 });
    await choose(opened, 1);
    await opened.app.getByText(/target_unavailable/).waitFor();
    // The sentence of the service is a detail, because it is in English.
    const english = opened.app.getByText(/It no longer exists on Instagram/);
    expect(await english.isVisible()).toBe(false);
    await opened.app.locator('summary').click();
    expect(await english.isVisible()).toBe(true);
    await choose(opened, 0);
    await opened.app.getByRole('textbox').fill('ä');
    await check(opened, `language-${locale}-reply`);
    await opened.page.keyboard.press('Escape');
    await choose(opened, 2);
    await check(opened, `language-${locale}-delete`);
    await opened.page.keyboard.press('Escape');
    await openMenu(opened);
    await check(opened, `language-${locale}-menu`);
  });
});

describe('the sidebar', () => {
  it('names each heart differently, and counts the own like from zero', async () => {
    await sandbox.comment(OMNIWEAR.photoId, 'The same text');
    const id = await sandbox.comment(OMNIWEAR.photoId, 'The same text');
    const opened = await sandbox.open();
    const names = await opened
      .heart()
      .evaluateAll((hearts) => (hearts as unknown as Named[]).map(({ ariaLabel }) => ariaLabel));
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('Like the comment by mira.hikes: Love it! Does it come in green?');
    await opened.heart(`comment/${id}`).click();
    expect(await opened.settled(`comment/${id}`)).toBe('true');
    expect(await sandbox.likes()).toEqual([id]);
    const count = opened.app.locator(`[data-comment="${id}"] .count`);
    expect(await count.getByText('Likes: 1').count()).toBe(1);
  });

  it("leads to a commenter's profile, and names the acting account", async () => {
    const opened = await sandbox.open();
    await opened.shows('You act as @omniwear');
    const link = opened.app.getByRole('link', { name: 'mira.hikes' }).first();
    expect(await link.getAttribute('href')).toBe('https://www.instagram.com/mira.hikes/');
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
  });

  it('works with a locale that has an underscore', async () => {
    const opened = await sandbox.open({ query: 'locale=pt_BR' });
    await opened.shows('You act as @omniwear');
    await opened.shows('mira.hikes');
  });

  it('gives one instruction after a lost click', async () => {
    const opened = await sandbox.open();
    await sandbox.failLike({ kind: 'cut_before' });
    await opened.heart(`comment/${commentId}`).click();
    await opened.shows(/Click again in two minutes\./);
    await opened.shows('Code: platform_unavailable');
    expect(await opened.app.getByText('Try again in a moment.').count()).toBe(0);
    expect(await opened.page.getByText(/Try again in a moment/).count()).toBe(0);
  });

  it('says that it works only in Zendesk, or that its script is missing', async () => {
    const opened = await sandbox.open();
    await opened.page.goto(`${sandbox.at.apps}/assets/iframe.html`);
    await opened.page.getByText('This app works only next to a ticket in Zendesk.').waitFor();
    expect(await violationsIn(opened.page)).toEqual([]);
    await opened.page.route('**/zaf_sdk.js', (route) => route.abort());
    await opened.page.reload();
    await opened.page.getByText('There is no connection to Zendesk.').waitFor();
  });
});

/** Parts of the browser's API that Node's types lack. */
interface Animated {
  readonly ownerDocument: { getAnimations(): { readonly finished: Promise<unknown> }[] };
}
interface Named {
  readonly ariaLabel: string | null;
}
