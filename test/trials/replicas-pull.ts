import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { createInstagram } from '../../sandbox/instagram/server.js';
import type { World } from '../../sandbox/instagram/world.js';
import { sealOmniwear } from '../support/account.js';
import { type MainProcess, PROCESS_SETTINGS, startMain } from '../support/main.js';
import { TestPostgres } from '../support/postgres.js';
import { ROOT } from '../support/run.js';

/** Zendesk pulls about every two minutes. */
const PULL_EVERY_S = 120;
const PULLS_AN_HOUR = 30;
const COMMENTS = 3000;
/** Pulls after the last comment; a sweep that was full needs some more. */
const PULLS_MAX = 90;
const MIRA = '17841400000000002';

/** When the comments of the hour arrive: the number before each pull. */
interface Course {
  readonly name: string;
  readonly arrivals: readonly number[];
}

const COURSES: readonly Course[] = [
  { name: 'evenly', arrivals: Array<number>(PULLS_AN_HOUR).fill(COMMENTS / PULLS_AN_HOUR) },
  { name: 'in bursts', arrivals: Array.from({ length: 5 }, () => [450, 150, 0, 0, 0, 0]).flat() },
];

interface Figures {
  readonly comments: string;
  readonly replicas: number;
  readonly lost: number;
  readonly handedOut: number;
  /** Percent of what was handed out. */
  readonly again: number;
  /** Pulls from a comment to the answer that contains it; 1 is the next pull. */
  readonly meanWait: number;
  readonly longestWait: number;
}

/**
 * One post gets 3,000 comments in an hour, in accelerated time, and one or three replicas on one
 * PostgreSQL answer the pulls in turn. Three replicas must deliver every comment within one pull of
 * a single replica.
 */
export default async function replicasPull(): Promise<boolean> {
  const postgres = await TestPostgres.start();
  const figures: Figures[] = [];
  try {
    for (const course of COURSES) {
      for (const replicas of [1, 3]) figures.push(await run(postgres, course, replicas));
    }
  } finally {
    await postgres.stop();
  }
  console.table(figures);
  return COURSES.every(({ name }) => {
    const [one, three] = figures.filter(({ comments }) => comments === name);
    return (
      one?.lost === 0 &&
      three?.lost === 0 &&
      three.longestWait <= one.longestWait + 1 &&
      three.meanWait <= one.meanWait + 1
    );
  });
}

async function run(postgres: TestPostgres, course: Course, replicas: number): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'replicas-pull-'));
  const clockFile = join(folder, 'clock');
  writeFileSync(clockFile, '0');
  const { app, world } = createInstagram();
  const instagramUrl = await app.listen({ port: 0, host: '127.0.0.1' });
  const environment = {
    ...PROCESS_SETTINGS,
    DATABASE_URL: await postgres.makeDatabase(),
    INSTAGRAM_GRAPH_URL: instagramUrl,
    NODE_OPTIONS: `--import=${join(ROOT, 'test/support/moved-clock.js')}`,
    CLOCK_FILE: clockFile,
  };
  const services: MainProcess[] = [];
  try {
    for (let count = 0; count < replicas; count += 1) services.push(await startMain(environment));
    const hour = new Hour(world, services, clockFile, await sealOmniwear());
    await hour.play(course.arrivals);
    return { comments: course.name, replicas, ...hour.figures };
  } finally {
    await Promise.all(services.map((service) => service.stop()));
    await app.close();
    rmSync(folder, { recursive: true });
  }
}

/** The pulls of one account, and when each comment arrived and was handed out. */
class Hour {
  private state = '';
  private pulls = 0;
  private aheadS = 0;
  private handedOut = 0;
  /** The number of pulls when each comment was written. */
  private readonly written = new Map<string, number>();
  /** The pulls that each delivered comment waited for. */
  private readonly waits = new Map<string, number>();

  constructor(
    private readonly world: World,
    private readonly services: readonly MainProcess[],
    private readonly clockFile: string,
    private readonly metadata: string,
  ) {}

  get figures(): Omit<Figures, 'comments' | 'replicas'> {
    const waits = [...this.waits.values()];
    const again = this.handedOut - waits.length;
    return {
      lost: this.written.size - waits.length,
      handedOut: this.handedOut,
      again: Math.round((1000 * again) / this.handedOut) / 10,
      meanWait: Math.round((100 * waits.reduce((sum, wait) => sum + wait, 0)) / waits.length) / 100,
      longestWait: Math.max(...waits),
    };
  }

  async play(arrivals: readonly number[]): Promise<void> {
    await this.pull();
    for (const count of arrivals) {
      this.write(count);
      await this.pull();
    }
    while (this.waits.size < this.written.size && this.pulls < PULLS_MAX) {
      this.write(0);
      await this.pull();
    }
  }

  /** Lets two minutes pass, in which comments are written. */
  private write(count: number): void {
    const { world } = this;
    const begunAt = world.clock.now();
    this.aheadS += PULL_EVERY_S;
    world.clock.advance(PULL_EVERY_S);
    writeFileSync(this.clockFile, String(this.aheadS * 1000));
    for (let index = 0; index < count; index += 1) {
      const comment = world.addComment({
        mediaId: OMNIWEAR.photoId,
        authorId: MIRA,
        text: `Comment ${String(this.written.size)}`,
      });
      comment.timestamp = begunAt + Math.floor((PULL_EVERY_S * 1000 * index) / count);
      this.written.set(`comment:${OMNIWEAR.photoId}:${comment.id}`, this.pulls);
    }
  }

  private async pull(): Promise<void> {
    const service = this.services[this.pulls % this.services.length];
    if (service === undefined) throw new Error('there is no service');
    const { metadata, state } = this;
    const answer = await service.post('/pull', { metadata, state });
    this.pulls += 1;
    if (answer.status !== 200) throw new Error(`a pull was answered ${String(answer.status)}`);
    const json = (await answer.json()) as {
      external_resources: { external_id: string }[];
      state: string;
    };
    this.state = json.state;
    for (const { external_id: id } of json.external_resources) {
      const writtenAt = this.written.get(id);
      if (writtenAt === undefined) continue;
      this.handedOut += 1;
      if (!this.waits.has(id)) this.waits.set(id, this.pulls - writtenAt);
    }
  }
}
