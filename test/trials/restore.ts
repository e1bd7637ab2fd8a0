/**
 * Restores older copies of the ledger after hearts were changed and a reply was posted. Counts the
 * hearts that are definite and wrong, the replies that are posted twice, and the lines in the log.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { createInstagram } from '../../sandbox/instagram/server.js';
import type { World } from '../../sandbox/instagram/world.js';
import { sealOmniwear } from '../support/account.js';
import { type MainProcess, PROCESS_SETTINGS, startMain } from '../support/main.js';
import { addPosts } from '../support/posts.js';
import { TestPostgres } from '../support/postgres.js';

/** Hearts that are changed after the copy. */
const HEARTS = 5;
const QUESTION = `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`;
/** Between rounds, so that Instagram does not lock the account out. */
const PAUSE_SECONDS = 60;

interface Figures {
  /** Definite and wrong hearts before the first pull, and after it. */
  wrongBefore: number;
  wrongAfter: number;
  replies: number;
  log: string;
}

/** One account, its Zendesk and its hearts. The state is what Zendesk has stored. */
class Course {
  readonly posts: string[];
  state = '';

  constructor(
    private readonly name: string,
    private readonly world: World,
    private readonly metadata: string,
    posts: readonly string[],
  ) {
    this.posts = [...posts];
  }

  async pull(service: MainProcess): Promise<void> {
    const answer = await service.post('/pull', { metadata: this.metadata, state: this.state });
    if (answer.status !== 200) throw new Error(`a pull got ${String(answer.status)}`);
    this.state = ((await answer.json()) as { state: string }).state;
  }

  async like(service: MainProcess, liked: boolean): Promise<void> {
    for (const media_id of this.posts) {
      const answer = await service.proxy('/like', { media_id, liked }, this.metadata);
      if (answer.ok !== true) throw new Error(JSON.stringify(answer));
    }
    this.world.clock.advance(PAUSE_SECONDS);
  }

  async reply(service: MainProcess): Promise<void> {
    await service.post('/channelback', {
      metadata: this.metadata,
      message: `Reply of ${this.name}`,
      parent_id: QUESTION,
      request_unique_identifier: this.name,
    });
  }

  /** Hearts that the service reports as known and that differ from Instagram. */
  async countWrong(service: MainProcess): Promise<number> {
    const { states } = (await service.proxy(
      '/like/state',
      { targets: this.posts.map((media_id) => ({ media_id })) },
      this.metadata,
    )) as { states: { media_id: string; liked: boolean | null }[] };
    const liked = new Set(this.world.listLikes(OMNIWEAR.igUserId));
    return states.filter((each) => each.liked !== null && each.liked !== liked.has(each.media_id))
      .length;
  }

  countReplies(): number {
    return this.world
      .commentsOn({ parentId: OMNIWEAR.commentId })
      .filter(({ text }) => text === `Reply of ${this.name}`).length;
  }

  /** Fills the ledger that is copied. */
  async before(service: MainProcess): Promise<void> {
    await this.like(service, true);
    await this.pull(service);
    await this.pull(service);
  }

  /** Changes everything after the copy. */
  async after(service: MainProcess): Promise<void> {
    await this.like(service, false);
    await this.reply(service);
    await this.pull(service);
  }

  /** Asks a service on the restored ledger. */
  async judge(service: MainProcess): Promise<Figures> {
    const wrongBefore = await this.countWrong(service);
    await this.pull(service);
    const wrongAfter = await this.countWrong(service);
    await this.reply(service);
    const causes = service.lines
      .filter((line) => line.includes('"ledger.line_broken"'))
      .map((line) => (JSON.parse(line) as { cause: string }).cause);
    return { wrongBefore, wrongAfter, replies: this.countReplies(), log: causes.join(', ') };
  }
}

export default async function run(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'restore-'));
  const { app, world } = createInstagram();
  const instagramUrl = await app.listen({ port: 0, host: '127.0.0.1' });
  const metadata = await sealOmniwear();
  const posts = addPosts(world, HEARTS * 10, 0);
  const running: MainProcess[] = [];
  const start = async (url: string): Promise<MainProcess> => {
    const service = await startMain({
      ...PROCESS_SETTINGS,
      INSTAGRAM_GRAPH_URL: instagramUrl,
      DATABASE_URL: url,
    });
    running.push(service);
    return service;
  };
  const end = async (service: MainProcess): Promise<void> => {
    service.process.kill('SIGTERM');
    await service.ended;
  };
  const course = (name: string): Course =>
    new Course(name, world, metadata, posts.splice(0, HEARTS));
  const results: Record<string, Figures> = {};
  const sqlite = (name: string): string => `sqlite:${join(folder, name, 'channel.db')}`;
  const copy = (from: string, to: string): void => {
    cpSync(join(folder, from), join(folder, to), { recursive: true });
  };

  /** The service is stopped, its files are copied, and later the copies replace them. */
  const restoreSqlite = async (name: string, keepsLineFile: boolean): Promise<void> => {
    const work = course(name);
    const first = await start(sqlite(name));
    await work.before(first);
    await end(first);
    copy(name, `${name}-backup`);
    const second = await start(sqlite(name));
    await work.after(second);
    await end(second);
    const line = join(folder, name, 'channel.db.line');
    if (keepsLineFile) cpSync(line, join(folder, `${name}-backup`, 'channel.db.line'));
    rmSync(join(folder, name), { recursive: true });
    copy(`${name}-backup`, name);
    const third = await start(sqlite(name));
    results[name] = await work.judge(third);
    await end(third);
  };

  const fork = async (): Promise<void> => {
    const work = course('fork');
    const first = await start(sqlite('one'));
    await work.before(first);
    await end(first);
    copy('one', 'two');
    const [one, two] = [await start(sqlite('one')), await start(sqlite('two'))];
    await work.after(one);
    results['two services on copies'] = await work.judge(two);
    await end(one);
    await end(two);
  };

  /** A copy of the database is restored while the service runs, or before its next start. */
  const restoreDump = async (postgres: TestPostgres, isRunning: boolean): Promise<void> => {
    const name = `PostgreSQL dump, service ${isRunning ? 'running' : 'restarted'}`;
    const work = course(name);
    const url = await postgres.makeDatabase();
    const database = new URL(url).pathname.slice(1);
    const first = await start(url);
    await work.before(first);
    await end(first);
    await postgres.query('postgres', `create database ${database}_backup template ${database}`);
    const second = await start(url);
    await work.after(second);
    if (!isRunning) await end(second);
    await postgres.query('postgres', `drop database ${database} with (force)`);
    await postgres.query('postgres', `alter database ${database}_backup rename to ${database}`);
    const third = isRunning ? second : await start(url);
    if (isRunning) await waitUntilReady(third);
    results[name] = await work.judge(third);
    await end(third);
  };

  const restoreFolder = async (postgres: TestPostgres, isRunning: boolean): Promise<void> => {
    const name = `PostgreSQL folder, service ${isRunning ? 'running' : 'restarted'}`;
    const work = course(name);
    const url = await postgres.makeDatabase();
    const first = await start(url);
    await work.before(first);
    await end(first);
    const backup = join(folder, name);
    await postgres.pause();
    cpSync(postgres.directory, backup, { recursive: true, preserveTimestamps: true });
    await postgres.resume();
    const second = await start(url);
    await work.after(second);
    if (!isRunning) await end(second);
    await postgres.pause();
    postgres.replaceData(backup);
    await postgres.resume();
    const third = isRunning ? second : await start(url);
    if (isRunning) await waitUntilReady(third);
    results[name] = await work.judge(third);
    await end(third);
  };

  try {
    await restoreSqlite('SQLite, database file only', true);
    await restoreSqlite('SQLite, whole folder', false);
    await fork();
    const postgres = await TestPostgres.start();
    try {
      await restoreDump(postgres, false);
      await restoreDump(postgres, true);
      await restoreFolder(postgres, false);
      await restoreFolder(postgres, true);
    } finally {
      await postgres.stop();
    }
  } finally {
    await Promise.all(running.map((service) => service.stop()));
    await app.close();
    rmSync(folder, { recursive: true });
  }
  console.table(results);
  return Object.values(results).every(
    ({ wrongAfter, replies, log }) => wrongAfter === 0 && replies === 1 && log !== '',
  );
}

async function waitUntilReady(service: MainProcess): Promise<void> {
  while ((await fetch(`${service.url}/health/ready`)).status !== 200) await sleep(50);
}
