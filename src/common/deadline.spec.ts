import { describe, expect, it } from '@jest/globals';
import { Deadline } from './deadline.js';

describe('Deadline', () => {
  const never = new Promise<never>(() => undefined);
  const tooLate = (): Error => new Error('too late');

  it('gives what comes before it', async () => {
    await expect(new Deadline(1000).race(Promise.resolve(5), tooLate)).resolves.toBe(5);
    const failing = Promise.reject(new Error('other'));
    await expect(new Deadline(1000).race(failing, tooLate)).rejects.toThrow('other');
  });

  it('gives up on what comes after it, and aborts it', async () => {
    const deadline = new Deadline(10);
    await expect(deadline.race(never, tooLate)).rejects.toThrow('too late');
    expect([deadline.passed, deadline.signal.aborted]).toEqual([true, true]);
    await expect(deadline.race(never, tooLate)).rejects.toThrow('too late');
  });
});
