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

  it('counts from the arrival of the call', () => {
    const deadline = new Deadline(1000, performance.now() - 600);
    expect(deadline.remainingMs).toBeLessThanOrEqual(400);
    expect(new Deadline(1000, performance.now() - 1000).passed).toBe(true);
  });

  it('passes, and aborts its signal', async () => {
    const deadline = new Deadline(10);
    const { signal } = deadline;
    expect(signal.aborted).toBe(false);
    while (!deadline.passed || !signal.aborted) await sleep(5);
    expect(deadline.remainingMs).toBe(0);
  });

  it('has an aborted signal if the time was up before', () => {
    expect(new Deadline(0).signal.aborted).toBe(true);
  });

  it('aborts nothing after it was cleared', async () => {
    const call = new Deadline(30);
    const part = Deadline.run(call, () => Deadline.fromArrival(20));
    const signals = [call.signal, part.signal];
    call.clear();
    await sleep(60);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  });

  it('is found by the work of its call, and by no other', async () => {
    const found = async (ms: number): Promise<number | undefined> => {
      await sleep(1);
      return Deadline.run(new Deadline(ms), async () => {
        await sleep(1);
        return Deadline.current?.milliseconds;
      });
    };
    expect(await Promise.all([1, 2, 3].map((ms) => found(ms * 1000)))).toEqual([1000, 2000, 3000]);
    expect(Deadline.current).toBeUndefined();
  });

  it('is shortened by `within`, and lifted by `beyond`', () => {
    Deadline.run(new Deadline(100), () => {
      expect(Deadline.within(5000).remainingMs).toBeLessThanOrEqual(100);
      expect(Deadline.within(50).remainingMs).toBeLessThanOrEqual(50);
      expect(Deadline.beyond(() => Deadline.within(5000).remainingMs)).toBeGreaterThan(4000);
    });
  });

  it('shares the arrival of the call among all its parts', () => {
    const call = new Deadline(1000, performance.now() - 500);
    Deadline.run(call, () => {
      expect(Deadline.fromArrival(1000)).toBe(call);
      expect(Deadline.fromArrival(2000).remainingMs).toBeLessThanOrEqual(1500);
    });
    expect(Deadline.fromArrival(1000).remainingMs).toBeGreaterThan(900);
  });
});
