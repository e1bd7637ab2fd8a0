/**
 * Times a newcomer's first minute: clones this repository's last commit into a temporary folder,
 * runs `npm ci` and `npm run sandbox`, and sends the first like of the README. Prints wall time
 * and processor time for each step: wall time counts only on an idle machine.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../support/run.js';

/** What a newcomer waits for at most, on an idle machine with two cores. */
const GOAL_SECONDS = 30;
/** `/proc/self/stat`: the children's times are two fields, and the state is the first here. */
const FIRST_CHILD_TIME = 13;
const TICKS_PER_SECOND = 100;

interface Step {
  readonly step: string;
  readonly 'wall s': string;
  readonly 'CPU s': string;
}

const steps: Step[] = [];
const startedAt = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'first-like-'));
const clone = join(folder, 'clone');
try {
  await time('git clone', () => run('git', ['clone', '--quiet', ROOT, clone], folder));
  await time('npm ci', () => run('npm', ['ci', '--no-audit'], clone));
  await startAndLike();
  const seconds = (performance.now() - startedAt) / 1000;
  console.table(steps);
  console.log(`first like after ${seconds.toFixed(1)} s (goal: ${String(GOAL_SECONDS)} s)`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Measures a step whose processes have ended when it resolves. */
async function time(step: string, task: () => void | Promise<void>): Promise<void> {
  const [wall, cpu] = [performance.now(), readChildSeconds()];
  await task();
  const wallSeconds = (performance.now() - wall) / 1000;
  steps.push({
    step,
    'wall s': wallSeconds.toFixed(1),
    'CPU s': (readChildSeconds() - cpu).toFixed(1),
  });
}

function run(command: string, args: string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Starts the sandbox, sends the like, and stops the sandbox, whose time counts as one step. */
async function startAndLike(): Promise<void> {
  const wall = performance.now();
  let likedAt = 0;
  await time('npm run sandbox, like, stop', async () => {
    const sandbox = spawn('npm', ['run', 'sandbox'], { cwd: clone, detached: true });
    const ended = once(sandbox, 'exit');
    try {
      await like(await readLikeCommand(sandbox.stdout));
      likedAt = performance.now();
    } finally {
      if (sandbox.pid !== undefined) process.kill(-sandbox.pid, 'SIGTERM');
      await ended;
    }
  });
  const seconds = ((likedAt - wall) / 1000).toFixed(1);
  steps.push({ step: '  of it until the answer', 'wall s': seconds, 'CPU s': '' });
}

/** The address and the body of the like that the sandbox prints. */
async function readLikeCommand(output: NodeJS.ReadableStream): Promise<[string, string]> {
  for await (const line of createInterface({ input: output })) {
    const [, url, body] = /curl -X POST '([^']+post_to_path=\/like)' -d '([^']+)'/.exec(line) ?? [];
    if (url !== undefined && body !== undefined) return [url, body];
  }
  throw new Error('The sandbox ended before it was up.');
}

async function like([url, body]: [string, string]): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body });
  const text = await answer.text();
  if (!text.includes('"liked":true')) throw new Error(`The like was answered with ${text}`);
}

/** Processor time of all children that have ended, and of theirs; 0 where Linux is not. */
function readChildSeconds(): number {
  if (!existsSync('/proc/self/stat')) return 0;
  const [, afterName = ''] = /\) (.*)/.exec(readFileSync('/proc/self/stat', 'utf8')) ?? [];
  const fields = afterName.split(' ').slice(FIRST_CHILD_TIME, FIRST_CHILD_TIME + 2);
  return fields.reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}
