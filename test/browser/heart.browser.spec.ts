import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { useAgentSandbox } from '../support/use-agent-sandbox.js';

const PHOTO = `media/${OMNIWEAR.photoId}`;
const COMMENT = `comment/${OMNIWEAR.commentId}`;
/**
 * Omniwear's own reply. Tests that lose a click use it, because the service treats such a like as
 * pending for two minutes.
 */
const REPLY_ID = '17873440459141022';
const REPLY = `comment/${REPLY_ID}`;

/** Runs the packaged app in the sandbox. Each test checks the page and the likes at Instagram. */
describe('the heart in the sidebar', () => {
  const sandbox = useAgentSandbox();

  it('is unknown, with an explanation, until a click sets it', async () => {
    const page = await sandbox.open();
    const heart = page.heart(REPLY);
    expect(await heart.getAttribute('aria-pressed')).toBe('mixed');
    const note = await heart.getAttribute('aria-describedby');
    expect(await page.app.locator(`#${String(note)}`).innerText()).toMatch(
      /Instagram does not report .+ Click to like\./,
    );
    expect(await sandbox.likes()).toEqual([]);
    await heart.click();
    expect(await page.settled(REPLY)).toBe('true');
    expect(await sandbox.likes()).toEqual([REPLY_ID]);
    expect(await heart.getAttribute('aria-describedby')).toBeNull();
  });

  it('likes, unlikes and keeps the state after a reload', async () => {
    const page = await sandbox.open();
    await page.heart(COMMENT).click();
    expect(await page.settled(COMMENT)).toBe('true');
    expect(await sandbox.likes()).toEqual([OMNIWEAR.commentId]);

    await page.page.reload();
    await page.heart(COMMENT).waitFor();
    expect(await page.heart(COMMENT).getAttribute('aria-pressed')).toBe('true');

    await page.heart(COMMENT).click();
    expect(await page.settled(COMMENT)).toBe('false');
    expect(await sandbox.likes()).toEqual([]);
    await page.page.reload();
    await page.heart(COMMENT).waitFor();
    expect(await page.heart(COMMENT).getAttribute('aria-pressed')).toBe('false');
  });

  it("shows the photo, the account and Instagram's like count", async () => {
    const page = await sandbox.open();
    await page.shows('as @omniwear');
    await page.shows('The new trail jacket, straight from the rain. #omniwear');
    await page.shows('214');
    const link = page.app.getByRole('link', { name: 'Open on Instagram' });
    expect(await link.getAttribute('href')).toBe('https://www.instagram.com/p/DQx3fT0jK1a/');
    expect(await page.readPictureWidth()).toBeGreaterThan(0);
    await sandbox.proxy('/like', { media_id: OMNIWEAR.photoId, liked: false });
    await page.app.getByRole('button', { name: 'Refresh' }).click();
    await page.app.locator(`[data-target="${PHOTO}"][aria-pressed="false"]`).waitFor();
    await page.heart(PHOTO).click();
    expect(await page.settled(PHOTO)).toBe('true');
    await page.shows('215');
    expect(await sandbox.likes()).toEqual([OMNIWEAR.photoId]);
  });

  it("shows another agent's like after a refresh", async () => {
    const ada = await sandbox.open();
    const ben = await sandbox.open({ query: 'agent=2' });
    expect(await ben.page.getByText('Ben').count()).toBeGreaterThan(0);
    await ada.heart(PHOTO).click();
    expect(await ada.settled(PHOTO)).toBe('true');
    await ben.app.getByRole('button', { name: 'Refresh' }).click();
    await ben.app.locator(`[data-target="${PHOTO}"][aria-pressed="true"]`).waitFor();

    await ben.heart(PHOTO).click();
    expect(await ben.settled(PHOTO)).toBe('false');
    await ada.page.reload();
    await ada.heart(PHOTO).waitFor();
    expect(await ada.heart(PHOTO).getAttribute('aria-pressed')).toBe('false');
    expect(await sandbox.likes()).toEqual([]);
  });

  it("shows another agent's like when the agent returns to the ticket", async () => {
    await sandbox.proxy('/like', { media_id: OMNIWEAR.photoId, liked: false });
    const ada = await sandbox.open();
    const ben = await sandbox.open({ query: 'agent=2' });
    await ada.heart(PHOTO).click();
    expect(await ada.settled(PHOTO)).toBe('true');
    expect(await ben.heart(PHOTO).getAttribute('aria-pressed')).toBe('false');
    await ben.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await ben.app.locator(`[data-target="${PHOTO}"][aria-pressed="true"]`).waitFor();
    expect(await sandbox.likes()).toEqual([OMNIWEAR.photoId]);
  });

  it('says what the administrator must do if the permission is missing', async () => {
    await sandbox.proxy('/like', { media_id: OMNIWEAR.photoId, liked: false });
    await sandbox.instagram('PATCH', `/_control/tokens/${OMNIWEAR.token}`, {
      scopes: ['instagram_basic', 'instagram_manage_comments'],
    });
    const page = await sandbox.open();
    await page.heart(PHOTO).click();
    await page.shows(/without the permission/);
    await page.shows(/Ask an administrator to reconnect the Instagram account/);
    expect(await page.settled(PHOTO)).toBe('false');
    expect(await sandbox.likes()).toEqual([]);
  });

  it('reports a lost click and shows only the state of the service', async () => {
    await sandbox.proxy('/like', { comment_id: REPLY_ID, liked: false });
    const page = await sandbox.open();
    await sandbox.failLike({ kind: 'cut_after' });
    await page.heart(REPLY).click();
    expect(await page.settled(REPLY)).toBe('mixed');
    await page.shows(/an earlier click was sent, but Instagram did not confirm it/);
    expect(await sandbox.likes()).toEqual([REPLY_ID]);
    await page.heart(REPLY).click();
    expect(await page.settled(REPLY)).toBe('true');
    expect(await sandbox.likes()).toEqual([REPLY_ID]);
    await page.app.getByRole('button', { name: 'Refresh' }).click();
    await page.app.locator('[aria-busy]').waitFor({ state: 'detached' });

    // The lost like may still take effect after this.
    await page.heart(REPLY).click();
    expect(await page.settled(REPLY)).toBe('mixed');
    await page.shows(/Click again in two minutes\./);
    expect(await sandbox.likes()).toEqual([]);
    expect(await sandbox.proxy('/like/state', { comment_id: REPLY_ID })).toMatchObject({
      liked: null,
      source: 'pending',
    });
    await page.page.reload();
    await page.heart(REPLY).waitFor();
    expect(await page.heart(REPLY).getAttribute('aria-pressed')).toBe('mixed');
  });

  it('shows a note while the answer is slow', async () => {
    const page = await sandbox.open();
    await sandbox.failLike({ kind: 'delay', ms: 4_500 });
    await page.heart(PHOTO).click();
    await page.shows('This is taking longer than usual.');
    expect(await page.heart(PHOTO).getAttribute('data-state')).toBe('sending');
    expect(await page.settled(PHOTO)).toBe('true');
    expect(await sandbox.likes()).toEqual([OMNIWEAR.photoId]);
    expect(await page.app.getByText('This is taking longer than usual.').count()).toBe(0);
  }, 30_000);

  it('becomes unknown without an answer, because the like may arrive late', async () => {
    await sandbox.proxy('/like', { comment_id: OMNIWEAR.commentId, liked: false });
    const page = await sandbox.open();
    await sandbox.zendesk('POST', '/_control/proxy', { delay_ms: 14_000 });
    await page.heart(COMMENT).click();
    await sleep(1_000);
    // Only the click is delayed. The request for the state that follows is answered.
    await sandbox.zendesk('POST', '/_control/proxy', {});
    await page.shows('There was no answer in time.');
    expect(await page.settled(COMMENT)).toBe('mixed');
    expect(await sandbox.likes()).toEqual([]);
    await sleep(3_000);
    // The like arrived late, and a refresh shows it.
    expect(await sandbox.likes()).toEqual([OMNIWEAR.commentId]);
    await page.app.getByRole('button', { name: 'Refresh' }).click();
    await page.app.locator(`[data-target="${COMMENT}"][aria-pressed="true"]`).waitFor();
  }, 40_000);

  it('gives up after 15 seconds if the request for the state gets no answer either', async () => {
    const page = await sandbox.open();
    await sandbox.zendesk('POST', '/_control/proxy', { delay_ms: 14_000 });
    const clickedAt = Date.now();
    await page.heart(PHOTO).click();
    await sleep(10_000);
    await page.shows('There was no answer in time.');
    expect(Date.now() - clickedAt).toBeLessThan(18_000);
    expect(await page.settled(PHOTO)).toBe('mixed');
  }, 40_000);

  it('says that the service is down, and loads the ticket once it is back', async () => {
    await sandbox.proxy('/like', { media_id: OMNIWEAR.photoId, liked: false });
    const page = await sandbox.open();
    await sandbox.sandbox.stopService();
    await page.heart(PHOTO).click();
    await page.shows('Zendesk could not reach the Instagram service (status 502).');
    expect(await page.settled(PHOTO)).toBe('mixed');
    expect(await sandbox.likes()).toEqual([]);

    await page.page.reload();
    await page.shows(/status 502/);
    expect(await page.heart().count()).toBe(0);
    await sandbox.sandbox.startService();
    await page.app.getByRole('button', { name: 'Try again' }).click();
    await page.heart(PHOTO).waitFor();
    expect(await page.heart(PHOTO).getAttribute('aria-pressed')).toBe('false');
  }, 60_000);

  it('says that there is no connection, and works again with it', async () => {
    const page = await sandbox.open();
    await page.context.setOffline(true);
    await page.heart(PHOTO).click();
    await page.shows('There is no connection to Zendesk.');
    expect(await page.heart(PHOTO).getAttribute('aria-pressed')).not.toBe('true');
    expect(await sandbox.likes()).toEqual([]);
    await page.context.setOffline(false);
    await page.heart(PHOTO).click();
    expect(await page.settled(PHOTO)).toBe('true');
    expect(await sandbox.likes()).toEqual([OMNIWEAR.photoId]);
  });

  it.each([
    ['two clicks', 2, []],
    ['three clicks', 3, [OMNIWEAR.photoId]],
  ])('ends in the state of the last click after %s in a row', async (_, clicks, held) => {
    await sandbox.proxy('/like', { media_id: OMNIWEAR.photoId, liked: false });
    const page = await sandbox.open();
    await sandbox.zendesk('POST', '/_control/proxy', { delay_ms: 300 });
    for (let click = 0; click < clicks; click += 1) await page.heart(PHOTO).click();
    expect(await page.settled(PHOTO)).toBe(String(held.length > 0));
    expect(await sandbox.likes()).toEqual(held);
    expect(await page.app.locator('.c-callout').count()).toBe(0);
  });

  it('ends in the state of the last click if two tabs are used', async () => {
    const first = await sandbox.open();
    const second = await sandbox.open();
    await first.heart(PHOTO).click();
    await second.heart(PHOTO).click();
    await first.settled(PHOTO);
    await second.settled(PHOTO);
    expect(await sandbox.likes()).toEqual([OMNIWEAR.photoId]);
    await second.heart(PHOTO).click();
    expect(await second.settled(PHOTO)).toBe('false');
    expect(await sandbox.likes()).toEqual([]);
    await first.app.getByRole('button', { name: 'Refresh' }).click();
    await first.app.locator(`[data-target="${PHOTO}"][aria-pressed="false"]`).waitFor();
  });

  it('works with the keyboard alone', async () => {
    const page = await sandbox.open();
    await page.app.getByRole('button', { name: 'Refresh' }).focus();
    await page.page.keyboard.press('Tab');
    const focused = page.app.locator(':focus');
    expect(await focused.getAttribute('data-target')).toBe(PHOTO);
    expect(await page.readOutline(focused)).toBe('solid');
    await page.page.keyboard.press('Space');
    expect(await page.settled(PHOTO)).toBe('true');
    expect(await focused.getAttribute('data-target')).toBe(PHOTO);
    expect(await sandbox.likes()).toEqual([OMNIWEAR.photoId]);
    await page.page.keyboard.press('Enter');
    expect(await page.settled(PHOTO)).toBe('false');
    expect(await sandbox.likes()).toEqual([]);
    // A refresh does not move the focus.
    await page.app.getByRole('button', { name: 'Refresh' }).focus();
    await page.page.keyboard.press('Enter');
    await sleep(500);
    expect(await page.app.locator(':focus').getAttribute('aria-label')).toBe('Refresh');
  });

  it('loads a ticket with 30 comments in one call', async () => {
    const comments: string[] = [];
    for (let number = 0; number < 30; number += 1) {
      comments.push(await sandbox.comment(OMNIWEAR.carouselId, `Comment ${String(number)}`));
    }
    const ticket = await sandbox.ticketAbout('Six colours');
    await sandbox.proxy('/like', { comment_id: comments[3], liked: true });
    await sandbox.zendesk('DELETE', '/_control/calls');
    const page = await sandbox.open({ ticket });
    await page.heart(`comment/${comments[29] ?? ''}`).waitFor();
    expect(await page.heart().count()).toBe(31);
    expect(await page.heart(`comment/${comments[3] ?? ''}`).getAttribute('aria-pressed')).toBe(
      'true',
    );
    expect(await sandbox.zendesk('GET', '/_control/calls')).toEqual([
      {
        ticket_id: ticket,
        post_to_path: '/media',
        client_data: JSON.stringify({ media_id: OMNIWEAR.carouselId }),
      },
    ]);
  });

  it('loads older comments on demand and keeps the state of clicked hearts', async () => {
    const last = await sandbox.comment(OMNIWEAR.reelId, 'The oldest');
    for (let number = 0; number < 50; number += 1) {
      await sandbox.comment(OMNIWEAR.reelId, `Comment ${String(number)}`);
    }
    const page = await sandbox.open({ ticket: await sandbox.ticketAbout('Two minutes of rain') });
    expect(await page.heart(`comment/${last}`).count()).toBe(0);
    const reel = `media/${OMNIWEAR.reelId}`;
    await page.heart(reel).click();
    expect(await page.settled(reel)).toBe('true');
    await page.app.getByRole('button', { name: 'Older comments' }).click();
    await page.heart(`comment/${last}`).waitFor();
    expect(await page.heart(reel).getAttribute('aria-pressed')).toBe('true');
    expect(await page.heart().count()).toBe(52);
    expect(await page.app.getByRole('button', { name: 'Older comments' }).count()).toBe(0);
    expect(await sandbox.likes()).toEqual([OMNIWEAR.reelId]);
    await page.heart(reel).click();
    expect(await page.settled(reel)).toBe('false');
    expect(await sandbox.likes()).toEqual([]);
  });

  it('keeps a click that was made during a refresh', async () => {
    await sandbox.proxy('/like', { media_id: OMNIWEAR.photoId, liked: false });
    const page = await sandbox.open();
    await sandbox.zendesk('POST', '/_control/proxy', { answer_delay_ms: 2_000 });
    await page.app.getByRole('button', { name: 'Refresh' }).click();
    await sleep(700);
    await sandbox.zendesk('POST', '/_control/proxy', {});
    await page.heart(PHOTO).click();
    expect(await page.settled(PHOTO)).toBe('true');
    await page.shows('Loading from Instagram');
    await page.app.locator('[aria-busy]').waitFor({ state: 'detached' });
    expect(await page.heart(PHOTO).getAttribute('aria-pressed')).toBe('true');
    expect(await sandbox.likes()).toEqual([OMNIWEAR.photoId]);
  });

  it('identifies the post by the ticket if Zendesk does not pass on display_info', async () => {
    await sandbox.zendesk('POST', '/_control/display_info', { isHandedOver: false });
    await sandbox.zendesk('DELETE', '/_control/calls');
    const page = await sandbox.open();
    await page.heart(PHOTO).click();
    expect(await page.settled(PHOTO)).toBe('true');
    const calls = (await sandbox.zendesk('GET', '/_control/calls')) as { client_data: string }[];
    expect(calls.map(({ client_data: data }) => JSON.parse(data) as unknown)).toEqual([
      { ticket_id: '62' },
      { media_id: OMNIWEAR.photoId, liked: true },
    ]);
    expect(await sandbox.likes()).toEqual([OMNIWEAR.photoId]);
    await sandbox.zendesk('POST', '/_control/display_info', { isHandedOver: true });
  });

  it("hides on another integration's ticket and sends no call", async () => {
    const page = await sandbox.open({ ticket: '1001', waits: false });
    await page.page.locator('#app').waitFor({ state: 'hidden' });
    expect(await sandbox.zendesk('GET', '/_control/calls')).toEqual([]);
  });

  it('hides on a ticket of another channel and sends no call', async () => {
    const page = await sandbox.open({ ticket: '63', waits: false });
    await page.page.locator('#app').waitFor({ state: 'hidden' });
    expect(await sandbox.zendesk('GET', '/_control/calls')).toEqual([]);
  });

  // The last one, because calls of the account pause after it.
  it('shows a click at once and reverts it if Instagram rejects the like', async () => {
    await sandbox.proxy('/like', { comment_id: OMNIWEAR.commentId, liked: false });
    const page = await sandbox.open();
    await sandbox.zendesk('POST', '/_control/proxy', { delay_ms: 700 });
    const usage = { type: 'instagram', call_count: 100, estimated_time_to_regain_access: 7 };
    await sandbox.failLike({
      kind: 'graph_error',
      code: 80002,
      headers: { 'x-business-use-case-usage': JSON.stringify({ [OMNIWEAR.igUserId]: [usage] }) },
    });
    await page.heart(COMMENT).click();
    expect(await page.heart(COMMENT).getAttribute('aria-pressed')).toBe('true');
    expect(await page.heart(COMMENT).getAttribute('data-state')).toBe('sending');
    await page.shows(/reached Meta's limit of calls/);
    await page.shows('It may work again in 7 min.');
    await page.shows('Code: rate_limited');
    expect(await page.settled(COMMENT)).toBe('false');
    expect(await sandbox.likes()).not.toContain(OMNIWEAR.commentId);
    await page.page
      .getByRole('alert')
      .getByText(/limit of calls/)
      .waitFor();
  });
});
