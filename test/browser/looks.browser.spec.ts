import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { violationsIn } from '../support/accessibility.js';
import type { AgentPage } from '../support/agent-page.js';
import { useAgentSandbox } from '../support/use-agent-sandbox.js';

/** A DOM element's fields, which Node's types do not have. */
interface Box {
  readonly scrollWidth: number;
  readonly clientWidth: number;
}

const PHOTO = `media/${OMNIWEAR.photoId}`;
const REPLY = 'comment/17873440459141022';

/** A folder for a screenshot of each state; no screenshots if it is not set. */
const PICTURES = process.env.PICTURES;

/** Unicode marks that would change the direction of the text around them. */
const DIRECTION_MARKS = '\u202Eevil\u202D \u2066\u200F';

/** Checks each state of the app with axe, in light and dark colours. */
describe('the sidebar is accessible', () => {
  const sandbox = useAgentSandbox();

  const check = async ({ page }: AgentPage, state: string): Promise<void> => {
    if (PICTURES !== undefined) {
      await page.screenshot({ path: join(PICTURES, `${state}.png`), fullPage: true });
    }
    expect(await violationsIn(page)).toEqual([]);
  };
  const checkInBothColours = async (opened: AgentPage, state: string): Promise<void> => {
    await check(opened, `${state}-light`);
    await opened.page.getByRole('button', { name: 'Light or dark' }).click();
    await opened.app.locator(':root[data-color-scheme="dark"]').waitFor();
    // Garden animates the colours of its buttons.
    await opened.page.waitForTimeout(400);
    await check(opened, `${state}-dark`);
  };

  it('while it loads, also slowly', async () => {
    await sandbox.instagram('POST', '/_control/faults', {
      kind: 'delay',
      ms: 5_500,
      path: `/${OMNIWEAR.photoId}`,
    });
    const opened = await sandbox.open({ waits: false });
    await opened.shows('Loading from Instagram');
    await check(opened, 'loading-light');
    await opened.shows(/This is taking longer than usual/);
    await checkInBothColours(opened, 'loading-slowly');
    await opened.heart(PHOTO).waitFor();
  }, 30_000);

  it('with liked, not liked and unknown hearts', async () => {
    await sandbox.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true });
    await sandbox.proxy('/like', { comment_id: OMNIWEAR.commentId, liked: false });
    const opened = await sandbox.open();
    expect(await opened.heart(REPLY).getAttribute('aria-pressed')).toBe('mixed');
    await checkInBothColours(opened, 'hearts');
  });

  it('while it sends a click slowly', async () => {
    await sandbox.failLike({ kind: 'delay', ms: 5_000 });
    const opened = await sandbox.open();
    await opened.heart(PHOTO).click();
    await opened.shows('This is taking longer than usual.');
    await checkInBothColours(opened, 'sending-slowly');
    expect(await opened.settled(PHOTO)).toBe('true');
  }, 30_000);

  it('after Instagram rejected a click', async () => {
    const opened = await sandbox.open();
    // A refusal that pauses no later call.
    await sandbox.failLike({ kind: 'graph_error', code: 100, subcode: 33 });
    await opened.heart(PHOTO).click();
    await opened.shows('Code: target_not_likeable');
    await checkInBothColours(opened, 'refused');
  });

  it('after a click was lost', async () => {
    await sandbox.proxy('/like', { comment_id: '17873440459141022', liked: false });
    const opened = await sandbox.open();
    await sandbox.failLike({ kind: 'cut_before' });
    await opened.heart(REPLY).click();
    await opened.shows(/Instagram did not confirm it/);
    await checkInBothColours(opened, 'lost');
  });

  it('without a connection', async () => {
    const opened = await sandbox.open();
    await opened.context.setOffline(true);
    await opened.app.getByRole('button', { name: 'Refresh' }).click();
    await opened.shows('There is no connection to Zendesk.');
    await checkInBothColours(opened, 'offline');
    await opened.context.setOffline(false);
  });

  it('in a window of 320 pixels, with nothing cut off', async () => {
    await sandbox.proxy('/like', { media_id: OMNIWEAR.photoId, liked: true });
    const opened = await sandbox.open({ width: 320 });
    await check(opened, 'narrow');
    expect(await opened.overflow()).toEqual([]);
    expect(await opened.heart(PHOTO).isVisible()).toBe(true);
    await opened.heart(PHOTO).click();
    expect(await opened.settled(PHOTO)).toBe('false');
    expect(await sandbox.likes()).toEqual([]);
  });

  it("in Zendesk's colours from the start, even if the system prefers others", async () => {
    const dark = await sandbox.open({ query: 'colorScheme=dark' });
    expect(await dark.app.locator(':root').getAttribute('data-color-scheme')).toBe('dark');
    await dark.heart(PHOTO).click();
    expect(await dark.settled(PHOTO)).toBe('true');
    expect(await sandbox.likes()).toEqual([OMNIWEAR.photoId]);
    const light = await sandbox.open({ prefers: 'dark' });
    expect(await light.app.locator(':root').getAttribute('data-color-scheme')).toBe('light');
    await check(light, 'light-in-a-dark-system');
  });

  it('from right to left for an Arabic agent', async () => {
    const opened = await sandbox.open({ query: 'locale=ar' });
    expect(await opened.app.locator(':root').getAttribute('dir')).toBe('rtl');
    const refresh = await opened.app.getByRole('button', { name: 'Refresh' }).boundingBox();
    const acting = await opened.app.getByText('as @omniwear').boundingBox();
    expect(refresh?.x).toBeLessThan(acting?.x ?? 0);
    await sandbox.failLike({ kind: 'graph_error', code: 100, subcode: 33 });
    await opened.heart(PHOTO).click();
    await opened.shows('Code: target_not_likeable');
    await checkInBothColours(opened, 'right-to-left');
    await opened.heart(PHOTO).click();
    expect(await opened.settled(PHOTO)).toBe('true');
    expect(await sandbox.likes()).toEqual([OMNIWEAR.photoId]);
  });

  it.each([
    ['de', 'als @omniwear'],
    ['es', 'como @omniwear'],
    ['fr', 'en tant que @omniwear'],
    ['ja', '@omniwearとして'],
  ])('in the language %s', async (locale, words) => {
    const opened = await sandbox.open({ query: `locale=${locale}` });
    await opened.shows(words);
    expect(await opened.app.locator(':root').getAttribute('lang')).toBe(locale);
    expect(await opened.overflow()).toEqual([]);
    await check(opened, `language-${locale}`);
  });

  it('without animation for an agent who prefers reduced motion', async () => {
    await sandbox.failLike({ kind: 'delay', ms: 1_500 });
    const opened = await sandbox.open({ reducedMotion: 'reduce' });
    await opened.heart(PHOTO).click();
    expect(await opened.readAnimation(opened.heart(PHOTO).locator('svg'))).toBe('none');
    expect(await opened.settled(PHOTO)).toBe('true');
    expect(await sandbox.likes()).toEqual([OMNIWEAR.photoId]);
  });

  it('with markup and direction marks in captions and comments, shown as text', async () => {
    const script = '<script>globalThis.hacked = 1</script>';
    const picture = '<img src=x onerror="parent.hacked=1;hacked=1"><b>bold</b>';
    await sandbox.instagram('PATCH', `/_control/media/${OMNIWEAR.reelId}`, {
      caption: `Hostile caption ${script}${picture} ${DIRECTION_MARKS}`,
    });
    const long = 'x'.repeat(9_990) + '🏳️‍🌈 fin';
    const families = '👩‍👩‍👧‍👦'.repeat(50);
    const texts = [script, picture, long, DIRECTION_MARKS, families, 'שלום עולם'];
    const ids: string[] = [];
    for (const text of texts) {
      ids.push(await sandbox.comment(OMNIWEAR.reelId, text));
    }
    const opened = await sandbox.open({ ticket: await sandbox.ticketAbout('Hostile caption') });
    await opened.heart(`comment/${ids[0] ?? ''}`).waitFor();
    expect(await opened.app.locator('.caption').textContent()).toBe(
      `Hostile caption ${script}${picture} ${DIRECTION_MARKS}`,
    );
    const shown = await opened.app.locator('.comment-text').allTextContents();
    expect(shown.toReversed()).toEqual(texts);
    expect(
      await opened.app.locator('script:not([src]), b, .comment img, .caption img').count(),
    ).toBe(0);
    expect(await opened.page.evaluate('globalThis.hacked')).toBeUndefined();
    expect(await opened.overflow()).toEqual([]);
    // A direction mark ends with its text. The author's name next to it is unchanged.
    await checkInBothColours(opened, 'hostile');
    const more = opened.app.getByRole('button', { name: 'Show all' });
    await more.first().click();
    await opened.shows('Show less');
    await opened.heart(`comment/${ids[0] ?? ''}`).click();
    expect(await opened.settled(`comment/${ids[0] ?? ''}`)).toBe('true');
    expect(await sandbox.likes()).toEqual([ids[0]]);
  });

  describe('if the account was connected without the permission to like', () => {
    beforeAll(() => sandbox.connect({ scopes: ['instagram_basic', 'instagram_manage_comments'] }));
    afterAll(() => sandbox.connect({}));

    it('says what the administrator must do', async () => {
      const opened = await sandbox.open();
      await opened.shows('Liking is not possible');
      await opened.shows(/without the permission instagram_manage_engagement/);
      await opened.shows(/Ask an administrator to reconnect the Instagram account and grant/);
      expect(await opened.app.locator('.heart:enabled').count()).toBe(0);
      const held = await sandbox.likes();
      await opened.heart(PHOTO).click({ force: true });
      expect(await sandbox.likes()).toEqual(held);
      // No heart explains what a click would do.
      expect(await opened.app.getByText(/Click to like|Click again/).count()).toBe(1);
      expect(await opened.app.locator('#unknown-note').isVisible()).toBe(false);
      expect(await opened.app.locator('[aria-describedby]').count()).toBe(0);
      await checkInBothColours(opened, 'not-possible');
    });

    it('wraps the name of the permission in a frame of 270 pixels', async () => {
      const opened = await sandbox.open({ width: 296 });
      await opened.shows(/without the permission instagram_manage_engagement/);
      await check(opened, 'not-possible-narrow');
      expect(
        await opened.app.locator('body').evaluate((body) => (body as unknown as Box).clientWidth),
      ).toBe(270);
      const overflows = await opened.app
        .locator('.c-callout__paragraph')
        .evaluateAll((paragraphs) =>
          (paragraphs as unknown as Box[]).map(
            ({ scrollWidth, clientWidth }) => scrollWidth - clientWidth,
          ),
        );
      expect(overflows).toEqual([0, 0, 0]);
    });
  });

  // The last one of this account, because calls with its token pause after it.
  it('after the login has expired', async () => {
    await sandbox.instagram('PATCH', `/_control/tokens/${OMNIWEAR.token}`, { expiresAt: 1 });
    const opened = await sandbox.open({ waits: false });
    await opened.shows('Code: auth_expired');
    await checkInBothColours(opened, 'login-expired');
  });
});
