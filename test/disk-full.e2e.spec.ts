import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { OMNIWEAR_ACCOUNT } from '../sandbox/omniwear-account.js';
import { type RunningInstagram, startInstagram } from './support/instagram.js';
import { type MainProcess, startMain } from './support/main.js';
import { runNode } from './support/run.js';
import { FORM, form, JSON_TYPE, TEST_KEY } from './support/service.js';

const PHOTO = { media_id: OMNIWEAR.photoId };
/** Less than one page of SQLite's log has. */
const BLOCKS = 4;

interface Reply {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

describe('a full disk', () => {
  let directory: string;
  let instagram: RunningInstagram;
  let service: MainProcess;
  let environment: Record<string, string>;
  let metadata: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'disk-full-'));
    instagram = await startInstagram();
    environment = {
      PUBLIC_URL: 'https://channel.example',
      CREDENTIALS_KEYS: TEST_KEY,
      DATABASE_URL: `sqlite:${join(directory, 'channel.db')}`,
      INSTAGRAM_GRAPH_URL: instagram.url,
      PORT: '0',
    };
    const sealed = await runNode(
      ['dist/cli/metadata.cli.js', 'seal'],
      { CREDENTIALS_KEYS: TEST_KEY },
      JSON.stringify(OMNIWEAR_ACCOUNT),
    );
    metadata = sealed.stdout.trim();
  });
  afterAll(async () => {
    if (service.process.exitCode === null) await service.stop();
    await instagram.stop();
    rmSync(directory, { recursive: true });
  });

  const request = async (path: string, body?: string, type = FORM): Promise<Reply> => {
    const answer = await fetch(
      `${service.url}${path}`,
      body === undefined ? {} : { method: 'POST', headers: { 'content-type': type }, body },
    );
    return { status: answer.status, json: (await answer.json()) as Reply['json'] };
  };
  const proxy = async (path: string, data: object): Promise<Reply['json']> => {
    const fields = { instance_metadata: metadata, client_data: JSON.stringify(data) };
    return (await request(path, form(fields))).json;
  };
  const pull = (): Promise<Reply> => request('/pull', form({ metadata, state: '' }));
  const like = (): Promise<Reply['json']> => proxy('/like', { ...PHOTO, liked: true });
  const stop = async (): Promise<void> => {
    const ended = once(service.process, 'exit');
    service.process.kill('SIGTERM');
    await ended;
  };

  it('makes the service not ready, sends nothing to Instagram and loses nothing', async () => {
    service = await startMain(environment);
    expect((await request('/health/ready')).status).toBe(200);
    expect((await pull()).status).toBe(200);
    expect(await like()).toMatchObject({ ok: true });
    await stop();

    service = await startMain(environment, BLOCKS);
    const readiness = await Promise.all([
      request('/health/ready'),
      request('/healthcheck'),
      request('/health/live'),
    ]);
    expect(readiness.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(readiness[0].json.detail).toBe('The database cannot be written.');
    const { id } = instagram.world.addComment({
      mediaId: OMNIWEAR.photoId,
      authorId: '17841400000000002',
      text: 'Is it warm?',
    });
    const pulled = await pull();
    expect([pulled.status, pulled.json.status]).toEqual([503, 503]);
    instagram.seen.length = 0;
    expect(await proxy('/like', { ...PHOTO, liked: false })).toMatchObject({
      ok: false,
      error: { code: 'internal', status: 503 },
    });
    expect(instagram.seen).toEqual([]);
    // What is known can still be read.
    expect(await proxy('/like/state', PHOTO)).toMatchObject({ liked: true });
    const { json: manifest } = await request('/manifest.json');
    const event = {
      type_id: 'create_integration_instance',
      timestamp: new Date().toISOString(),
      subdomain: 'omniwear',
      integration_name: manifest.name,
      integration_id: manifest.id,
      data: { metadata },
    };
    const told = await request('/event_callback', JSON.stringify({ events: [event] }), JSON_TYPE);
    expect(told.status).toBe(503);
    expect(service.lines.join('\n')).toMatch(/"database_code":"SQLITE_(FULL|IOERR)/);
    await stop();

    service = await startMain(environment);
    expect((await request('/health/ready')).status).toBe(200);
    const handedOut = await pull();
    expect([handedOut.status, JSON.stringify(handedOut.json)]).toEqual([
      200,
      expect.stringContaining(`comment:${OMNIWEAR.photoId}:${id}`),
    ]);
    expect(await proxy('/like', { ...PHOTO, liked: false })).toMatchObject({ ok: true });
    await stop();
  }, 60_000);
});
