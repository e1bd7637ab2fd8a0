import { describe, expect, it } from '@jest/globals';
import { CapturedLog } from '../../../test/support/capture.js';
import { DatabaseBreaker, FAILURES_MAX, RETRY_MS } from './database-breaker.js';

describe('DatabaseBreaker', () => {
  const failOften = (breaker: DatabaseBreaker, times = FAILURES_MAX): void => {
    for (let count = 0; count < times; count += 1) breaker.noteSilence();
  };
  const afterRetryTime = (): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, RETRY_MS + 5));

  it('lets calls pass until the database failed several times in a row', () => {
    const breaker = new DatabaseBreaker(new CapturedLog().log);
    failOften(breaker, FAILURES_MAX - 1);
    breaker.noteAnswer();
    failOften(breaker, FAILURES_MAX - 1);
    expect(() => {
      breaker.enter();
    }).not.toThrow();
    breaker.noteSilence();
    expect(() => {
      breaker.enter();
    }).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  it('lets one call try again, and the others after its success', async () => {
    const logs = new CapturedLog();
    const breaker = new DatabaseBreaker(logs.log);
    const passes = (): boolean => {
      try {
        breaker.enter();
        return true;
      } catch {
        return false;
      }
    };
    failOften(breaker, 3 * FAILURES_MAX);
    await afterRetryTime();
    expect([passes(), passes(), passes()]).toEqual([true, false, false]);
    breaker.noteSilence();
    expect(passes()).toBe(false);
    await afterRetryTime();
    expect(passes()).toBe(true);
    breaker.noteAnswer();
    expect([passes(), passes()]).toEqual([true, true]);
    expect(logs.events('database.closed')).toHaveLength(1);
    expect(logs.events('database.opened')).toHaveLength(1);
  });
});
