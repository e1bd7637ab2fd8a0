import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { sealOmniwear } from './support/account.js';
import { useInstagram } from './support/instagram.js';
import { type MainProcess, PROCESS_SETTINGS, startMain } from './support/main.js';
import { addPosts } from './support/posts.js';
import { DATABASE_PASSWORD, TestPostgres } from './support/postgres.js';

const ROUNDS = 40;
/** For the start of a process or of PostgreSQL on a busy machine. */
const START_MAX_MS = 60_000;
const PHOTO = { media_id: OMNIWEAR.photoId };
const QUESTION = `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`;

type Json = Record<string, unknown>;

describe('two processes on one PostgreSQL', () => {
  const instagram = useInstagram();
  let postgres: TestPostgres;
  let environment: Record<string, string>;
  let one: MainProcess;
  let two: MainProcess;
  let metadata: string;
  /** Posts that no test has liked yet. */
  let posts: string[];
  let directory: string;

  beforeAll(async () => {
    [postgres, metadata] = await Promise.all([TestPostgres.start(), sealOmniwear()]);
    posts = addPosts(instagram.world, ROUNDS + 1, 0);
    const DATABASE_URL = await postgres.makeDatabase();
    directory = mkdtempSync(join(tmpdir(), 'several-'));
    const DATABASE_URL_FILE = join(directory, 'url');
    writeFileSync(DATABASE_URL_FILE, `${DATABASE_URL}\n`);
    const settings = {
      ...PROCESS_SETTINGS,
      INSTAGRAM_GRAPH_URL: instagram.url,
      PROXY_DEADLINE_MS: '2000',
    };
    environment = { ...settings, DATABASE_URL };
    [one, two] = await Promise.all([
      startMain(environment),
      startMain({ ...settings, DATABASE_URL_FILE }),
    ]);
  }, START_MAX_MS);
  afterAll(async () => {
    const logs = [...one.lines, ...two.lines].join('\n');
    await Promise.all([one.stop(), two.stop()]);
    await postgres.stop();
    rmSync(directory, { recursive: true });
    expect(logs.includes(DATABASE_PASSWORD)).toBe(false);
  });
  beforeEach(async () => {
    // A failed test may leave a process killed, or the database stopped.
    if (one.process.signalCode !== null) one = await startMain(environment);
    if (!postgres.isRunning) await postgres.resume();
    await until(isReady);
    instagram.faults.clear();
    // Instagram locks an account out that likes too fast.
    instagram.world.clock.advance(60);
  }, START_MAX_MS);

  const call = (service: MainProcess, path: string, data: object): Promise<Json> =>
    service.proxy(path, data, metadata);
  const like = (service: MainProcess, liked: boolean, target: object = PHOTO): Promise<Json> =>
    call(service, '/like', { ...target, liked });
  const state = async (service: MainProcess, target: object = PHOTO): Promise<unknown> =>
    (await call(service, '/like/state', target)).liked;
  const holds = (id: string = OMNIWEAR.photoId): boolean =>
    instagram.world.listLikes(OMNIWEAR.igUserId).includes(id);
  const reply = (service: MainProcess, requestId: string): Promise<Response> =>
    service.post('/channelback', {
      metadata,
      message: `Reply ${requestId}`,
      parent_id: QUESTION,
      request_unique_identifier: requestId,
    });
  const readiness = async (service: MainProcess): Promise<number> =>
    (await fetch(`${service.url}/health/ready`)).status;
  const isReady = async (): Promise<boolean> =>
    (await readiness(one)) === 200 && (await readiness(two)) === 200;
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    while (!(await condition())) await sleep(50);
  };

  it('know the likes of each other', async () => {
    expect(await like(one, true)).toMatchObject({ ok: true, liked: true });
    expect(await state(two)).toBe(true);
    expect(await like(two, false)).toMatchObject({ ok: true, liked: false });
    expect(await state(one)).toBe(false);
  });

  it('send opposite clicks one after the other and know the last one', async () => {
    const held = instagram.holdNext();
    const first = like(one, true);
    await held.arrived;
    const second = like(two, false);
    await sleep(200);
    held.release();
    expect(await first).toMatchObject({ ok: true });
    expect(await second).toMatchObject({ ok: true });
    expect(holds()).toBe(false);
    expect([await state(one), await state(two)]).toEqual([false, false]);
  });

  it('do not wait forever for a process that hangs, and then report an unknown state', async () => {
    const comment = { comment_id: OMNIWEAR.commentId };
    const held = instagram.holdNext();
    const first = like(one, true, comment);
    await held.arrived;
    expect(await like(two, false, comment)).toMatchObject({ ok: true, liked: false });
    held.release();
    expect(await first).toMatchObject({ ok: true, liked: true });
    expect(holds(OMNIWEAR.commentId)).toBe(true);
    expect(await state(one, comment)).toBeNull();
  });

  it('never report a state that Instagram contradicts after lost and opposite clicks', async () => {
    const faults = ['none', 'delay', 'cut_after', 'cut_before'] as const;
    let sure = 0;
    let unsure = 0;
    // Another post in each round: a lost call leaves its state unknown for two minutes.
    for (const [round, media_id] of posts.slice(1).entries()) {
      for (let count = 0; count < 3; count += 1) {
        const kind = faults[Math.floor(Math.random() * faults.length)] ?? 'none';
        if (kind === 'delay') {
          const ms = Math.floor(Math.random() * 100);
          instagram.failNext(kind, { ms });
        } else if (kind !== 'none') instagram.failNext(kind);
      }
      const clicks = [true, false].sort(() => Math.random() - 0.5);
      await Promise.all(
        [...clicks, Math.random() < 0.5].map((liked, index) =>
          like(index % 2 === 0 ? one : two, liked, { media_id }),
        ),
      );
      const [reported, reportedToo] = [
        await state(one, { media_id }),
        await state(two, { media_id }),
      ];
      expect(reportedToo).toBe(reported);
      if (reported === null) unsure += 1;
      else {
        sure += 1;
        expect({ round, liked: reported }).toEqual({ round, liked: holds(media_id) });
      }
      instagram.faults.clear();
      instagram.world.clock.advance(10);
    }
    expect(sure).toBeGreaterThan(0);
    expect(unsure).toBeGreaterThan(0);
  }, 120_000);

  it('post a reply once that is sent to both', async () => {
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

  it(
    'settle a like that the other process left when it was killed',
    async () => {
      const reel = { media_id: OMNIWEAR.reelId };
      instagram.failNext('hang');
      const lost = like(one, true, reel).catch(() => undefined);
      await until(async () => (await state(two, reel)) === null);
      one.process.kill('SIGKILL');
      await Promise.all([one.ended, lost]);
      expect(await state(two, reel)).toBeNull();
      // On a busy machine one try may take longer than its deadline.
      await until(async () => (await like(two, true, reel)).ok === true);
      expect(await state(two, reel)).toBe(true);
      one = await startMain(environment);
      expect(await state(one, reel)).toBe(true);
    },
    START_MAX_MS,
  );

  it(
    'report that the database is away, and continue when it is back',
    async () => {
      const held = instagram.holdNext();
      const underWay = like(one, true, { media_id: posts[0] });
      await held.arrived;
      await postgres.pause();
      held.release();
      // Instagram accepted the like, so the answer is ok. The log reports that it was not recorded.
      expect(await underWay).toMatchObject({ ok: true, liked: true });
      expect(one.lines.join('\n')).toContain('ledger.write_failed');
      expect([await readiness(one), await readiness(two)]).toEqual([503, 503]);
      instagram.seen.length = 0;
      expect(await like(two, true)).toMatchObject({ ok: false, error: { code: 'internal' } });
      expect(await call(two, '/like/state', PHOTO)).toMatchObject({ ok: false });
      expect(instagram.seen).toEqual([]);
      await postgres.resume();
      await until(isReady);
      expect(await state(two, { media_id: posts[0] })).toBeNull();
      expect(await like(two, true)).toMatchObject({ ok: true });
    },
    START_MAX_MS,
  );
});
