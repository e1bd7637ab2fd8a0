import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { loopbackCertificate } from '../../sandbox/certificate.js';
import { SANDBOX_APP } from '../../sandbox/instagram/omniwear.js';
import { startBrowser } from '../support/browser.js';
import { type RunningInstagram, startInstagram } from '../support/instagram.js';
import { type MainProcess, startMain } from '../support/main.js';
import { TEST_KEY } from '../support/service.js';
import { SetupPage } from '../support/setup-page.js';

const SERVICE = 'https://channel.example';
/** Redirects to Facebook's stand-in: the browser applies the page's policy to each redirect. */
const FACEBOOK = 'https://facebook.example';
const FINALIZER =
  'https://omniwear.zendesk.com/zendesk/channels/integration_service_instances/editor_finalizer';
const ADMIN_CENTER = `<!doctype html><title>Admin Center</title>
<iframe name="f" width="900" height="1400"></iframe>
<form method="post" action="${SERVICE}/admin_ui" target="f">
<input name="return_url" value="${FINALIZER}"><input name="subdomain" value="omniwear">
<input name="state" value="s"></form><script>document.forms[0].submit()</script>`;

/**
 * As in production: Zendesk and the service at https addresses of two sites, without the sandbox's
 * exceptions, and a browser that stores nothing for framed sites.
 */
describe('a browser that blocks third-party cookies', () => {
  let instagram: RunningInstagram;
  let service: MainProcess;
  let zendesk: Server;
  let facebook: Server;
  let browser: Browser;
  let directory: string;
  const posted: URLSearchParams[] = [];
  let adminCenter = '';

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
      FACEBOOK_DIALOG_URL: FACEBOOK,
      META_APP_ID: SANDBOX_APP.id,
      META_APP_SECRET: SANDBOX_APP.secret,
    });
    zendesk = createServer({ cert, key }, (request, reply) => {
      reply.setHeader('content-type', 'text/html');
      if (request.method !== 'POST') {
        reply.end(adminCenter);
        return;
      }
      void text(request).then((body) => {
        posted.push(new URLSearchParams(body));
        reply.end('<!doctype html><title>Saved</title><p>Saved.</p>');
      });
    });
    facebook = createServer({ cert, key }, (request, reply) => {
      reply.writeHead(302, { location: `${instagram.url}${request.url ?? ''}` }).end();
    });
    await new Promise<void>((resolve) => {
      facebook.listen(0, '127.0.0.1', resolve);
    });
    await new Promise<void>((resolve) => {
      zendesk.listen(0, '127.0.0.1', resolve);
    });
    const zendeskPort = String((zendesk.address() as AddressInfo).port);
    const facebookPort = String((facebook.address() as AddressInfo).port);
    const servicePort = new URL(service.url).port;
    browser = await startBrowser(
      '--test-third-party-cookie-phaseout',
      '--host-resolver-rules=' +
        [
          `MAP *.zendesk.com 127.0.0.1:${zendeskPort}`,
          `MAP channel.example 127.0.0.1:${servicePort}`,
          `MAP facebook.example 127.0.0.1:${facebookPort}`,
        ].join(),
    );
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await service.stop();
    await instagram.stop();
    zendesk.close();
    zendesk.closeAllConnections();
    facebook.close();
    facebook.closeAllConnections();
    rmSync(directory, { recursive: true });
  });

  beforeEach(() => {
    adminCenter = ADMIN_CENTER;
  });
  afterEach(async () => {
    instagram.faults.clear();
    await severOpener(false);
  });

  /** Whether Facebook's pages disconnect the window from the page that opened it. */
  const severOpener = async (loginSeversOpener: boolean): Promise<void> => {
    await fetch(`${instagram.url}/_control/undocumented`, {
      method: 'PATCH',
      body: JSON.stringify({ loginSeversOpener }),
      headers: { 'content-type': 'application/json' },
    });
  };
  /** An admin of a Zendesk, in a browser whose clock can be advanced. */
  const visit = async (subdomain: string): Promise<{ page: Page; frame: FrameLocator }> => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(10_000);
    await context.clock.install();
    const page = await context.newPage();
    await page.goto(`https://${subdomain}.zendesk.com/admin`);
    return { page, frame: page.frameLocator('iframe') };
  };
  const openWindow = async ({ page, frame }: Awaited<ReturnType<typeof visit>>): Promise<Page> => {
    const [popUp] = await Promise.all([
      page.context().waitForEvent('page'),
      frame.locator('#log-in button').click(),
    ]);
    await popUp.locator('#move-on').click();
    await popUp.locator('#olivia').waitFor();
    return popUp;
  };

  it('still adds an account and stores nothing', async () => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(10_000);
    const page: Page = await context.newPage();
    await page.goto('https://omniwear.zendesk.com/admin');
    const frame = page.frameLocator('iframe');
    await frame.locator('#log-in button').waitFor();

    // The switch works: the frame has no storage, and its cookie is not stored.
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
    await popUp.locator('#move-on').click();
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

  it('continues by itself after a login of a minute, although Meta is slow', async () => {
    const { page, frame } = await visit('omniwear');
    const popUp = await openWindow({ page, frame });
    await page.clock.fastForward(60_000);
    instagram.faults.arm({
      fault: { kind: 'delay', ms: 4000 },
      times: 1,
      path: '/oauth/access_token',
    });
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/log-in/continue')) sent.push(request.postData() ?? '');
    });
    await popUp.locator('#olivia').click();
    await frame.getByRole('heading', { name: 'Instagram account @omniwear' }).waitFor();
    expect(sent).toEqual([expect.stringMatching(/&confirmation=\w{8}$/)]);
    await page.context().close();
  }, 60_000);

  it('asks for the code of a second login as for the first', async () => {
    await severOpener(true);
    const { page, frame } = await visit('omniwear');
    for (let time = 0; time < 2; time += 1) {
      const popUp = await openWindow({ page, frame });
      await frame.locator('#code').waitFor({ state: 'hidden' });
      await popUp.locator('#olivia').click();
      await popUp.locator('output.code').waitFor();
      await popUp.close();
      await frame.locator('#code').waitFor();
    }
    await page.context().close();
  }, 60_000);

  it('ignores a login from a window that the framing page opened', async () => {
    const begun = await browser.newContext({ ignoreHTTPSErrors: true });
    const post = async (path: string, form: Record<string, string>): Promise<SetupPage> => {
      const answer = await begun.request.post(`${service.url}${path}`, { form });
      return new SetupPage({ status: answer.status(), text: await answer.text() });
    };
    const returnUrl = FINALIZER.replace('omniwear', 'evil');
    const first = await post('/admin_ui', { subdomain: 'evil', return_url: returnUrl });
    const setup = first.field('set_up');
    const { dialog } = await post('/admin/log-in', { set_up: setup });
    // The frame still belongs to the attacker when it opens the window.
    adminCenter = `<!doctype html><title>Help Center</title><button>Read on</button>
<iframe name="f"></iframe><form method="post" target="f" action="${SERVICE}/admin/token">
<input name="set_up" value="${setup}"><input name="token" value="two words"></form>
<script>document.querySelector('button').onclick = () => {
  frames.f.open(${JSON.stringify(dialog.href)}, 'w', 'popup');
  document.forms[0].submit();
}</script>`;
    const { page, frame } = await visit('evil');
    const [popUp] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Read on' }).click(),
    ]);
    await frame.getByText('not a valid token').waitFor();
    await popUp.locator('#olivia').click();
    await popUp.locator('output.code').waitFor();
    // A page that accepted the login would show the next page within a second.
    await page.waitForTimeout(2000);
    expect(await frame.locator('h1').innerText()).toBe('Connect an Instagram account');
    expect(popUp.isClosed()).toBe(false);
    await Promise.all([begun.close(), page.context().close()]);
  }, 60_000);
});
