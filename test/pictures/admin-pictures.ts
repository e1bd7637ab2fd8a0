import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { Sandbox } from '../../sandbox/sandbox.js';
import { startBrowser } from '../support/browser.js';
import { ROOT } from '../support/run.js';

/** Takes the documentation's pictures of the setup in a sandbox: `npm run admin:pictures`. */
const FOLDER = join(ROOT, 'docs/images');
const WIDTH = 860;

mkdirSync(FOLDER, { recursive: true });
const sandbox = new Sandbox(() => undefined, { connected: false, anyPorts: true });
const at = await sandbox.start();
const browser = await startBrowser();
const context = await browser.newContext({ ignoreHTTPSErrors: true });

/** Zendesk's page with the frame as high as what is in it. */
async function open(height: number, subdomain = 'omniwear'): Promise<[Page, FrameLocator]> {
  const page = await context.newPage();
  await page.setViewportSize({ width: WIDTH, height: height + 160 });
  await page.goto(`${at.zendesk}/admin/${subdomain}/accounts/new`);
  await page.addStyleTag({ content: `.integration { height: ${String(height)}px }` });
  return [page, page.frameLocator('iframe[name=integration]')];
}
const picture = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' });
const login = async (page: Page, frame: FrameLocator, person: string): Promise<void> => {
  const [popUp] = await Promise.all([
    page.waitForEvent('popup'),
    frame.locator('#log-in button').click(),
  ]);
  await popUp.locator('#move-on').click();
  await popUp.locator(`#${person}`).click();
  if (!popUp.isClosed()) await popUp.waitForEvent('close').catch(() => undefined);
  await page.bringToFront();
};

try {
  const [create, createFrame] = await open(330);
  await createFrame.locator('#log-in button').waitFor();
  await picture(create, 'admin-create');

  const [choose, chooseFrame] = await open(360);
  await login(choose, chooseFrame, 'theo');
  await chooseFrame.getByRole('button', { name: 'Choose' }).waitFor();
  await picture(choose, 'admin-choose');

  const [works, worksFrame] = await open(1490);
  await login(works, worksFrame, 'olivia');
  await worksFrame.locator('#save').waitFor();
  await picture(works, 'admin-check');

  const [lacks, lacksFrame] = await open(1380);
  await login(lacks, lacksFrame, 'mila');
  await lacksFrame.locator('#save').waitFor();
  await picture(lacks, 'admin-check-no-like');

  const [expired, expiredFrame] = await open(380);
  await login(expired, expiredFrame, 'leon');
  await expiredFrame.getByRole('alert').waitFor();
  await picture(expired, 'admin-log-in-failed');

  const [wrong, wrongFrame] = await open(220);
  await wrongFrame.locator('#log-in button').waitFor();
  await wrong.evaluate(() => {
    const { document } = globalThis as unknown as {
      document: { querySelector(name: string): { value: string; form: { submit(): void } } };
    };
    const subdomain = document.querySelector('[name=return_url]');
    subdomain.value = 'https://omniwear.zendesk.com.evil.example/';
    subdomain.form.submit();
  });
  await wrongFrame.getByRole('alert').waitFor();
  await picture(wrong, 'admin-error');
} finally {
  await browser.close();
  await sandbox.stop();
}
