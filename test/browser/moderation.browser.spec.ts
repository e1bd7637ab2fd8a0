import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { OMNIWEAR_ACCOUNT } from '../../sandbox/omniwear-account.js';
import type { AgentPage } from '../support/agent-page.js';
import { useAgentSandbox } from '../support/use-agent-sandbox.js';

const EIGHT_DAYS = 8 * 86_400;

/** Runs the packaged app in the sandbox. Each test compares the page with Instagram's stand-in. */
describe('the menu of a comment', () => {
  const sandbox = useAgentSandbox();
  const scopes = [...OMNIWEAR_ACCOUNT.scopes, 'pages_messaging'];
  beforeAll(() => sandbox.connect({ scopes }));

  /** What Instagram's stand-in says about a comment; undefined if it does not exist. */
  const readHidden = async (id: string): Promise<unknown> => {
    const query = `fields=hidden&access_token=${OMNIWEAR.token}`;
    const answer = await fetch(`${sandbox.at.instagram}/v26.0/${id}?${query}`);
    return ((await answer.json()) as { hidden?: boolean }).hidden;
  };
  const readPrivateReply = async (id: string): Promise<string | undefined> => {
    const account = await sandbox.instagram('GET', `/_control/accounts/${OMNIWEAR.igUserId}`);
    return (account as { private_replies: Record<string, string> }).private_replies[id];
  };
  const failNext = (path: string, fault: object): Promise<unknown> =>
    sandbox.instagram('POST', '/_control/faults', { method: 'POST', path, ...fault });
  const addComment = (text: string): Promise<string> => sandbox.comment(OMNIWEAR.photoId, text);
  const commentIn = ({ app }: AgentPage, id: string): Locator =>
    app.locator(`[data-comment="${id}"]`);
  const openMenu = async (page: AgentPage, id: string): Promise<Locator> => {
    await commentIn(page, id).locator('.menu-button').click();
    return page.app.getByRole('menu');
  };
  const choose = async (page: AgentPage, id: string, label: string): Promise<void> => {
    await (await openMenu(page, id)).getByRole('menuitem', { name: label }).click();
  };
  const shows = (page: AgentPage, id: string, text: string | RegExp): Promise<void> =>
    commentIn(page, id).getByText(text).first().waitFor();
  const refresh = async ({ app }: AgentPage): Promise<void> => {
    await app.getByRole('button', { name: 'Refresh' }).click();
    await app.locator('[aria-busy]').waitFor({ state: 'detached' });
  };
  const focusedName = ({ app }: AgentPage): Promise<string | null> =>
    app.locator(':focus').getAttribute('aria-label');

  it('hides a comment and shows it again, and another agent sees it', async () => {
    const id = await addComment('nice photo');
    const ada = await sandbox.open();
    const ben = await sandbox.open({ query: 'agent=2' });
    const menu = await openMenu(ada, id);
    await menu
      .getByRole('menuitem', { name: 'Hide the comment by mira.hikes: nice photo' })
      .click();
    await shows(ada, id, 'Hidden on Instagram');
    expect(await readHidden(id)).toBe(true);
    expect(await commentIn(ben, id).getByText('Hidden on Instagram').count()).toBe(0);
    await refresh(ben);
    await shows(ben, id, 'Hidden on Instagram');

    await choose(ben, id, 'Show again the comment by mira.hikes: nice photo');
    await commentIn(ben, id).getByText('Hidden on Instagram').waitFor({ state: 'detached' });
    expect(await readHidden(id)).toBe(false);
    await ben.app.getByRole('status').getByText('Visible on Instagram').waitFor();
    await refresh(ada);
    expect(await commentIn(ada, id).getByText('Hidden on Instagram').count()).toBe(0);
  });

  it('follows the menu button pattern with the keyboard', async () => {
    const id = await addComment('by keyboard');
    const page = await sandbox.open();
    const { keyboard } = page.page;
    const button = commentIn(page, id).locator('.menu-button');
    const name = 'Actions for the comment by mira.hikes: by keyboard';
    await button.focus();
    expect(await focusedName(page)).toBe(name);
    expect(await page.readOutline(button)).toBe('solid');
    const press = async (...keys: string[]): Promise<string | null> => {
      for (const key of keys) await keyboard.press(key);
      return focusedName(page);
    };
    const reply = 'Answer in private to the comment by mira.hikes: by keyboard';
    const hide = 'Hide the comment by mira.hikes: by keyboard';
    const remove = 'Delete the comment by mira.hikes: by keyboard';
    expect(await press('Enter')).toBe(reply);
    expect(await button.getAttribute('aria-expanded')).toBe('true');
    expect(await press('ArrowDown')).toBe(hide);
    expect(await press('ArrowDown', 'ArrowDown')).toBe(reply);
    expect(await press('ArrowUp')).toBe(remove);
    expect(await press('Home')).toBe(reply);
    expect(await press('End')).toBe(remove);
    expect(await press('h')).toBe(hide);
    expect(await press('Escape')).toBe(name);
    expect(await button.getAttribute('aria-expanded')).toBe('false');
    expect(await press('ArrowUp')).toBe(remove);
    expect(await press('Escape', 'ArrowDown')).toBe(reply);
    expect(await press('Shift+Tab')).toBe('Like the comment by mira.hikes: by keyboard');
    expect(await page.app.getByRole('menu').count()).toBe(0);

    await button.focus();
    expect(await press('Space', 'h', 'Enter')).toBe(name);
    await shows(page, id, 'Hidden on Instagram');
    expect(await readHidden(id)).toBe(true);
    // A refresh does not move the focus.
    await page.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await page.app.locator('[aria-busy]').waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe(name);
  });

  it('closes when another place is clicked, and opens and closes with its button', async () => {
    const id = await addComment('open and close');
    const page = await sandbox.open();
    const menu = await openMenu(page, id);
    await menu.waitFor();
    await commentIn(page, id).locator('.menu-button').click();
    expect(await menu.count()).toBe(0);
    await openMenu(page, id);
    await page.app.locator('.caption').click();
    expect(await menu.count()).toBe(0);
    expect(await readHidden(id)).toBe(false);
  });

  it('deletes a comment with its replies after one question', async () => {
    const id = await addComment('to be deleted');
    const ofReply = { media_id: OMNIWEAR.photoId, comment_id: id, username: 'mira.hikes' };
    const reply = (await sandbox.instagram('POST', '/_control/comments', {
      ...ofReply,
      text: 'a reply',
    })) as { id: string };
    const ada = await sandbox.open();
    const ben = await sandbox.open({ query: 'agent=2' });
    await choose(ada, id, 'Delete the comment by');
    await ada.app
      .getByRole('group', { name: 'Delete this comment on Instagram? mira.hikes: to be deleted' })
      .waitFor();
    await ada.shows('Its replies are deleted, too. This cannot be undone.');
    await ada.app.getByRole('button', { name: 'Cancel' }).click();
    expect(await focusedName(ada)).toBe('Actions for the comment by mira.hikes: to be deleted');
    expect(await readHidden(id)).toBe(false);

    await choose(ada, id, 'Delete the comment by');
    await ada.app
      .getByRole('button', { name: 'Delete the comment by mira.hikes: to be deleted' })
      .click();
    await shows(ada, id, 'Deleted on Instagram');
    expect([await readHidden(id), await readHidden(reply.id)]).toEqual([undefined, undefined]);
    expect(await commentIn(ada, id).getByRole('button').count()).toBe(0);
    expect(await commentIn(ada, reply.id).isVisible()).toBe(false);
    expect(await ada.app.locator(':focus').getAttribute('data-comment')).toBe(id);

    // The other agent's page is older. Instagram refuses, and a refresh shows why.
    await choose(ben, id, 'Hide the comment by');
    await shows(ben, id, 'Code: target_unavailable');
    await refresh(ben);
    expect(await commentIn(ben, id).count()).toBe(0);
    await refresh(ada);
    expect(await commentIn(ada, id).count()).toBe(0);
  });

  it('deletes with the keyboard alone, and the focus starts on the harmless answer', async () => {
    const id = await addComment('deleted by keyboard');
    const page = await sandbox.open();
    const { keyboard } = page.page;
    await commentIn(page, id).locator('.menu-button').focus();
    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    expect(await page.app.locator(':focus').innerText()).toBe('Cancel');
    await keyboard.press('Escape');
    expect(await focusedName(page)).toBe(
      'Actions for the comment by mira.hikes: deleted by keyboard',
    );
    expect(await readHidden(id)).toBe(false);
    await keyboard.press('ArrowUp');
    await keyboard.press('Enter');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await shows(page, id, 'Deleted on Instagram');
    expect(await readHidden(id)).toBeUndefined();
    expect(await page.app.locator(':focus').getAttribute('data-comment')).toBe(id);
  });

  it('sends one private answer of at most 1,000 bytes', async () => {
    const id = await addComment('ask me in private');
    const ada = await sandbox.open();
    const ben = await sandbox.open({ query: 'agent=2' });
    await choose(ada, id, 'Answer in private to');
    const field = ada.app.getByRole('textbox', {
      name: 'Answer in private to the comment by mira.hikes: ask me in private',
    });
    const send = ada.app.getByRole('button', { name: 'Send' });
    await ada.shows('0 of 1,000 bytes');
    expect(await send.getAttribute('aria-disabled')).toBe('true');
    await field.fill(`${'ä'.repeat(500)}!`);
    await ada.app
      .getByRole('alert')
      .getByText('1 more than the 1,000 bytes that are possible')
      .waitFor();
    await send.click({ force: true });
    expect(await readPrivateReply(id)).toBeUndefined();
    await field.fill('ä'.repeat(500));
    await ada.shows('1,000 of 1,000 bytes');
    await send.click();
    await shows(ada, id, /^Answered in private\./);
    expect(await readPrivateReply(id)).toBe('ä'.repeat(500));
    expect(await field.count()).toBe(0);
    expect(await focusedName(ada)).toMatch(/^Actions for/);
    const entry = (await openMenu(ada, id)).getByRole('menuitem', { name: 'Answer in private to' });
    expect(await entry.getAttribute('aria-disabled')).toBe('true');
    await ada.app
      .locator('.menu-row')
      .getByText(/^Answered in private\./)
      .waitFor();

    // Instagram does not report private answers, so the other agent learns it from a refusal.
    await choose(ben, id, 'Answer in private to');
    await ben.app.getByRole('textbox').fill('A second one');
    await ben.app.getByRole('button', { name: 'Send' }).click();
    await shows(ben, id, /accepts no private answer to this comment any more: only one/);
    expect(await readPrivateReply(id)).toBe('ä'.repeat(500));
    // The text is still there, for a public reply.
    expect(await ben.app.getByRole('textbox').inputValue()).toBe('A second one');
    expect(await ben.app.getByRole('button', { name: 'Send' }).getAttribute('aria-disabled')).toBe(
      'true',
    );
  });

  it('keeps a private answer that is being written, also over a refresh', async () => {
    const id = await addComment('by keyboard in private');
    const page = await sandbox.open();
    const { keyboard } = page.page;
    await commentIn(page, id).locator('.menu-button').focus();
    await keyboard.press('Enter');
    await keyboard.press('Enter');
    await keyboard.type('Hello');
    const answer = page.page.waitForResponse(/proxy\.json.*media/);
    await page.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await answer;
    await page.app.locator('[aria-busy]').waitFor({ state: 'detached' });
    await keyboard.type(' Mira');
    await keyboard.press('Escape');
    expect(await focusedName(page)).toMatch(/^Actions for/);
    await keyboard.press('Enter');
    await keyboard.press('Enter');
    expect(await page.app.locator(':focus').inputValue()).toBe('Hello Mira');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await shows(page, id, /^Answered in private\./);
    expect(await readPrivateReply(id)).toBe('Hello Mira');
  });

  it('offers no late answers, and only to delete own comments', async () => {
    await sandbox.instagram('POST', '/_control/clock', { advance_seconds: -EIGHT_DAYS });
    const id = await addComment('eight days old');
    await sandbox.instagram('POST', '/_control/clock', { advance_seconds: EIGHT_DAYS });
    const page = await sandbox.open();
    const menu = await openMenu(page, id);
    const entry = menu.getByRole('menuitem', { name: 'Answer in private to' });
    await menu.getByText(/^Too late: Instagram accepts private answers/).waitFor();
    expect(await entry.getAttribute('aria-disabled')).toBe('true');
    await entry.click({ force: true });
    expect(await page.app.getByRole('textbox').count()).toBe(0);
    await page.page.keyboard.press('Escape');
    const ownMenu = await openMenu(page, OMNIWEAR.ownReplyId);
    expect(await ownMenu.getByRole('menuitem').allInnerTexts()).toEqual(['Delete']);
  });

  it('says why Instagram refuses, and changes nothing', async () => {
    const id = await addComment('refused');
    const page = await sandbox.open();
    const refusal = { kind: 'graph_error', code: 100, subcode: 33 };
    await failNext(`/${id}`, refusal);
    await choose(page, id, 'Hide the comment by');
    await shows(page, id, 'It no longer exists on Instagram, or this account cannot see it.');
    await page.page
      .getByRole('alert')
      .getByText(/no longer exists/)
      .waitFor();
    expect(await readHidden(id)).toBe(false);
    await failNext(`/${id}`, { ...refusal, method: 'DELETE' });
    await choose(page, id, 'Delete the comment by');
    await page.app.getByRole('button', { name: 'Delete the comment by' }).click();
    await shows(page, id, 'Code: target_unavailable');
    expect(await readHidden(id)).toBe(false);
    await failNext('/messages', { kind: 'graph_error', code: 100, subcode: 2_534_037 });
    await choose(page, id, 'Answer in private to');
    await page.app.getByRole('textbox').fill('Hello');
    await page.app.getByRole('button', { name: 'Send' }).click();
    await shows(page, id, /Another app handles the messages/);
    expect(await page.app.getByRole('textbox').inputValue()).toBe('Hello');
    expect(await readPrivateReply(id)).toBeUndefined();
    await refresh(page);
    expect(await page.app.locator('.c-callout').count()).toBe(0);
    expect(
      await commentIn(page, id)
        .getByText(/Hidden|Deleted|Not known/)
        .count(),
    ).toBe(0);
  });

  it('does not claim to know what a lost answer did', async () => {
    const id = await addComment('lost');
    const page = await sandbox.open();
    await failNext(`/${id}`, { kind: 'cut_before' });
    await choose(page, id, 'Hide the comment by');
    await shows(page, id, /^Not known whether it is hidden/);
    expect(await readHidden(id)).toBe(false);
    // One instruction, not two.
    expect(await commentIn(page, id).getByText('Try again in a moment.').count()).toBe(0);
    await refresh(page);
    await shows(page, id, /^Not known whether it is hidden/);
    const menu = await openMenu(page, id);
    expect(await menu.getByRole('menuitem').allInnerTexts()).toEqual([
      'Answer in private',
      'Hide',
      'Show again',
      'Delete',
    ]);
    await menu.getByRole('menuitem', { name: 'Hide the comment by' }).click();
    await shows(page, id, 'Hidden on Instagram');
    expect(await readHidden(id)).toBe(true);

    await failNext('/messages', { kind: 'cut_after' });
    await choose(page, id, 'Answer in private to');
    await page.app.getByRole('textbox').fill('Hello');
    await page.app.getByRole('button', { name: 'Send' }).click();
    await shows(page, id, /^Not known whether the private answer was sent/);
    expect(await readPrivateReply(id)).toBe('Hello');
    await page.app.getByRole('button', { name: 'Send' }).click();
    await shows(page, id, /The answer whose result was lost has probably arrived/);

    await failNext(`/${id}`, { kind: 'cut_before', method: 'DELETE' });
    await choose(page, id, 'Delete the comment by');
    await page.app.getByRole('button', { name: 'Delete the comment by' }).click();
    await shows(page, id, /^Not known whether it will be deleted/);
    expect(await readHidden(id)).toBe(true);
  });

  it('asks Instagram after a lost answer, and shows what it reports', async () => {
    const id = await addComment('lost but done');
    const page = await sandbox.open();
    await failNext(`/${id}`, { kind: 'cut_after' });
    await choose(page, id, 'Hide the comment by');
    await shows(page, id, 'Hidden on Instagram');
    expect(await readHidden(id)).toBe(true);
    await failNext(`/${id}`, { kind: 'cut_after', method: 'DELETE' });
    await choose(page, id, 'Delete the comment by');
    await page.app.getByRole('button', { name: 'Delete the comment by' }).click();
    await shows(page, id, 'Instagram no longer shows this comment.');
    expect(await readHidden(id)).toBeUndefined();
  });

  it('sends one action at a time', async () => {
    const id = await addComment('one at a time');
    const page = await sandbox.open();
    await failNext(`/${id}`, { kind: 'delay', ms: 1_000 });
    await choose(page, id, 'Hide the comment by');
    const button = commentIn(page, id).locator('.menu-button');
    expect(await button.getAttribute('data-state')).toBe('sending');
    await button.click({ force: true });
    expect(await page.app.getByRole('menu').count()).toBe(0);
    expect(await commentIn(page, id).getByText('Hidden on Instagram').count()).toBe(0);
    await shows(page, id, 'Hidden on Instagram');
    expect(await readHidden(id)).toBe(true);
  });

  // The last one, because it changes the settings of the service.
  it('says what an administrator must do for an action that is not possible', async () => {
    const id = await addComment('not possible');
    await sandbox.connect({});
    await sandbox.sandbox.stopService();
    await sandbox.sandbox.startService({ ALLOWED_ACTIONS: 'hide,private_reply' });
    const page = await sandbox.open();
    const menu = await openMenu(page, id);
    const remove = menu.getByRole('menuitem', { name: 'Delete the comment by' });
    await menu.getByText(/Ask an administrator of the service to add delete/).waitFor();
    const reply = menu.getByRole('menuitem', { name: 'Answer in private to' });
    await menu.getByText(/Ask an administrator to get pages_messaging/).waitFor();
    for (const entry of [remove, reply]) {
      expect(await entry.getAttribute('aria-disabled')).toBe('true');
      await entry.click({ force: true });
    }
    expect(await page.app.locator('.panel').count()).toBe(0);
    expect(await readHidden(id)).toBe(false);
    await menu.getByRole('menuitem', { name: 'Hide the comment by' }).click();
    await shows(page, id, 'Hidden on Instagram');
    expect(await readHidden(id)).toBe(true);
  }, 60_000);
});
