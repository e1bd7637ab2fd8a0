import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { createInstagram } from '../../sandbox/instagram/server.js';
import { addPosts } from './posts.js';
import { ROOT } from './run.js';

/** The Instagram stand-in as a process of its own. */
export interface InstagramProcess {
  readonly url: string;
  readonly posts: readonly string[];
  /** Forgets the calls that it has seen, so a long run does not fill its memory. */
  forgetCalls(): Promise<void>;
  stop(): Promise<void>;
}

interface Started {
  readonly url: string;
  readonly posts: readonly string[];
}

/** Starts the stand-in, whose Omniwear has this many posts with some comments each. */
export async function startInstagramProcess(
  posts: number,
  commentsOnEach: number,
): Promise<InstagramProcess> {
  const script = new URL(import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, String(posts), String(commentsOnEach)],
    { cwd: ROOT, env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { url, posts: ids } = await readStart(child);
  return {
    url,
    posts: ids,
    forgetCalls: async () => {
      await fetch(`${url}/_control/calls`, { method: 'DELETE' });
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function readStart({ stdout }: ChildProcess): Promise<Started> {
  if (stdout === null) throw new Error('the process has no output');
  const [line] = (await once(createInterface({ input: stdout }), 'line')) as [string];
  return JSON.parse(line) as Started;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { app, world } = createInstagram();
  const posts = addPosts(world, Number(process.argv[2]), Number(process.argv[3]));
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const started: Started = { url, posts };
  console.log(JSON.stringify(started));
}
