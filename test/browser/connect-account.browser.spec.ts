import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { useAdminCenter } from '../support/admin-center.js';
import { AgentPage } from '../support/agent-page.js';

describe('connecting an account', () => {
  const admin = useAdminCenter();

  it('adds Omniwear, likes in its ticket and edits the account', async () => {
    const page = await admin.context.newPage();
    await page.goto(`${admin.at.zendesk}/admin`);
    await page.getByRole('link', { name: 'Add account' }).click();
    const frame = admin.findFrame(page);
    const popUp = await admin.login(page, frame, 'olivia');
    await admin.waitForAccount(frame);
    if (!popUp.isClosed()) await popUp.waitForEvent('close');
    await frame.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: '@omniwear' }).waitFor();

    const ticket = async (): Promise<number> =>
      (await fetch(`${admin.at.zendesk}/_control/tickets/62`)).status;
    while ((await ticket()) !== 200) await page.waitForTimeout(50);
    const agent = await AgentPage.open(admin.browser, admin.at);
    const heart = `media/${OMNIWEAR.photoId}`;
    await agent.heart(heart).click();
    expect(await agent.settled(heart)).toBe('true');
    await agent.close();
    const state = await fetch(`${admin.at.instagram}/_control/accounts/${OMNIWEAR.igUserId}`);
    expect(await state.json()).toMatchObject({ likes: [OMNIWEAR.photoId] });

    await page.getByRole('link', { name: 'Edit' }).click();
    await frame.getByLabel('Name in Zendesk').fill('Omniwear <b>');
    await frame.getByLabel('Each comment, with its replies').check();
    await frame.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: 'Omniwear <b>' }).waitFor();
    await page.getByRole('link', { name: 'Edit' }).click();
    expect(await frame.getByLabel('Each comment, with its replies').isChecked()).toBe(true);
    await frame.getByRole('button', { name: 'Like and unlike' }).click();
    await frame.getByText('removed and set again').waitFor();
    expect(await admin.readAccounts()).toHaveLength(1);
  });

  it('continues with the code if the window loses the page that opened it', async () => {
    await admin.severOpener(true);
    const { page, frame } = await admin.addAccount();
    const popUp = await admin.login(page, frame, 'olivia');
    const code = (await popUp.locator('output').textContent()) ?? '';
    await frame.getByLabel('Code from the login window').fill(code.toLowerCase());
    await frame.getByRole('button', { name: 'Continue' }).click();
    await admin.waitForAccount(frame);
    expect(popUp.isClosed()).toBe(false);
    expect(popUp.url()).toBe(`${admin.at.service}/admin/log-in/callback`);
  });

  it('works with the keyboard only', async () => {
    const { page, frame } = await admin.addAccount();
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
    await page.goto(`${admin.at.zendesk}/agent`);
    const check = page.getByRole('button', { name: 'Check for new comments' });
    const ticket = page.getByRole('link', { name: /Is there a small one left/ });
    while (!(await ticket.isVisible())) await check.click();
  });

  it('names the certificate to accept above a frame that stays empty', async () => {
    const strict = await admin.browser.newContext();
    const page = await strict.newPage();
    await page.goto(`${admin.at.zendesk}/admin/omniwear/accounts/new`);
    const link = page.getByText('Nothing below?').getByRole('link');
    expect(await link.getAttribute('href')).toBe(`${admin.at.service}/docs`);
    await strict.close();
  });

  it('works without JavaScript, by its buttons', async () => {
    const { zendesk, service } = admin.at;
    const plain = await admin.browser.newContext({
      ignoreHTTPSErrors: true,
      javaScriptEnabled: false,
    });
    const page = await plain.newPage();
    const finalizer =
      `${zendesk}/admin/trailhead/zendesk/channels/integration_service_instances` +
      '/editor_finalizer?account=';
    // Zendesk's own page needs JavaScript to fill its frame, so this page has its form.
    await page.setContent(`<form method="post" action="${service}/admin_ui">
<input name="return_url" value="${finalizer}"><input name="subdomain" value="trailhead">
<button>Go</button></form>`);
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

  it('can be framed only by Zendesk', async () => {
    const page = await admin.context.newPage();
    // Another site on this machine: Chromium blocks remote sites from reaching it.
    await page.goto(`${admin.at.instagram}/_control/accounts/${OMNIWEAR.igUserId}`);
    await page.setContent(
      `<form method="post" action="${admin.at.service}/admin_ui" target="f">
<input name="return_url" value="${admin.at.zendesk}/x"><input name="subdomain" value="omniwear">
<button>Go</button></form><iframe name="f"></iframe>`,
    );
    const refused = page.waitForEvent('console', (message) =>
      message
        .text()
        .includes('violates the following Content Security Policy directive: "frame-ancestors'),
    );
    await page.getByRole('button').click();
    await refused;
    expect(await page.frameLocator('iframe').locator('#log-in').count()).toBe(0);
    admin.errors.length = 0;
  });

  it('leaves no code, token or seal in an address', () => {
    expect(admin.ownAddresses.length).toBeGreaterThan(20);
    admin.expectCleanAddresses();
  });
});
