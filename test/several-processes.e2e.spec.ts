import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { OMNIWEAR_ACCOUNT } from '../sandbox/omniwear-account.js';
import { type RunningInstagram, startInstagram } from './support/instagram.js';
import { type MainProcess, startMain } from './support/main.js';
import { addPosts } from './support/posts.js';
import { DATABASE_PASSWORD, TestPostgres } from './support/postgres.js';
import { runNode } from './support/run.js';
import { FORM, form, TEST_KEY } from './support/service.js';

const ROUNDS = 40;
const PHOTO = { media_id: OMNIWEAR.photoId };
const QUESTION = `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`;

type Json = Record<string, unknown>;

/** Two processes of the service on one PostgreSQL, and Instagram. */
describe('two processes on one database', () => {
  let postgres: TestPostgres;
  let instagram: RunningInstagram;
  let environment: Record<string, string>;
  let one: MainProcess;
  let two: MainProcess;
  let metadata: string;
  /** Fresh ones. */
  let posts: string[];
  let directory: string;

  beforeAll(async () => {
    [postgres, instagram] = await Promise.all([TestPostgres.start(), startInstagram()]);
    posts = addPosts(instagram.world, ROUNDS + 1, 0);
    environment = {
      PUBLIC_URL: 'https://channel.example',
      CREDENTIALS_KEYS: TEST_KEY,
      DATABASE_URL: await postgres.makeDatabase(),
      INSTAGRAM_GRAPH_URL: instagram.url,
      PROXY_DEADLINE_MS: '2000',
      PORT: '0',
    };
    const sealed = await runNode(
      ['dist/cli/metadata.cli.js', 'seal'],
      { CREDENTIALS_KEYS: TEST_KEY },
      JSON.stringify(OMNIWEAR_ACCOUNT),
    );
    metadata = sealed.stdout.trim();
    const { DATABASE_URL: url = '', ...others } = environment;
    directory = mkdtempSync(join(tmpdir(), 'several-'));
    writeFileSync(join(directory, 'url'), `${url}\n`);
    const fromFile = { ...others, DATABASE_URL_FILE: join(directory, 'url') };
    [one, two] = await Promise.all([startMain(environment), startMain(fromFile)]);
  });
  afterAll(async () => {
    const logs = [...one.lines, ...two.lines].join('\n');
    await Promise.all([one.stop(), two.stop()]);
    await Promise.all([postgres.stop(), instagram.stop()]);
    rmSync(directory, { recursive: true });
    expect(logs.includes(DATABASE_PASSWORD)).toBe(false);
  });
  beforeEach(() => {
    instagram.faults.clear();
    // Instagram locks an account out that likes too fast.
    instagram.world.clock.advance(60);
  });

  const call = async (service: MainProcess, path: string, data: object): Promise<Json> => {
    const answer = await fetch(`${service.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': FORM },
      body: form({ instance_metadata: metadata, client_data: JSON.stringify(data) }),
    });
    return (await answer.json()) as Json;
  };
  const like = (service: MainProcess, liked: boolean, target: object = PHOTO): Promise<Json> =>
    call(service, '/like', { ...target, liked });
  const state = async (service: MainProcess, target: object = PHOTO): Promise<unknown> =>
    (await call(service, '/like/state', target)).liked;
  const holds = (id: string = OMNIWEAR.photoId): boolean =>
    instagram.world.listLikes(OMNIWEAR.igUserId).includes(id);
  const reply = (service: MainProcess, requestId: string): Promise<Response> =>
    fetch(`${service.url}/channelback`, {
      method: 'POST',
      headers: { 'content-type': FORM },
      body: form({
        metadata,
        message: `Reply ${requestId}`,
        parent_id: QUESTION,
        request_unique_identifier: requestId,
      }),
    });
  const readiness = async (service: MainProcess): Promise<number> =>
    (await fetch(`${service.url}/health/ready`)).status;
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    const end = performance.now() + 10_000;
    while (!(await condition())) {
      expect(performance.now()).toBeLessThan(end);
      await sleep(50);
    }
  };

  it('know of each other what was liked', async () => {
    expect(await like(one, true)).toMatchObject({ ok: true, liked: true });
    expect(await state(two)).toBe(true);
    expect(await like(two, false)).toMatchObject({ ok: true, liked: false });
    expect(await state(one)).toBe(false);
  });

  it('send opposite clicks one after the other, and are sure of the last', async () => {
    instagram.faults.arm({ fault: { kind: 'delay', ms: 300 }, times: 1 });
    const first = like(one, true);
    await sleep(100);
    const second = like(two, false);
    expect(await first).toMatchObject({ ok: true });
    expect(await second).toMatchObject({ ok: true });
    expect(holds()).toBe(false);
    expect([await state(one), await state(two)]).toEqual([false, false]);
  });

  it('do not wait for ever for one that hangs, and then are not sure', async () => {
    const comment = { comment_id: OMNIWEAR.commentId };
    instagram.faults.arm({ fault: { kind: 'delay', ms: 1700 }, times: 1 });
    const first = like(one, true, comment);
    await sleep(100);
    expect(await like(two, false, comment)).toMatchObject({ ok: true, liked: false });
    expect(await first).toMatchObject({ ok: true, liked: true });
    expect(holds(OMNIWEAR.commentId)).toBe(true);
    expect(await state(one, comment)).toBeNull();
  });

  it('never give a definite answer that Instagram contradicts, whatever befalls opposite clicks', async () => {
    const faults = ['none', 'delay', 'cut_after', 'cut_before'] as const;
    let sure = 0;
    let unsure = 0;
    // A heart of its own for each round: what is lost on one leaves it unsure for two minutes.
    for (const [round, media_id] of posts.slice(1).entries()) {
      for (let count = 0; count < 3; count += 1) {
        const kind = faults[Math.floor(Math.random() * faults.length)] ?? 'none';
        if (kind === 'delay') {
          const ms = Math.floor(Math.random() * 100);
          instagram.faults.arm({ fault: { kind, ms }, times: 1 });
        } else if (kind !== 'none') instagram.faults.arm({ fault: { kind }, times: 1 });
      }
      const wishes = [true, false].sort(() => Math.random() - 0.5);
      await Promise.all(
        [...wishes, Math.random() < 0.5].map((liked, index) =>
          like(index % 2 === 0 ? one : two, liked, { media_id }),
        ),
      );
      const [told, toldToo] = [await state(one, { media_id }), await state(two, { media_id })];
      expect(toldToo).toBe(told);
      if (told === null) unsure += 1;
      else {
        sure += 1;
        expect({ round, liked: told }).toEqual({ round, liked: holds(media_id) });
      }
      instagram.faults.clear();
      instagram.world.clock.advance(10);
    }
    expect(sure).toBeGreaterThan(0);
    expect(unsure).toBeGreaterThan(0);
  }, 120_000);

  it('post one reply once that is sent to both', async () => {
    for (let round = 0; round < 5; round += 1) {
      const requestId = `both-${String(round)}`;
      const answers = await Promise.all([reply(one, requestId), reply(two, requestId)]);
      const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as Json[];
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(bodies[0]).toEqual(bodies[1]);
      const posted = instagram.world
        .commentsOn({ parentId: OMNIWEAR.commentId })
        .filter(({ text }) => text === `Reply ${requestId}`);
      expect(posted).toHaveLength(1);
    }
  });

  it('settle what the other one left when it was killed', async () => {
    const reel = { media_id: OMNIWEAR.reelId };
    await postgres.query(databaseName(), 'delete from like_attempts');
    await like(two, false, reel);
    instagram.faults.arm({ fault: { kind: 'hang' }, times: 1 });
    const lost = like(one, true, reel).catch(() => undefined);
    await until(async () => (await state(two, reel)) === null);
    const killed = once(one.process, 'exit');
    one.process.kill('SIGKILL');
    await Promise.all([killed, lost]);
    expect(await state(two, reel)).toBeNull();
    expect(await like(two, true, reel)).toMatchObject({ ok: true, liked: true });
    expect(await state(two, reel)).toBe(true);
    one = await startMain(environment);
    expect(await state(one, reel)).toBe(true);
  });

  it('say so while the database is away, and go on by themselves when it is back', async () => {
    instagram.faults.arm({ fault: { kind: 'delay', ms: 800 }, times: 1 });
    const underWay = like(one, true, { media_id: posts[0] });
    await sleep(200);
    await postgres.pause();
    // Instagram took it: that the ledger could not keep it is in the log, and the state stays pending.
    expect(await underWay).toMatchObject({ ok: true, liked: true });
    expect(one.lines.join('\n')).toContain('ledger.write_failed');
    expect([await readiness(one), await readiness(two)]).toEqual([503, 503]);
    instagram.seen.length = 0;
    expect(await like(two, true)).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(await call(two, '/like/state', PHOTO)).toMatchObject({ ok: false });
    expect(instagram.seen).toEqual([]);
    await postgres.resume();
    await until(async () => (await readiness(one)) === 200 && (await readiness(two)) === 200);
    expect(await state(two, { media_id: posts[0] })).toBeNull();
    expect(await like(two, true)).toMatchObject({ ok: true });
  });

  const databaseName = (): string => new URL(environment.DATABASE_URL ?? '').pathname.slice(1);
});
