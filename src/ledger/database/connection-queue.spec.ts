import { describe, expect, it } from '@jest/globals';
import { Deadline } from '../../common/deadline.js';
import { ConnectionQueue } from './connection-queue.js';

const TOO_LATE = { code: 'deadline_exceeded' };

describe('ConnectionQueue', () => {
  it('admits one statement for each connection, then the others in order', async () => {
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

  it('rejects a statement that waited too long, and admits the next one', async () => {
    const queue = new ConnectionQueue(1, 10_000);
    const leave = await queue.enter();
    await expect(Deadline.run(new Deadline(5), () => queue.enter())).rejects.toMatchObject(
      TOO_LATE,
    );
    const next = queue.enter();
    leave();
    (await next)();
    await expect(queue.enter()).resolves.toBeInstanceOf(Function);
  });

  it('applies its own limit outside of a call', async () => {
    const queue = new ConnectionQueue(1, 5);
    await queue.enter();
    await expect(queue.enter()).rejects.toMatchObject(TOO_LATE);
  });

  it('rejects at once if 10,000 statements wait', async () => {
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
