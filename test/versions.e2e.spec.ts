import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import pg from 'pg';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { VERSION } from '../src/version.js';
import { sealOmniwear } from './support/account.js';
import { ENGINES, type TestEngine } from './support/engines.js';
import { useInstagram } from './support/instagram.js';
import { type MainProcess, PROCESS_SETTINGS, startMain } from './support/main.js';
import { makeNextVersion, NEXT_VERSION, unpackLedger, unpackRelease } from './support/releases.js';

/** For the starts of several processes on a busy machine. */
const TEST_MAX_MS = 120_000;
const PREVIOUS = '0.1.0';
const MIRA = '17841400000000002';
const QUESTION = `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`;
const TOO_NEW = `database was written by a newer version (${NEXT_VERSION}) of this service`;

/** How operators return to the previous release, and forward again (docs/operations.md). */
const ROLLBACK = [
  'create table newer_migrations as select * from kysely_migration',
  "delete from kysely_migration where name > '0007-origin-of-log-ins'",
];
const FORWARD = [
  'delete from kysely_migration',
  'insert into kysely_migration select * from newer_migrations',
  'drop table newer_migrations',
];

type Json = Record<string, unknown>;
interface Pulled {
  readonly external_resources: { readonly external_id: string }[];
  readonly state: string;
}

describe.each(ENGINES)('on one database on %s', (name, startEngine) => {
  const instagram = useInstagram({ per: 'test' });
  const running: MainProcess[] = [];
  let engine: TestEngine;
  let folder: string;
  let metadata: string;

  beforeAll(async () => {
    [engine, metadata] = await Promise.all([startEngine(), sealOmniwear()]);
    folder = mkdtempSync(join(tmpdir(), 'versions-'));
    unpackRelease(PREVIOUS, join(folder, 'previous'));
    makeNextVersion(join(folder, 'next'), { isAdditive: true });
    makeNextVersion(join(folder, 'breaking'), { isAdditive: false });
  }, TEST_MAX_MS);
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.stop()));
  });
  afterAll(async () => {
    await engine.stop();
    rmSync(folder, { recursive: true });
  });

  const start = async (url: string, build?: string): Promise<MainProcess> => {
    const environment = {
      ...PROCESS_SETTINGS,
      DATABASE_URL: url,
      INSTAGRAM_GRAPH_URL: instagram.url,
    };
    const at = build === undefined ? undefined : join(folder, build);
    const service = await startMain(environment, undefined, undefined, at);
    running.push(service);
    return service;
  };
  const stop = async (service: MainProcess): Promise<void> => {
    running.splice(running.indexOf(service), 1);
    await service.stop();
  };
  const like = (service: MainProcess, liked: boolean): Promise<Json> =>
    service.proxy('/like', { media_id: OMNIWEAR.photoId, liked }, metadata);
  const readLike = async (service: MainProcess): Promise<unknown> =>
    (await service.proxy('/like/state', { media_id: OMNIWEAR.photoId }, metadata)).liked;
  const isLiked = (): boolean =>
    instagram.world.listLikes(OMNIWEAR.igUserId).includes(OMNIWEAR.photoId);
  const reply = async (service: MainProcess, id: string): Promise<number> => {
    const { status } = await service.post('/channelback', {
      metadata,
      message: `Reply ${id}`,
      parent_id: QUESTION,
      request_unique_identifier: id,
    });
    return status;
  };
  const countReplies = (id: string): number =>
    instagram.world
      .commentsOn({ parentId: OMNIWEAR.commentId })
      .filter(({ text }) => text === `Reply ${id}`).length;
  const write = (text: string): string => {
    const { id } = instagram.world.addComment({
      mediaId: OMNIWEAR.photoId,
      authorId: MIRA,
      text,
    });
    return `comment:${OMNIWEAR.photoId}:${id}`;
  };
  const pull = async (service: MainProcess, state: string): Promise<[string[], string]> => {
    const answer = await service.post('/pull', { metadata, state });
    expect(answer.status).toBe(200);
    const json = (await answer.json()) as Pulled;
    return [json.external_resources.map(({ external_id: id }) => id), json.state];
  };
  const execute = async (url: string, statements: readonly string[]): Promise<void> => {
    if (name === 'SQLite') {
      const db = new DatabaseSync(url.slice('sqlite:'.length));
      for (const statement of statements) db.exec(statement);
      db.close();
      return;
    }
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };

  /** Likes, replies and pulls with one build; then checks with the other that nothing is lost. */
  const handOver = async (
    one: MainProcess,
    startOther: () => Promise<MainProcess>,
    round: string,
    state: string,
  ): Promise<[MainProcess, string]> => {
    const first = write(`First of ${round}`);
    let [ids, next] = await pull(one, state);
    expect(ids).toContain(first);
    expect(await like(one, true)).toMatchObject({ ok: true, liked: true });
    expect(await reply(one, round)).toBe(200);
    await stop(one);
    const second = write(`Second of ${round}`);
    const other = await startOther();
    expect(await readLike(other)).toBe(isLiked());
    expect(await reply(other, round)).toBe(200);
    expect(countReplies(round)).toBe(1);
    [ids, next] = await pull(other, next);
    expect(ids).toContain(second);
    expect(await like(other, false)).toMatchObject({ ok: true, liked: false });
    expect(await readLike(other)).toBe(isLiked());
    return [other, next];
  };

  it(
    `version ${PREVIOUS} and this one lose nothing on the way forward, back and forward`,
    async () => {
      const url = await engine.makeDatabase();
      const previous = await start(url, 'previous');
      const [present, state] = await handOver(previous, () => start(url), 'forward', '');
      await stop(present);
      await expect(start(url, 'previous')).rejects.toThrow(/the database failed/);
      const again = await start(url);
      const rollBack = async (): Promise<MainProcess> => {
        await execute(url, ROLLBACK);
        return start(url, 'previous');
      };
      const [back, later] = await handOver(again, rollBack, 'back', state);
      const goForward = async (): Promise<MainProcess> => {
        await execute(url, FORWARD);
        return start(url);
      };
      await handOver(back, goForward, 'forward-again', later);
    },
    TEST_MAX_MS,
  );

  it(
    'this version works on the schema of a later one if all changes are additive',
    async () => {
      const url = await engine.makeDatabase();
      const next = await start(url, 'next');
      const [present, state] = await handOver(next, () => start(url), 'down', '');
      await handOver(present, () => start(url, 'next'), 'up', state);
    },
    TEST_MAX_MS,
  );

  it(
    'this version refuses the schema of a later one with another change, and names it',
    async () => {
      const url = await engine.makeDatabase();
      await stop(await start(url, 'breaking'));
      const failure: unknown = await start(url).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect((failure as Error).message).toContain(TOO_NEW);
      expect((failure as Error).message).toContain(
        `this version (${VERSION}) cannot use it. Start version ${NEXT_VERSION} or a later one, ` +
          'or restore the backup from before the upgrade',
      );
      expect(await readLike(await start(url, 'breaking'))).toBeNull();
    },
    TEST_MAX_MS,
  );

  if (name === 'SQLite') {
    it(`this version reads the file of version ${PREVIOUS} and its other driver`, async () => {
      const file = unpackLedger(PREVIOUS, join(folder, 'ledger'));
      const service = await start(`sqlite:${file}`);
      // The first like is in the file, and the second only in its log.
      for (const field of [{ media_id: OMNIWEAR.photoId }, { comment_id: OMNIWEAR.commentId }]) {
        const state = await service.proxy('/like/state', field, metadata);
        expect(state).toMatchObject({ ok: true, liked: true, source: 'ledger' });
      }
      expect(await like(service, false)).toMatchObject({ ok: true, liked: false });
    });
  }
  if (name !== 'PostgreSQL') return;

  it.each([
    ['this version and a later one', undefined, 'next'],
    [`version ${PREVIOUS} and this one`, 'previous', undefined],
  ])(
    '%s at once post each reply once, and know the likes of each other',
    async (_, olderBuild, newerBuild) => {
      const url = await engine.makeDatabase();
      // The newer version migrates while the older one runs.
      const older = await start(url, olderBuild);
      const newer = await start(url, newerBuild);
      const both = [older, newer] as const;
      let [, state] = await pull(older, '');
      for (let round = 0; round < 6; round += 1) {
        const id = `rolling ${String(round)}`;
        const written = write(id);
        const answers = await Promise.all(both.map((service) => reply(service, id)));
        expect(answers).toEqual([200, 200]);
        expect(countReplies(id)).toBe(1);

        const clicks = await Promise.all([like(older, true), like(newer, false)]);
        expect(clicks).toEqual([
          expect.objectContaining({ ok: true }),
          expect.objectContaining({ ok: true }),
        ]);
        for (const service of both) expect(await readLike(service)).toBe(isLiked());

        const [first, second] = round % 2 === 0 ? [older, newer] : [newer, older];
        let ids: string[];
        [ids, state] = await pull(first, state);
        expect(ids).toContain(written);
        [ids, state] = await pull(second, state);
        // Version 0.1.0 does not share what it delivered.
        if (olderBuild !== 'previous') expect(ids).toEqual([]);
        instagram.world.clock.advance(60);
      }
    },
    TEST_MAX_MS,
  );

  it(
    'many processes of two versions that start at once migrate it once',
    async () => {
      const url = await engine.makeDatabase();
      const builds = [undefined, 'next', undefined, 'next'];
      const services = await Promise.all(builds.map((build) => start(url, build)));
      for (const service of services) expect(await readLike(service)).toBeNull();
    },
    TEST_MAX_MS,
  );
});
