import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { Database } from '../src/ledger/database/database.js';
import { LedgerSweep } from '../src/ledger/ledger-sweep.js';
import { ANSWER_KEPT_MS } from '../src/ledger/pulls/pull-answers.js';
import { useEngine } from './support/engines.js';
import { useInstagram } from './support/instagram.js';
import { addPosts } from './support/posts.js';
import { TestPostgres } from './support/postgres.js';
import { pull } from './support/pulls.js';
import { TestService } from './support/service.js';

const MIRA = '17841400000000002';
const PULL_EVERY_S = 120;

describe('pulls', () => {
  const instagram = useInstagram({ per: 'test' });
  const services: TestService[] = [];
  let state = '';

  const start = async (url: string): Promise<void> => {
    const settings = { INSTAGRAM_GRAPH_URL: instagram.url, DATABASE_URL: url };
    services.push(await TestService.start(settings));
  };
  const pass = (seconds: number): void => {
    instagram.world.clock.advance(seconds);
    for (const { clock } of services) clock.advance(seconds);
  };
  const write = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => {
      const text = `Comment ${String(index)}`;
      const comment = { mediaId: OMNIWEAR.photoId, authorId: MIRA, text };
      return `comment:${OMNIWEAR.photoId}:${instagram.world.addComment(comment).id}`;
    });
  const pullFrom = async (index: number): Promise<string[]> => {
    const service = services[index % services.length];
    if (service === undefined) throw new Error('there is no service');
    const answer = await pull(service, state);
    expect(answer.status).toBe(200);
    ({ state } = answer);
    return answer.ids;
  };
  const eventsOf = (name: string): object[] => services.flatMap(({ logs }) => logs.events(name));

  beforeEach(() => {
    state = '';
  });
  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.stop()));
  });

  describe('that three replicas answer in turn', () => {
    const engine = useEngine(() => TestPostgres.start());

    it('contain each comment once, in the next answer', async () => {
      const url = await engine.makeDatabase();
      for (let count = 0; count < 3; count += 1) await start(url);
      await pullFrom(0);
      for (let round = 1; round <= 15; round += 1) {
        pass(PULL_EVERY_S);
        const written = write(20);
        expect((await pullFrom(round)).sort()).toEqual(written.sort());
      }
      expect(await pullFrom(16)).toEqual([]);
    });

    it('contain a comment again if its answer was lost', async () => {
      const url = await engine.makeDatabase();
      for (let count = 0; count < 3; count += 1) await start(url);
      await pullFrom(0);
      await pullFrom(1);
      pass(PULL_EVERY_S);
      const written = write(5);
      const before = state;
      for (let round = 0; round < 6; round += 1) {
        state = before;
        expect((await pullFrom(round)).sort()).toEqual(written.sort());
      }
      expect(await pullFrom(7)).toEqual([]);
    });

    it('leave out a post that always fails after three pulls together', async () => {
      const url = await engine.makeDatabase();
      for (let count = 0; count < 3; count += 1) await start(url);
      const [newest = ''] = addPosts(instagram.world, 1, 1);
      const post = instagram.world.media.get(newest);
      if (post !== undefined) post.timestamp = instagram.world.clock.now() - 1000;
      const path = `${newest}/comments`;
      instagram.failNext('too_much', { max: 0, times: Infinity, method: 'GET', path });
      const statuses: number[] = [];
      for (let round = 0; round < 4; round += 1) {
        const service = services[round % 3];
        if (service === undefined) throw new Error('there is no service');
        const answer = await pull(service, state);
        ({ state } = answer);
        statuses.push(answer.status);
      }
      expect(statuses).toEqual([503, 503, 200, 200]);
    });

    it('need no record of the answers', async () => {
      const url = await engine.makeDatabase();
      for (let count = 0; count < 3; count += 1) await start(url);
      await pullFrom(0);
      const db = services[0]?.app.get(Database).db;
      if (db === undefined) throw new Error('there is no database');
      await sql`drop table pull_answers`.execute(db);
      const seen = new Set<string>();
      const written = write(5);
      for (let round = 0; round < 3; round += 1) {
        for (const id of await pullFrom(round)) seen.add(id);
      }
      expect([...seen]).toEqual(expect.arrayContaining(written));
      expect(eventsOf('pull.memory_not_shared').length).toBeGreaterThan(0);
    });
  });

  describe('after a restart', () => {
    let directory: string;
    beforeEach(async () => {
      directory = mkdtempSync(join(tmpdir(), 'pull-replicas-'));
      await start(`sqlite:${join(directory, 'channel.db')}`);
    });
    afterEach(() => {
      rmSync(directory, { recursive: true });
    });

    it('repeat nothing of the last two hours', async () => {
      await pullFrom(0);
      write(150);
      expect(await pullFrom(1)).toHaveLength(150);
      await pullFrom(2);
      await services[0]?.restart();
      pass(PULL_EVERY_S);
      const written = write(5);
      expect((await pullFrom(3)).sort()).toEqual(written.sort());
    });

    it('repeat earlier comments of the week, up to half of an answer', async () => {
      await pullFrom(0);
      const written = write(150);
      await pullFrom(1);
      pass(ANSWER_KEPT_MS / 1000 + PULL_EVERY_S);
      await pullFrom(2);
      await services[0]?.app.get(LedgerSweep).sweep();
      await services[0]?.restart();
      const again = await pullFrom(3);
      expect(again).toHaveLength(100);
      const comments = again.filter((id) => id.startsWith('comment:'));
      expect(written).toEqual(expect.arrayContaining(comments));
    });
  });
});
