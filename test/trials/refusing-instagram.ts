import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Fault } from '../../sandbox/instagram/faults.js';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { createInstagram } from '../../sandbox/instagram/server.js';
import { addPosts } from '../support/posts.js';
import { ROOT } from '../support/run.js';

/** A token of a new login, which no refusal ends. */
export const NEW_TOKEN = 'sandbox-omniwear-new-token';
/** The password was changed, so all tokens ended. */
const PASSWORD_CHANGED = 460;
const LIKED_PATH = '/likes';
/** In one turn this thread accepts a connection, in the next one it reads the call. */
const TURNS_TO_READ = 3;

/** A way in which Meta refuses an account or a token. */
export type Refusal = 'dead token' | Extract<Fault, { kind: 'graph_error' }>;

/** The calls of one process. Times are milliseconds since 1970. */
export interface Report {
  readonly arrivals: readonly number[];
  /**
   * When Instagram sent the first refusal; null if there was none. Calls that had reached its host
   * before are noted before: they were sent without knowledge of the refusal.
   */
  readonly refusedAt: number | null;
  /** Accepted likes and unlikes with the new token. */
  readonly likesWithNewToken: number;
}

interface Started {
  readonly url: string;
  readonly posts: readonly string[];
}

/**
 * The Instagram of one service process, which refuses from some time on. It is a process of its
 * own: the load next to it would delay what it notes.
 */
export class RefusingInstagram {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly posts: readonly string[],
  ) {}

  static async start(posts: number): Promise<RefusingInstagram> {
    const child = fork(new URL(import.meta.url).pathname, [String(posts)], {
      cwd: ROOT,
      execArgv: ['--import', 'tsx'],
    });
    const [started] = (await once(child, 'message')) as [Started];
    return new RefusingInstagram(child, started.url, started.posts);
  }

  /** Refuses every call from now on. */
  async refuse(refusal: Refusal): Promise<void> {
    await this.ask(refusal);
  }

  report(): Promise<Report> {
    return this.ask('report');
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  private async ask(message: Refusal | 'report'): Promise<Report> {
    const answer = once(this.child, 'message');
    this.child.send(message);
    const [report] = (await answer) as [Report];
    return report;
  }
}

async function serve(count: number): Promise<void> {
  const { app, world, faults } = createInstagram();
  const token = world.tokens.get(OMNIWEAR.token);
  if (token === undefined) throw new Error('the stand-in has no token of Omniwear');
  world.tokens.set(NEW_TOKEN, { ...token });
  // Instagram would lock the account out for an hour.
  world.countLikeCall = () => 'allowed';
  const arrivals: number[] = [];
  let refusedAt: number | null = null;
  let likesWithNewToken = 0;
  const now = (): number => performance.timeOrigin + performance.now();
  app.addHook('onRequest', (_request, _reply, done) => {
    arrivals.push(now());
    done();
  });
  app.addHook('onSend', async (_request, reply) => {
    if (reply.statusCode < 400 || refusedAt !== null) return;
    // This thread reads all calls that have arrived.
    for (let turn = 0; turn < TURNS_TO_READ; turn += 1) await nextTurn();
    refusedAt ??= now();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const isNew = request.headers.authorization?.endsWith(NEW_TOKEN) === true;
    if (reply.statusCode < 400 && isNew && request.url.includes(LIKED_PATH)) likesWithNewToken += 1;
    done();
  });
  const posts = addPosts(world, count, 0);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  process.on('message', (message: Refusal | 'report') => {
    if (message === 'dead token') {
      for (const text of [OMNIWEAR.token, OMNIWEAR.pageToken]) {
        const dead = world.tokens.get(text);
        if (dead !== undefined) dead.endedBy = PASSWORD_CHANGED;
      }
    } else if (message !== 'report') {
      faults.arm({ fault: message, times: Infinity });
    }
    process.send?.({ arrivals, refusedAt, likesWithNewToken } satisfies Report);
  });
  process.send?.({ url, posts } satisfies Started);
}

if (process.argv[1] === new URL(import.meta.url).pathname) await serve(Number(process.argv[2]));
