import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { limitTime } from './limit-time.js';

describe('limitTime', () => {
  const late = (): Error => new Error('late');
  const after = <T>(ms: number, end: () => T): Promise<T> => sleep(ms).then(end);
  const fail = (): never => {
    throw new Error('failed');
  };

  it('passes on the result or the failure of a task in time', async () => {
    await expect(limitTime(Promise.resolve(1), 1000, late)).resolves.toBe(1);
    await expect(limitTime(after(0, fail), 1000, late)).rejects.toThrow('failed');
  });

  it('fails when the time is up, and ignores a later failure', async () => {
    await expect(limitTime(after(20, fail), 1, late)).rejects.toThrow('late');
    await after(40, () => undefined);
  });
});
