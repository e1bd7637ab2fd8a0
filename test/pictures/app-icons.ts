import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBrowser } from '../support/browser.js';
import { ROOT } from '../support/run.js';

const ASSETS = join(ROOT, 'zendesk-app/assets');
/** Sizes in pixels that Zendesk requires (documentation, "Create brand assets"). */
const ICONS = { 'logo.png': 320, 'logo-small.png': 128 };

/** Makes the app's icons from its drawing: `npm run app:icons`. */
const drawing = readFileSync(join(ASSETS, 'logo.svg'), 'utf8');
const browser = await startBrowser();
try {
  for (const [name, size] of Object.entries(ICONS)) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(`<style>* { margin: 0 } svg { display: block }</style>${drawing}`);
    writeFileSync(join(ASSETS, name), await page.screenshot({ omitBackground: true }));
  }
} finally {
  await browser.close();
}
