import { describe, expect, it } from '@jest/globals';
import { Deadline } from '../common/deadline.js';
import type { JsonObject } from '../common/json-object.js';
import type { ErrorCode } from '../domain/error-codes.js';
import { InstagramError } from './instagram-error.js';
import { SharedReads } from './shared-reads.js';

const failure = (code: ErrorCode): InstagramError =>
  new InstagramError(code, 'No.', { effect: 'none' });

/** Reads that a test ends. */
class Reads {
  readonly started: { end: (answer: JsonObject) => void; fail: (error: Error) => void }[] = [];

  readonly read = (): Promise<JsonObject> =>
    new Promise((end, fail) => {
      this.started.push({ end, fail });
    });
}

describe('SharedReads', () => {
  const set = (): { reads: Reads; run: (ms?: number, key?: string) => Promise<JsonObject> } => {
    const shared = new SharedReads();
    const reads = new Reads();
    return {
      reads,
      run: (ms = 5000, key = 'a') => shared.run(key, new Deadline(ms), reads.read),
    };
  };

  it('makes one call for identical reads at once, and another one afterwards', async () => {
    const { reads, run } = set();
    const running = Array.from({ length: 200 }, () => run());
    expect(reads.started).toHaveLength(1);
    reads.started[0]?.end({ id: '1' });
    expect(await Promise.all(running)).toEqual(Array(200).fill({ id: '1' }));
    void run();
    expect(reads.started).toHaveLength(2);
  });

  it('makes a call for each of several different reads', () => {
    const { reads, run } = set();
    void run(5000, 'a');
    void run(5000, 'b');
    expect(reads.started).toHaveLength(2);
  });

  it('gives a failure to all callers and forgets it', async () => {
    const { reads, run } = set();
    const running = [run(), run()];
    reads.started[0]?.fail(failure('auth_expired'));
    for (const each of running) await expect(each).rejects.toMatchObject({ code: 'auth_expired' });
    expect(reads.started).toHaveLength(1);
    void run();
    expect(reads.started).toHaveLength(2);
  });

  it('ends a read for each caller at its own deadline', async () => {
    const { reads, run } = set();
    const [long, short] = [run(5000), run(120)];
    const startedAt = performance.now();
    await expect(short).rejects.toMatchObject({ code: 'deadline_exceeded', effect: 'none' });
    expect(performance.now() - startedAt).toBeGreaterThan(100);
    reads.started[0]?.end({});
    await expect(long).resolves.toEqual({});
    expect(reads.started).toHaveLength(1);
  });

  it('reads again, once, for all that have time left when the first one has none', async () => {
    const { reads, run } = set();
    const first = run(50);
    const others = [run(), run(), run()];
    reads.started[0]?.fail(failure('deadline_exceeded'));
    await expect(first).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await new Promise(setImmediate);
    expect(reads.started).toHaveLength(2);
    reads.started[1]?.end({ id: '2' });
    expect(await Promise.all(others)).toEqual(Array(3).fill({ id: '2' }));
  });

  it('does not read again with hardly any time left', async () => {
    const { reads, run } = set();
    const running = [run(50), run(90)];
    reads.started[0]?.fail(failure('deadline_exceeded'));
    for (const each of running) {
      await expect(each).rejects.toMatchObject({ code: 'deadline_exceeded' });
    }
    expect(reads.started).toHaveLength(1);
  });

  it('reads again for a caller whose longer time a spaced call fits', async () => {
    const { reads, run } = set();
    const [short, long] = [run(300), run(15_000)];
    const closed = new InstagramError('rate_limited', 'No.', {
      effect: 'none',
      log: { gate: 'usage', sent: false },
    });
    reads.started[0]?.fail(closed);
    await expect(short).rejects.toMatchObject({ code: 'rate_limited' });
    await new Promise(setImmediate);
    expect(reads.started).toHaveLength(2);
    reads.started[1]?.end({});
    await expect(long).resolves.toEqual({});
  });

  it('makes one call for many callers with the same time whose call does not fit', async () => {
    const { reads, run } = set();
    const running = Array.from({ length: 50 }, () => run(5000));
    const closed = new InstagramError('rate_limited', 'No.', {
      effect: 'none',
      log: { gate: 'usage', sent: false },
    });
    reads.started[0]?.fail(closed);
    for (const each of running) await expect(each).rejects.toBe(closed);
    expect(reads.started).toHaveLength(1);
  });
});
