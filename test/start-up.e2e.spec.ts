import { cpSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VERSION } from '../src/version.js';
import { readEvents } from '../src/common/logging/log-reader.js';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { useInstagram } from './support/instagram.js';
import { startMain } from './support/main.js';
import { ROOT, runNode } from './support/run.js';
import { OMNIWEAR_ACCOUNT } from '../sandbox/omniwear-account.js';
import { TEST_KEY } from './support/service.js';

/** Waits until a condition is true. The test's own time limit ends the wait. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

/** Whether nothing listens at an address. */
function isRefused(url: string): Promise<boolean> {
  return fetch(url).then(
    () => false,
    () => true,
  );
}

const SECRET = 'planted-secret-value';

describe('node dist/main.js', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'start-up-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  const good = (): Record<string, string> => ({
    PUBLIC_URL: 'https://channel.example',
    CREDENTIALS_KEYS: TEST_KEY,
    DATABASE_URL: `sqlite:${join(directory, 'channel.db')}`,
    PORT: '0',
  });

  it('lists every invalid setting in one message without any value', async () => {
    const { code, stdout, stderr } = await runNode(['dist/main.js'], {
      PUBLIC_URL: `http://user:${SECRET}@x.example/`,
      CREDENTIALS_KEYS: `kid:${SECRET}`,
      CREDENTIALS_PLAINTEXT: SECRET,
      CREDENTIALS_NOT_BEFORE: SECRET,
      DATABASE_URL: `mysql://root:${SECRET}@db/x`,
      INSTAGRAM_GRAPH_URL: `http://${SECRET}.example`,
      INSTAGRAM_GRAPH_VERSION: SECRET,
      INSTAGRAM_MAX_CONNECTIONS: SECRET,
      META_APP_ID: SECRET,
      META_APP_SECRET_FILE: `/nowhere/${SECRET}`,
      PORT: SECRET,
      HOST: `${SECRET} x`,
      PROXY_DEADLINE_MS: '5',
      PULL_BUDGET_MS: SECRET,
      SHUTDOWN_DELAY_MS: SECRET,
      TRUST_PROXY: SECRET,
      DOCS: SECRET,
      LOG_LEVEL: SECRET,
      TLS_CERT_FILE: `/nowhere/${SECRET}`,
    });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    const faults = stderr.split('\n').filter((line) => line.startsWith('  - '));
    expect(faults.map((line) => /[A-Z_]+/.exec(line)?.[0]).sort()).toEqual([
      'CREDENTIALS_KEYS',
      'CREDENTIALS_NOT_BEFORE',
      'CREDENTIALS_PLAINTEXT',
      'DATABASE_URL',
      'DOCS',
      'HOST',
      'INSTAGRAM_GRAPH_URL',
      'INSTAGRAM_GRAPH_VERSION',
      'INSTAGRAM_MAX_CONNECTIONS',
      'LOG_LEVEL',
      'META_APP_ID',
      'META_APP_SECRET_FILE',
      'PORT',
      'PROXY_DEADLINE_MS',
      'PUBLIC_URL',
      'PULL_BUDGET_MS',
      'SHUTDOWN_DELAY_MS',
      'TLS_CERT_FILE',
      'TLS_CERT_FILE',
      'TRUST_PROXY',
    ]);
    expect(stderr.includes(SECRET)).toBe(false);
  });

  it('prints its version and its usage, and refuses other arguments', async () => {
    expect(await runNode(['dist/main.js', '--version'])).toEqual({
      code: 0,
      stdout: `${VERSION}\n`,
      stderr: '',
    });
    const help = await runNode(['dist/main.js', '--help']);
    expect([help.code, help.stderr]).toEqual([0, '']);
    expect(help.stdout).toMatch(/PUBLIC_URL/);
    const { code, stdout, stderr } = await runNode(['dist/main.js', '--port', '3000']);
    expect([code, stdout, stderr]).toEqual([2, '', help.stdout]);
  });

  it('names the missing settings when nothing is set', async () => {
    const { code, stderr } = await runNode(['dist/main.js']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/PUBLIC_URL is not set/);
    expect(stderr).toMatch(/CREDENTIALS_KEYS is not set/);
  });

  it('reports a database that cannot be opened', async () => {
    const file = join(directory, 'no-database');
    writeFileSync(
      file,
      'this is not a database, it is a text that is long enough to be read as one',
    );
    const { code, stderr } = await runNode(['dist/main.js'], {
      ...good(),
      DATABASE_URL: `sqlite:${file}`,
    });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/DATABASE_URL names a database .*SQLITE_NOTADB/),
    });
  });

  it('reports a port that is in use', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const run = await runNode(['dist/main.js'], { ...good(), PORT: String(port) });
    taken.close();
    expect(run).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/PORT and HOST .*EADDRINUSE/),
    });
  });

  it('lists every problem of the manifest and nothing else', async () => {
    const copy = join(directory, 'copy');
    cpSync(join(ROOT, 'dist'), join(copy, 'dist'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
    writeFileSync(join(copy, 'manifest.json'), '{"name":"","urls":{"pull":"/pull"}}');
    const { code, stdout, stderr } = await runNode([join(copy, 'dist/main.js')], good());
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([
      'The service cannot start. Correct manifest.json:',
      expect.stringMatching(/- name /),
      expect.stringMatching(/- id /),
      expect.stringMatching(/- urls\.pull /),
      expect.stringMatching(/- urls\.admin_ui must be given/),
    ]);
  });

  describe('with the environment of a deployment', () => {
    const instagram = useInstagram();

    it('waits ten seconds for a request, and answers noise that is not HTTP', async () => {
      const service = await startMain(good());
      const send = async (text: string): Promise<string> => {
        const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
        socket.write(text);
        return readText(socket);
      };
      const head = 'POST /like HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n';
      const start = performance.now();
      const [body, headers, noise] = await Promise.all([
        send(`${head}Content-Type: application/json\r\n\r\n{`),
        send(head),
        send('what?\r\n\r\n'),
      ]);
      expect(performance.now() - start).toBeLessThan(16_000);
      for (const answer of [body, headers]) {
        expect(answer).toMatch(/^HTTP\/1.1 408 .*application\/problem\+json.*"status":408/s);
      }
      expect(noise).toMatch(/^HTTP\/1.1 400 .*application\/problem\+json.*"status":400/s);
      await service.stop();
    }, 30_000);

    it('likes, answers open calls after SIGTERM, and locks the database', async () => {
      const keyFile = join(directory, 'keys');
      writeFileSync(keyFile, `${TEST_KEY}\n`);
      const environment: Record<string, string> = {
        ...good(),
        CREDENTIALS_KEYS_FILE: keyFile,
        INSTAGRAM_GRAPH_URL: instagram.url,
        NODE_ENV: 'production',
        SHUTDOWN_DELAY_MS: '60000',
      };
      delete environment.CREDENTIALS_KEYS;
      const service = await startMain(environment);
      const sealed = await runNode(
        ['dist/cli/metadata.cli.js', 'seal'],
        { CREDENTIALS_KEYS_FILE: keyFile },
        JSON.stringify(OMNIWEAR_ACCOUNT),
      );
      const metadata = sealed.stdout.trim();
      const like = (liked: boolean): Promise<Response> =>
        service.post('/like', {
          instance_metadata: metadata,
          client_data: JSON.stringify({ media_id: OMNIWEAR.photoId, liked }),
        });
      expect(await (await like(true)).json()).toMatchObject({ ok: true, liked: true });
      expect(instagram.world.listLikes(OMNIWEAR.igUserId)).toEqual([OMNIWEAR.photoId]);
      expect((await fetch(`${service.url}/docs`)).status).toBe(404);

      expect(statSync(join(directory, 'channel.db')).mode & 0o777).toBe(0o600);

      const second = await runNode(['dist/main.js'], environment);
      expect(second.stderr).toMatch(/DATABASE_URL .*another process has it open/);

      // A call that is open at SIGTERM is answered, and its connection closed.
      const held = instagram.holdNext();
      const underWay = like(true);
      await held.arrived;
      const stoppedAt = performance.now();
      service.process.kill('SIGHUP');
      service.process.kill('SIGTERM');
      await until(async () => (await fetch(`${service.url}/health/ready`)).status === 503);
      // The port is open during the delay. A second signal ends the delay, which is a minute.
      const late = await fetch(`${service.url}/manifest.json`);
      expect(late.status).toBe(200);
      expect(late.headers.get('connection')).toBe('close');
      expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
      service.process.kill('SIGTERM');
      await until(() => isRefused(service.url));
      held.release();
      const answer = await underWay;
      expect(await answer.json()).toMatchObject({ ok: true });
      expect(answer.headers.get('connection')).toBe('close');
      expect(await service.ended).toEqual([null, 'SIGTERM']);
      expect(performance.now() - stoppedAt).toBeLessThan(30_000);
      expect(readEvents(service.lines.join('\n'), 'service.hangup_ignored')).toHaveLength(1);
      expect(service.lines.join('\n').includes(OMNIWEAR.token)).toBe(false);
    }, 60_000);
  });
});
