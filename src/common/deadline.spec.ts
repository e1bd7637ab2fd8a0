import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Deadline } from './deadline.js';

describe('Deadline', () => {
  it('reports the time that is left', () => {
    const deadline = new Deadline(1000);
    expect(deadline.passed).toBe(false);
    expect(deadline.remainingMs).toBeGreaterThan(900);
    expect(deadline.remainingMs).toBeLessThanOrEqual(1000);
  });

  it('passes, and aborts its signal', async () => {
    const deadline = new Deadline(10);
    while (!deadline.passed) await sleep(5);
    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.remainingMs).toBe(0);
  });
});
