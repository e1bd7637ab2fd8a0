import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ROOT } from '../support/run.js';
import { applyChange } from './build.js';
import { Life, runIn } from './context.js';
import { EventQueue } from './event-queue.js';
import { countCrashes } from './fault-points.js';
import { MUTANTS } from './mutants.js';
import { Random } from './random.js';
import { toSqliteText } from './postgres-sql.js';
import { VirtualTime } from './virtual-time.js';
import { WatchedLog } from './watched-log.js';

const START = 1_700_000_000_000;

describe('VirtualTime', () => {
  it('jumps from event to event, in the order of their times', async () => {
    const time = new VirtualTime(START);
    const seen: number[] = [];
    await time.run(async () => {
      const waits = [300, 100, 86_400_000, 200].map(async (ms) => {
        await time.sleep(ms);
        seen.push(time.elapsedMs);
      });
      await Promise.all(waits);
    });
    expect(seen).toEqual([100, 200, 300, 86_400_000]);
    expect(time.now).toBe(START + 86_400_000);
  });

  it('drops the events of a process that crashed, and delays those of one that halts', async () => {
    const time = new VirtualTime(START);
    const [crashed, halted] = [new Life('crashed', 0), new Life('halted', 0)];
    const seen: string[] = [];
    await time.run(async () => {
      for (const life of [crashed, halted]) {
        const context = { life, call: undefined, random: new Random(1) };
        time.later(10, () => seen.push(`${life.name} at ${String(time.elapsedMs)}`), context);
      }
      crashed.isAlive = false;
      halted.haltedUntil = 500;
      await time.sleep(1000);
    });
    expect(seen).toEqual(['halted at 500']);
  });

  it('delays the timers of a process whose machine sleeps, and not its answers', async () => {
    const time = new VirtualTime(START);
    const life = new Life('asleep', 0);
    const seen: string[] = [];
    await time.run(async () => {
      runIn({ life, call: undefined, random: new Random(1) }, () => {
        const note = (name: string) => () => seen.push(`${name} at ${String(time.elapsedMs)}`);
        time.later(10, note('answer'));
        time.startTimer(20, note('timer'));
      });
      life.haltedUntil = 500;
      life.stoppedMs = 500;
      await time.sleep(1000);
    });
    expect(seen).toEqual(['answer at 500', 'timer at 520']);
  });

  it("shows a process its own clock's time", async () => {
    const time = new VirtualTime(START);
    const life = new Life('ahead', 125_000);
    await time.run(async () => {
      await time.sleep(7.5);
      const random = new Random(1);
      expect(runIn({ life, call: undefined, random }, () => time.localNow)).toBe(START + 125_007);
    });
  });

  it('reports a task for which nothing is left to happen', async () => {
    const time = new VirtualTime(START);
    const never = new Promise<void>(() => undefined);
    await expect(time.run(() => never)).rejects.toThrow('nothing is left to happen');
  });
});

describe('EventQueue', () => {
  it('returns events by time, and events of one time in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 9 })), (times) => {
        const queue = new EventQueue();
        const context = { life: undefined, call: undefined, random: new Random(1) };
        times.forEach((at, order) => {
          queue.push({ at, order, isCancelled: false, context, run: () => undefined });
        });
        const popped = times.map(() => queue.pop());
        const sorted = times
          .map((at, order) => ({ at, order }))
          .sort((a, b) => a.at - b.at || a.order - b.order);
        expect(popped).toMatchObject(sorted);
        expect(queue.pop()).toBeUndefined();
      }),
    );
  });
});

describe('Random', () => {
  it('repeats its numbers for a seed, within their limits', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), (seed, limit) => {
        const [one, other] = [new Random(seed), new Random(seed)];
        for (let count = 0; count < 20; count += 1) {
          const number = one.below(limit);
          expect(number).toBe(other.below(limit));
          expect(number).toBeGreaterThanOrEqual(0);
          expect(number).toBeLessThan(limit);
        }
      }),
    );
  });
});

describe('the simulated PostgreSQL', () => {
  it('translates what SQLite does not know', () => {
    expect(toSqliteText('select greatest(0, $1::bigint) from "t" where "a" = $2 for update')).toBe(
      'select max(0, cast(@p1 as integer)) from "t" where "a" = @p2',
    );
  });
});

describe('fault points', () => {
  it('counts the crashes at each point', () => {
    const name = 'like: between begin and send';
    expect(new Map(countCrashes({})).get(name)).toBe(0);
    const points = { 'like: insert like_attempts, done': 2, 'like: commit, done': 1 };
    expect(new Map(countCrashes(points)).get(name)).toBe(2);
  });
});

describe('WatchedLog', () => {
  it('ends a schedule when the service finds a rule broken', () => {
    const broken: string[] = [];
    const log = new WatchedLog(({ message }) => broken.push(message));
    expect(log.check('pass_used_once', true)).toBe(true);
    log.error('ledger.write_failed', { error: 'Error' });
    expect(log.check('pass_used_once', false)).toBe(false);
    expect(broken).toEqual(['invariant: pass_used_once']);
  });
});

describe('mutants', () => {
  it.each(MUTANTS)('$name changes the source of the service', (mutant) => {
    const text = readFileSync(join(ROOT, mutant.file), 'utf8');
    expect(applyChange(text, mutant)).not.toBe(text);
  });
});
