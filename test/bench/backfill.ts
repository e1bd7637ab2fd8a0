/**
 * Imports the backfill of several accounts over HTTP with the service as a process of its own.
 * Prints the number of pulls, the longest one beside its budget, and the peak memory.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OMNIWEAR_ACCOUNT } from '../../sandbox/omniwear-account.js';
import { execFileSync } from 'node:child_process';
import { checkPullAnswer } from '../../sandbox/zendesk/rules.js';
import { startInstagram } from '../support/test-instagram.js';
import { startMain } from '../support/main.js';
import { addPosts } from '../support/posts.js';
import { ROOT } from '../support/run.js';
import { TEST_KEY } from '../support/keys.js';

interface Course {
  readonly posts: number;
  readonly commentsOnEach: number;
  /** How long Instagram takes for each answer. */
  readonly answerMs: number;
  readonly budgetMs: number;
}

/** Comments under the sandbox's photo. */
const OWN_COMMENTS = 2;

const COURSES: readonly Course[] = [
  { posts: 50, commentsOnEach: 20, answerMs: 0, budgetMs: 40_000 },
  { posts: 500, commentsOnEach: 20, answerMs: 0, budgetMs: 40_000 },
  { posts: 100, commentsOnEach: 20, answerMs: 400, budgetMs: 5000 },
];

const figures = [];
for (const course of COURSES) figures.push(await run(course));
console.table(figures);

async function run({ posts, commentsOnEach, answerMs, budgetMs }: Course): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'backfill-'));
  const instagram = await startInstagram();
  const environment = {
    CREDENTIALS_KEYS: TEST_KEY,
    PUBLIC_URL: 'https://channel.example',
    PORT: '0',
    DATABASE_URL: `sqlite:${join(folder, 'ledger.sqlite')}`,
    INSTAGRAM_GRAPH_URL: instagram.url,
    PULL_BUDGET_MS: String(budgetMs),
  };
  const service = await startMain(environment);
  try {
    const metadata = execFileSync(
      process.execPath,
      [join(ROOT, 'dist/cli/metadata.cli.js'), 'seal'],
      { env: environment, input: JSON.stringify(OMNIWEAR_ACCOUNT), encoding: 'utf8' },
    ).trim();
    addPosts(instagram.world, posts, commentsOnEach);
    if (answerMs > 0) {
      instagram.failNext('delay', { ms: answerMs, times: Infinity });
    }
    const seen = new Map<string, number>();
    let [state, pulls, longestMs, longestState] = ['', 0, 0, 0];
    do {
      const begun = performance.now();
      const answer = await fetch(`${service.url}/pull`, {
        method: 'POST',
        body: new URLSearchParams({ metadata, state }),
      });
      const json = (await answer.json()) as {
        external_resources: { external_id: string }[];
        state: string;
      };
      longestMs = Math.max(longestMs, performance.now() - begun);
      const faults = checkPullAnswer(json);
      if (faults.length > 0) throw new Error(faults.join('; '));
      for (const { external_id: id } of json.external_resources) {
        seen.set(id, (seen.get(id) ?? 0) + 1);
      }
      ({ state } = json);
      longestState = Math.max(longestState, state.length);
      pulls += 1;
    } while (state.includes('"place"'));
    const comments = [...seen.keys()].filter((id) => id.startsWith('comment:')).length;
    return {
      posts,
      comments: posts * commentsOnEach + OWN_COMMENTS,
      'Instagram ms': answerMs,
      'handed out': comments,
      'more than once': [...seen.values()].filter((count) => count > 1).length,
      pulls,
      'calls to Instagram': instagram.seen.length,
      'longest pull ms': Math.round(longestMs),
      'budget ms': budgetMs,
      'longest state': longestState,
      'peak memory MB': peakMemoryMb(service.process.pid),
    };
  } finally {
    await service.stop();
    await instagram.stop();
    rmSync(folder, { recursive: true });
  }
}

/** The most memory that a process has held so far, where the system tells. */
function peakMemoryMb(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024);
  } catch {
    return undefined;
  }
}
