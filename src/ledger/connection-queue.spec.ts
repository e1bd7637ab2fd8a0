import { describe, expect, it } from '@jest/globals';
import { ConnectionQueue } from './connection-queue.js';

const TOO_LATE = { code: 'deadline_exceeded' };

describe('ConnectionQueue', () => {
  it('admits as many as there are connections, and the others in their order', async () => {
    const queue = new ConnectionQueue(2, 1000);
    const leave = [await queue.enter(), await queue.enter()];
    const admitted: number[] = [];
    const waiting = [1, 2, 3].map(async (name) => {
      const done = await queue.enter();
      admitted.push(name);
      done();
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(admitted).toEqual([]);
    leave[0]?.();
    await Promise.all(waiting);
    expect(admitted).toEqual([1, 2, 3]);
  });

  it('refuses what waited too long, and admits what came after it', async () => {
    const queue = new ConnectionQueue(1, 10_000);
    const leave = await queue.enter();
    await expect(queue.within(5, () => queue.enter())).rejects.toMatchObject(TOO_LATE);
    const next = queue.enter();
    leave();
    (await next)();
    await expect(queue.enter()).resolves.toBeInstanceOf(Function);
  });

  it('holds its own limit outside of any other', async () => {
    const queue = new ConnectionQueue(1, 5);
    await queue.enter();
    await expect(queue.enter()).rejects.toMatchObject(TOO_LATE);
  });

  it('refuses at once when 10,000 wait', async () => {
    const queue = new ConnectionQueue(1, 60_000);
    const leave = await queue.enter();
    const waiting = Array.from({ length: 10_000 }, async () => {
      (await queue.enter())();
    });
    await expect(queue.enter()).rejects.toMatchObject(TOO_LATE);
    leave();
    await Promise.all(waiting);
  });
});
