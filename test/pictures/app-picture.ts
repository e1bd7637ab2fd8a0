import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { AgentSandbox } from '../support/agent-sandbox.js';
import { ROOT } from '../support/run.js';

const FILE = 'docs/images/agent.png';
const SIZE = { width: 1000, height: 740 };

/** Makes the README's picture from the running sandbox: `npm run app:picture`. */
const sandbox = new AgentSandbox();
await sandbox.start();
try {
  await sandbox.proxy('/like', { comment_id: OMNIWEAR.commentId, liked: true });
  await sandbox.proxy('/like', { media_id: OMNIWEAR.photoId, liked: false });
  const { page, app } = await sandbox.open({ width: SIZE.width });
  await page.setViewportSize(SIZE);
  await app.locator('.frame img').evaluate((image) => (image as unknown as Picture).decode());
  mkdirSync(join(ROOT, 'docs/images'), { recursive: true });
  await page.screenshot({ path: join(ROOT, FILE), animations: 'disabled' });
  console.log(FILE);
} finally {
  await sandbox.stop();
}

interface Picture {
  decode(): Promise<void>;
}
