import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { loopbackCertificate } from '../../sandbox/certificate.js';
import { SANDBOX_APP } from '../../sandbox/instagram/omniwear.js';
import { startBrowser } from '../support/browser.js';
import { type RunningInstagram, startInstagram } from '../support/instagram.js';
import { type MainProcess, startMain } from '../support/main.js';
import { TEST_KEY } from '../support/service.js';

const SERVICE = 'https://channel.example';
const FINALIZER =
  'https://omniwear.zendesk.com/zendesk/channels/integration_service_instances/editor_finalizer';

/**
 * As in the world: Zendesk at its own https address, the service at another site's, without any exception for the sandbox; and a browser that keeps
 * nothing for what another site frames.
 */
describe('a browser that blocks third-party cookies', () => {
  let instagram: RunningInstagram;
  let service: MainProcess;
  let zendesk: Server;
  let browser: Browser;
  let directory: string;
  const posted: URLSearchParams[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'third-party-'));
    const { cert, key } = await loopbackCertificate();
    writeFileSync(join(directory, 'cert.pem'), cert);
    writeFileSync(join(directory, 'key.pem'), key);
    instagram = await startInstagram();
    service = await startMain({
      PORT: '0',
      PUBLIC_URL: SERVICE,
      TLS_CERT_FILE: join(directory, 'cert.pem'),
      TLS_KEY_FILE: join(directory, 'key.pem'),
      CREDENTIALS_KEYS: TEST_KEY,
      DATABASE_URL: 'sqlite::memory:',
      INSTAGRAM_GRAPH_URL: instagram.url,
      FACEBOOK_DIALOG_URL: instagram.url,
      META_APP_ID: SANDBOX_APP.id,
      META_APP_SECRET: SANDBOX_APP.secret,
    });
    zendesk = createServer({ cert, key }, (request, reply) => {
      reply.setHeader('content-type', 'text/html');
      if (request.method !== 'POST') {
        reply.end(`<!doctype html><title>Admin Center</title><iframe name="f" width="900" height="900"></iframe>
<form method="post" action="${SERVICE}/admin_ui" target="f"><input name="return_url" value="${FINALIZER}">
<input name="subdomain" value="omniwear"><input name="state" value="s"></form><script>document.forms[0].submit()</script>`);
        return;
      }
      void text(request).then((body) => {
        posted.push(new URLSearchParams(body));
        reply.end('<!doctype html><title>Saved</title><p>Saved.</p>');
      });
    });
    await new Promise<void>((resolve) => {
      zendesk.listen(0, '127.0.0.1', resolve);
    });
    const zendeskPort = String((zendesk.address() as AddressInfo).port);
    const servicePort = new URL(service.url).port;
    browser = await startBrowser(
      '--test-third-party-cookie-phaseout',
      `--host-resolver-rules=MAP *.zendesk.com 127.0.0.1:${zendeskPort},MAP channel.example 127.0.0.1:${servicePort}`,
    );
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await service.stop();
    await instagram.stop();
    zendesk.close();
    zendesk.closeAllConnections();
    rmSync(directory, { recursive: true });
  });

  it('adds an account all the same, and keeps nothing of it', async () => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(10_000);
    const page: Page = await context.newPage();
    await page.goto('https://omniwear.zendesk.com/admin');
    const frame = page.frameLocator('iframe');
    await frame.locator('#log-in button').waitFor();

    // The switch does what it says: the frame has no storage, and a cookie that it sets is not kept.
    const framed = page.frames().find((each) => each.url().startsWith(SERVICE));
    const kept = await framed?.evaluate(() => {
      const { document } = globalThis as unknown as { document: { cookie: string } };
      document.cookie = 'tried=1; SameSite=None; Secure';
      let storage = 'is there';
      try {
        (globalThis as unknown as { localStorage: { clear(): void } }).localStorage.clear();
      } catch (error) {
        storage = (error as Error).name;
      }
      return { cookie: document.cookie, storage };
    });
    expect(kept).toEqual({ cookie: '', storage: 'SecurityError' });

    const [popUp] = await Promise.all([
      page.waitForEvent('popup'),
      frame.locator('#log-in button').click(),
    ]);
    await popUp.locator('#olivia').click();
    await frame.getByRole('heading', { name: 'Instagram account @omniwear' }).waitFor();
    await frame.locator('#save').click();
    await frame.getByText('Saved.').waitFor();
    expect(await context.cookies()).toEqual([]);
    await context.close();

    expect(posted.map((fields) => [...fields.keys()])).toEqual([['name', 'metadata', 'state']]);
    const [account] = posted;
    expect([account?.get('name'), account?.get('state')]).toEqual(['@omniwear', 's']);
    expect(account?.get('metadata')).toMatch(/^eyJ/);
  }, 60_000);
});
