import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ENGINES, sharedDatabase } from '../../../test/support/engines.js';
import { FAILURE_KEPT_MS, FAILURES_PER_ACCOUNT, PullFailures } from './pull-failures.js';

const START = Date.UTC(2026, 10, 26);
const NONE: ReadonlyMap<string, number> = new Map();

describe.each(ENGINES)('the failures of posts on %s', (_, startEngine) => {
  const getDatabase = sharedDatabase(startEngine);
  let now: number;
  let failures: PullFailures;

  beforeEach(() => {
    now = START;
    failures = new PullFailures(getDatabase(), { now: () => now });
  });
  afterEach(async () => {
    await getDatabase().db.deleteFrom('pull_failures').execute();
  });

  it('are counted up and forgotten for each account', async () => {
    await failures.replace('1', NONE, new Map([['5', 1]]));
    await failures.replace('2', NONE, new Map([['5', 3]]));
    const before = await failures.list('1');
    const after = new Map([
      ['5', 2],
      ['6', 1],
    ]);
    await failures.replace('1', before, after);
    expect(await failures.list('1')).toEqual(after);
    await failures.replace('1', after, new Map([['6', 1]]));
    expect(await failures.list('1')).toEqual(new Map([['6', 1]]));
    expect(await failures.list('2')).toEqual(new Map([['5', 3]]));
    await failures.deleteAccounts(getDatabase().db, ['2']);
    expect(await failures.list('2')).toEqual(NONE);
  });

  it('end two days after the last one', async () => {
    await failures.replace('1', NONE, new Map([['5', 1]]));
    now += FAILURE_KEPT_MS;
    expect(await failures.list('1')).toEqual(NONE);
    await failures.deleteExpired();
    now = START;
    expect(await failures.list('1')).toEqual(NONE);
  });

  it('are bounded in a pull', async () => {
    const posts = Array.from({ length: FAILURES_PER_ACCOUNT + 5 }, (__, index) => String(index));
    await failures.replace('1', NONE, new Map(posts.map((id) => [id, 1])));
    expect((await failures.list('1')).size).toBe(FAILURES_PER_ACCOUNT);
  });
});
