import { describe, expect, it } from '@jest/globals';
import { KeyedQueue } from './keyed-queue.js';

describe('KeyedQueue', () => {
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  it('runs tasks of one key in order and one at a time, also after a failure', async () => {
    const queue = new KeyedQueue();
    const seen: string[] = [];
    const task = (name: string, ms: number) => async (): Promise<void> => {
      seen.push(`${name} starts`);
      await wait(ms);
      seen.push(`${name} ends`);
      if (name === 'b') throw new Error('b');
    };
    const results = await Promise.allSettled([
      queue.run('key', task('a', 20)),
      queue.run('key', task('b', 10)),
      queue.run('key', task('c', 0)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(seen).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
  });

  it('runs tasks of other keys in parallel, and forgets finished keys', async () => {
    const queue = new KeyedQueue();
    const ended: string[] = [];
    await Promise.all([
      queue.run('slow', () => wait(30)).then(() => ended.push('slow')),
      queue.run('fast', () => wait(0)).then(() => ended.push('fast')),
    ]);
    expect(ended).toEqual(['fast', 'slow']);
    expect(queue.size).toBe(0);
  });
});
