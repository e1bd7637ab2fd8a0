import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { OMNIWEAR_ACCOUNT } from '../sandbox/omniwear-account.js';
import { type RunningInstagram, startInstagram } from './support/instagram.js';
import { TEST_KEY } from './support/keys.js';
import { type MainProcess, startMain } from './support/main.js';
import { addPosts } from './support/posts.js';
import { TestPostgres } from './support/postgres.js';
import { runNode } from './support/run.js';

const LIKES = 1500;
/**
 * The request took more than 10 seconds to arrive, which a busy machine causes. The service answers
 * 408 and closes the connection; a client that still sends sees only that.
 */
const LATE_ARRIVAL = 'late arrival';

interface LikeAnswer {
  readonly ok: boolean;
  readonly error?: { readonly code: string };
}

describe('many likes at once on PostgreSQL', () => {
  let postgres: TestPostgres;
  let instagram: RunningInstagram;
  let service: MainProcess;
  let posts: string[];
  let metadata: string;
  beforeAll(async () => {
    [postgres, instagram] = await Promise.all([TestPostgres.start(), startInstagram()]);
    posts = addPosts(instagram.world, LIKES, 0);
    const sealed = await runNode(
      ['dist/cli/metadata.cli.js', 'seal'],
      { CREDENTIALS_KEYS: TEST_KEY },
      JSON.stringify(OMNIWEAR_ACCOUNT),
    );
    metadata = sealed.stdout.trim();
  }, 60_000);
  afterAll(async () => {
    await Promise.all([postgres.stop(), instagram.stop()]);
  });

  const likeAll = async (deadlineMs: number): Promise<Map<string, number>> => {
    service = await startMain({
      PUBLIC_URL: 'https://channel.example',
      CREDENTIALS_KEYS: TEST_KEY,
      DATABASE_URL: await postgres.makeDatabase(),
      INSTAGRAM_GRAPH_URL: instagram.url,
      PROXY_DEADLINE_MS: String(deadlineMs),
      PORT: '0',
    });
    try {
      const counts = countsOf(await Promise.all(posts.map(like)));
      expect(service.process.exitCode).toBeNull();
      return counts;
    } finally {
      await service.stop();
    }
  };
  /** Returns `ok`, the code of the error, or the status and body of another answer. */
  const like = async (mediaId: string): Promise<string> => {
    const fields = {
      instance_metadata: metadata,
      client_data: JSON.stringify({ media_id: mediaId, liked: true }),
    };
    let answer: Response;
    try {
      answer = await service.post('/like', fields);
    } catch (error) {
      const { code } = (error as { cause: { code?: string } }).cause;
      if (code === 'ECONNRESET') return LATE_ARRIVAL;
      throw error;
    }
    const body = await answer.text();
    if (answer.status === 408) return LATE_ARRIVAL;
    if (answer.status !== 200) return `HTTP ${String(answer.status)}: ${body}`;
    const { ok, error } = JSON.parse(body) as LikeAnswer;
    return ok ? 'ok' : (error?.code ?? body);
  };

  it('are sent at the pace of the account, and the others are refused', async () => {
    const counts = await likeAll(8000);
    const ok = counts.get('ok') ?? 0;
    // A burst, then 4 a second for a third of the time. On a busy
    // machine most calls arrive when that time is over. A lock-out would have another code.
    const late = counts.get('deadline_exceeded') ?? 0;
    const neverArrived = counts.get(LATE_ARRIVAL) ?? 0;
    for (const code of ['deadline_exceeded', LATE_ARRIVAL]) counts.delete(code);
    expect([...counts.keys()].sort()).toEqual(['ok', 'rate_limited']);
    expect(ok).toBeGreaterThan(0);
    expect(ok + late + neverArrived + (counts.get('rate_limited') ?? 0)).toBe(LIKES);
    // A late call may have been sent.
    const sent = instagram.world.listLikes(OMNIWEAR.igUserId).length;
    expect(sent).toBeGreaterThanOrEqual(ok);
    expect(sent).toBeLessThanOrEqual(ok + late);
    // On a busy machine the database may answer too late.
    const failed = service.lines
      .filter((line) => line.includes('"ledger.write_failed"'))
      .filter((line) => !line.includes('"error":"SilenceError"'));
    expect(failed).toEqual([]);
  }, 90_000);

  it('that have no time left are not sent and say so, and none is `internal`', async () => {
    const counts = await likeAll(400);
    const expected = ['ok', 'deadline_exceeded', 'rate_limited', LATE_ARRIVAL];
    expect([...counts.keys()].filter((code) => !expected.includes(code))).toEqual([]);
  }, 60_000);
});

function countsOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
