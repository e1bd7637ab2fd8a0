import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { sealOmniwear } from './support/account.js';
import { useInstagram } from './support/instagram.js';
import { type MainProcess, PROCESS_SETTINGS, startMain } from './support/main.js';
import { JSON_TYPE } from './support/service.js';

const PHOTO = { media_id: OMNIWEAR.photoId };
/** Smaller than one page of SQLite's log. */
const BLOCKS = 4;

interface Reply {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

describe('a full disk', () => {
  const instagram = useInstagram();
  let directory: string;
  let service: MainProcess;
  let environment: Record<string, string>;
  let metadata: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'disk-full-'));
    environment = {
      ...PROCESS_SETTINGS,
      DATABASE_URL: `sqlite:${join(directory, 'channel.db')}`,
      INSTAGRAM_GRAPH_URL: instagram.url,
    };
    metadata = await sealOmniwear();
    service = await startMain(environment);
  });
  afterAll(async () => {
    await service.stop();
    rmSync(directory, { recursive: true });
  });

  const read = async (answer: Response): Promise<Reply> => ({
    status: answer.status,
    json: (await answer.json()) as Reply['json'],
  });
  const get = async (path: string): Promise<Reply> => read(await fetch(`${service.url}${path}`));
  const proxy = (path: string, data: object): Promise<Reply['json']> =>
    service.proxy(path, data, metadata);
  const pull = (): Promise<Reply> => service.post('/pull', { metadata, state: '' }).then(read);
  const like = (): Promise<Reply['json']> => proxy('/like', { ...PHOTO, liked: true });
  const stop = async (): Promise<void> => {
    service.process.kill('SIGTERM');
    await service.ended;
  };

  it('makes the service not ready, sends nothing to Instagram and loses nothing', async () => {
    expect((await get('/health/ready')).status).toBe(200);
    expect((await pull()).status).toBe(200);
    expect(await like()).toMatchObject({ ok: true });
    await stop();

    service = await startMain(environment, BLOCKS);
    const readiness = await Promise.all([
      get('/health/ready'),
      get('/healthcheck'),
      get('/health/live'),
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
    // Known states can still be read.
    expect(await proxy('/like/state', PHOTO)).toMatchObject({ liked: true });
    const { json: manifest } = await get('/manifest.json');
    const event = {
      type_id: 'create_integration_instance',
      timestamp: new Date().toISOString(),
      subdomain: 'omniwear',
      integration_name: manifest.name,
      integration_id: manifest.id,
      data: { metadata },
    };
    const answer = await fetch(`${service.url}/event_callback`, {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE },
      body: JSON.stringify({ events: [event] }),
    });
    expect(answer.status).toBe(503);
    expect(service.lines.join('\n')).toMatch(/"database_code":"SQLITE_(FULL|IOERR)/);
    await stop();

    service = await startMain(environment);
    expect((await get('/health/ready')).status).toBe(200);
    const handedOut = await pull();
    expect([handedOut.status, JSON.stringify(handedOut.json)]).toEqual([
      200,
      expect.stringContaining(`comment:${OMNIWEAR.photoId}:${id}`),
    ]);
    expect(await proxy('/like', { ...PHOTO, liked: false })).toMatchObject({ ok: true });
  }, 60_000);
});
