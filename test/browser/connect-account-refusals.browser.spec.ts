import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { useAdminCenter } from '../support/admin-center.js';

describe('a setup that fails', () => {
  const admin = useAdminCenter();
  /** Nothing may be posted to Zendesk. */
  let before: unknown;
  beforeEach(async () => {
    before = await admin.readAccounts();
  });
  afterEach(async () => {
    expect(await admin.readAccounts()).toEqual(before);
  });

  it('explains that the person refused', async () => {
    const { page, frame } = await admin.addAccount();
    const popUp = await admin.openWindow(page, frame);
    await popUp.locator('#cancel').click();
    await popUp.getByRole('heading', { name: 'You are not logged in' }).waitFor();
    expect(popUp.url()).toBe(`${admin.at.service}/admin/log-in/callback`);
    await frame.getByText('Access was refused in the Facebook window').waitFor();
    await frame.locator('#log-in button').waitFor();
  });

  it.each([
    ['noah', 'You manage no Facebook Page'],
    ['emma', 'You manage no Facebook Page'],
    ['leon', 'Facebook did not accept this login'],
  ])('explains why %s cannot connect an account', async (person, text) => {
    const { page, frame } = await admin.addAccount();
    await admin.login(page, frame, person);
    await frame.getByText(text).waitFor();
  });

  it('rejects a reused code and a forged state', async () => {
    const { page, frame } = await admin.addAccount();
    const popUp = await admin.openWindow(page, frame);
    const callback = popUp.waitForRequest(/log-in\/callback/);
    await popUp.locator('#olivia').click();
    const url = (await callback).url();
    await admin.waitForAccount(frame);
    const again = await admin.context.newPage();
    for (const address of [url, url.replace(/state=[^&]{8}/, 'state=forged00')]) {
      await again.goto(address);
      await again.getByRole('heading', { name: 'This login cannot be used' }).waitFor();
      expect(again.url()).toBe(`${admin.at.service}/admin/log-in/callback`);
    }
  });

  it.each([
    ['http://omniwear.zendesk.com/x', 'omniwear', 'not https'],
    ['https://omniwear.zendesk.com.evil.example/x', 'omniwear', 'does not belong'],
    ['https://omniwear.zendesk.com/x', 'trailhead', 'does not belong'],
  ])('rejects the return address %s for %s', async (returnUrl, subdomain, text) => {
    const page = await admin.context.newPage();
    await page.goto(`${admin.at.zendesk}/admin/omniwear/accounts/new`);
    await admin.findFrame(page).locator('#log-in button').waitFor();
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
    await admin.findFrame(page).getByRole('alert').getByText(text).waitFor();
    expect(await admin.findFrame(page).locator('form').count()).toBe(0);
  });
});
