import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { useAdminCenter } from '../support/admin-center.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('the pages of the setup', () => {
  const admin = useAdminCenter();

  /** The findings of axe in a page or in the integration's frame. */
  const violations = async (page: Page, framed = true): Promise<string[]> => {
    const frame = framed
      ? page.frames().find((each) => each.url().startsWith(admin.at.service))
      : page.mainFrame();
    if (frame === undefined) throw new Error('the frame is not there');
    return frame.evaluate(async (axe) => {
      // The page's policy blocks other scripts, but not those that a debugger evaluates.
      (0, eval)(axe);
      const { axe: run } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const result = await run.run();
      return result.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
    }, AXE);
  };

  it('is accessible on each page, according to axe', async () => {
    const { page, frame } = await admin.addAccount();
    await frame.locator('#log-in button').waitFor();
    expect(['connect', await violations(page)]).toEqual(['connect', []]);
    await frame.locator('summary').click();
    const popUp = await admin.openWindow(page, frame);
    await frame.getByRole('heading', { name: 'Waiting' }).waitFor();
    expect(['waiting', await violations(page)]).toEqual(['waiting', []]);
    await popUp.locator('#theo').click();
    await frame.getByRole('heading', { name: 'Choose an account' }).waitFor();
    expect(['choose', await violations(page)]).toEqual(['choose', []]);
    await frame.getByRole('button', { name: 'Choose' }).click();
    await admin.waitForAccount(frame);
    expect(['check', await violations(page)]).toEqual(['check', []]);
    await frame.getByLabel('Days of earlier').fill('x');
    await frame.locator('#save').click();
    await frame.getByText('Enter a whole number').waitFor();
    expect(['faults', await violations(page)]).toEqual(['faults', []]);

    const other = await admin.addAccount();
    await admin.login(other.page, other.frame, 'mila');
    await admin.waitForAccount(other.frame);
    expect(['cannot like', await violations(other.page)]).toEqual(['cannot like', []]);

    const window = await admin.context.newPage();
    await window.goto(`${admin.at.service}/admin/log-in/callback?state=forged&code=x`);
    expect(['window', await violations(window, false)]).toEqual(['window', []]);

    const failed = await admin.context.newPage();
    await failed.setContent(
      `<form method="post" action="${admin.at.service}/admin_ui"><button>Go</button></form>`,
    );
    await failed.getByRole('button').click();
    await failed.getByRole('alert').waitFor();
    expect(['error', await violations(failed, false)]).toEqual(['error', []]);
  });

  it.each(['de-DE', 'es', 'fr-FR', 'ja'])('fits a small frame in %s', async (locale) => {
    const { page, frame } = await admin.addAccount('omniwear', locale);
    await page.setViewportSize({ width: 400, height: 800 });
    await admin.login(page, frame, 'mila');
    await frame.locator('#save').waitFor();
    const framed = page.frames().find((each) => each.url().startsWith(admin.at.service));
    const wider = await framed?.evaluate(() => {
      const { document } = globalThis as unknown as {
        document: { documentElement: { scrollWidth: number; clientWidth: number } };
      };
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    expect(wider).toBe(0);
  });
});
