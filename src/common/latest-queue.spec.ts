import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Deadline } from './deadline.js';
import { LatestQueue } from './latest-queue.js';

/** A task that ends when the test says so. */
class Step {
  readonly task: (before: string | undefined) => Promise<string>;
  before: string | undefined;
  started = false;
  private end: (result: string | Error) => void = () => undefined;

  constructor(readonly name: string) {
    this.task = (before) => {
      this.started = true;
      this.before = before;
      return new Promise((resolve, reject) => {
        this.end = (result) => {
          if (result instanceof Error) reject(result);
          else resolve(result);
        };
      });
    };
  }

  async finish(result: string | Error = this.name): Promise<void> {
    this.end(result);
    await settle();
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('LatestQueue', () => {
  it('runs the first task at once, and of those that wait only the last', async () => {
    const queue = new LatestQueue<string>();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new Step(name)) as [Step, Step, Step];
    const results = [a, b, c].map(({ task }) => queue.run('key', task));
    expect([a.started, b.started, c.started]).toEqual([true, false, false]);
    await a.finish();
    expect([b.started, c.started, c.before]).toEqual([false, true, 'a']);
    await c.finish();
    await expect(Promise.all(results)).resolves.toEqual(['a', 'c', 'c']);
    expect(queue.size).toBe(0);
  });

  it('runs each task with the deadline of its own caller', async () => {
    const queue = new LatestQueue<string>();
    const [first, second, third] = [1000, 2000, 3000].map((ms) => new Deadline(ms));
    const seen: (number | undefined)[] = [];
    const start = (deadline: Deadline | undefined): Promise<string> =>
      Deadline.run(deadline, () =>
        queue.run('key', async () => {
          seen.push(Deadline.current?.milliseconds);
          await settle();
          seen.push(Deadline.current?.milliseconds);
          return '';
        }),
      );
    await Promise.all([first, second, third].map(start));
    expect(seen).toEqual([1000, 1000, 3000, 3000]);
  });

  it('runs the waiting task after a failure, and reports each failure to its callers', async () => {
    const queue = new LatestQueue<string>();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new Step(name)) as [Step, Step, Step];
    const results = Promise.allSettled([a, b].map(({ task }) => queue.run('key', task)));
    await a.finish(new Error('a'));
    expect(b.before).toBeUndefined();
    const last = queue.run('key', c.task);
    await b.finish(new Error('b'));
    await c.finish();
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(last).resolves.toBe('c');
  });

  it('never runs two tasks of a key at once, and ends with the last task', async () => {
    const key = fc.constantFrom('one', 'other');
    const actions = fc.array(fc.oneof(fc.record({ key }), fc.record({ finish: key })));
    await fc.assert(
      fc.asyncProperty(actions, async (schedule) => {
        const queue = new LatestQueue<string>();
        const steps = new Map<string, Step[]>([
          ['one', []],
          ['other', []],
        ]);
        const finished = new Set<Step>();
        const results: [Step, Promise<string>][] = [];
        const runningOf = (name: string): Step[] =>
          (steps.get(name) ?? []).filter((step) => step.started && !finished.has(step));
        const finish = async (name: string): Promise<void> => {
          const [running] = runningOf(name);
          if (running === undefined) return;
          finished.add(running);
          await running.finish();
        };
        for (const action of schedule) {
          if ('finish' in action) {
            await finish(action.finish);
          } else {
            const step = new Step(`${action.key}${String(results.length)}`);
            steps.get(action.key)?.push(step);
            results.push([step, queue.run(action.key, step.task)]);
          }
          expect(runningOf('one').length).toBeLessThanOrEqual(1);
          expect(runningOf('other').length).toBeLessThanOrEqual(1);
        }
        for (const name of steps.keys()) while (runningOf(name).length > 0) await finish(name);
        for (const [name, all] of steps) {
          const last = all.at(-1);
          if (last !== undefined) expect(finished.has(last)).toBe(true);
          const order = all.map((step) => step.name);
          for (const [step, result] of results.filter(([{ name: own }]) => own.startsWith(name))) {
            // Its own result, or that of a later task.
            expect(order.indexOf(await result)).toBeGreaterThanOrEqual(order.indexOf(step.name));
          }
        }
        expect(queue.size).toBe(0);
      }),
    );
  });
});
