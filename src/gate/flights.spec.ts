import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { Deadline } from '../common/deadline.js';
import { Flights, TURN_MAX } from './flights.js';

const DEADLINE_MS = 5000;
const GROWTH_MS = 500;
const IDLE_MS = 1000;
/** Calls of one account that may follow a refusal in 10 seconds. */
const FURTHER_MAX = 3;

type Answer = 'accepted' | 'refused' | 'lost';

/** The event loop, one turn after the other, with the calls of one account. */
class Loop {
  readonly flights = new Flights();
  sent = 0;
  expired = 0;
  /** Calls on their way. */
  flying = 0;
  private readonly turn: (() => void)[] = [];

  constructor() {
    jest.spyOn(globalThis, 'setImmediate').mockImplementation(((callback: () => void) => {
      this.turn.push(callback);
    }) as unknown as typeof setImmediate);
  }

  call(deadlineMs = DEADLINE_MS): void {
    void this.flights.start(new Deadline(deadlineMs)).then((maySend) => {
      if (!maySend) {
        this.expired += 1;
        return;
      }
      this.sent += 1;
      this.flying += 1;
    });
  }

  /** Ends with the turns that are due. Returns how many calls were sent in each. */
  async run(turns: number): Promise<number[]> {
    const counts: number[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const before = this.sent;
      for (const callback of this.turn.splice(0)) callback();
      await jest.advanceTimersByTimeAsync(0);
      counts.push(this.sent - before);
    }
    return counts;
  }

  async pass(ms: number): Promise<void> {
    await jest.advanceTimersByTimeAsync(ms);
  }

  answer(answer: Answer): void {
    if (this.flying === 0) return;
    this.flying -= 1;
    this.flights.end(answer === 'lost' ? undefined : answer === 'accepted');
  }
}

describe('Flights', () => {
  let loop: Loop;
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    loop = new Loop();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });
  const call = (count: number): void => {
    for (let index = 0; index < count; index += 1) loop.call();
  };

  it('sends one scout of many calls, and nothing else while its answer is on the way', async () => {
    call(200);
    expect(await loop.run(4)).toEqual([1, 0, 0, 0]);
    await loop.pass(GROWTH_MS - 1);
    expect(await loop.run(2)).toEqual([0, 0]);
  });

  it('sends the others a few in a turn once the scout is accepted', async () => {
    call(8);
    await loop.run(1);
    loop.answer('accepted');
    expect(await loop.run(4)).toEqual([TURN_MAX, TURN_MAX, 1, 0]);
  });

  it('sends one more scout after a refusal', async () => {
    call(200);
    await loop.run(1);
    loop.answer('refused');
    expect(await loop.run(4)).toEqual([1, 0, 0, 0]);
  });

  it('doubles the calls while Meta does not answer', async () => {
    call(30);
    const flying: number[] = [];
    for (let step = 0; step < 5; step += 1) {
      await loop.run(10);
      flying.push(loop.flying);
      await loop.pass(GROWTH_MS);
    }
    expect(flying).toEqual([1, 2, 4, 8, 16]);
  });

  it('needs no scout between calls that follow each other closely', async () => {
    call(2);
    await loop.run(1);
    loop.answer('accepted');
    await loop.run(1);
    loop.answer('accepted');
    await loop.pass(IDLE_MS - 1);
    call(3);
    expect(await loop.run(1)).toEqual([3]);
    for (let answers = 0; answers < 3; answers += 1) loop.answer('accepted');
    await loop.pass(IDLE_MS);
    call(3);
    expect(await loop.run(2)).toEqual([1, 0]);
  });

  it('sends a scout first after calls that came one by one', async () => {
    for (let index = 0; index < 5; index += 1) {
      loop.call();
      expect(await loop.run(1)).toEqual([1]);
      loop.answer('accepted');
    }
    call(200);
    expect(await loop.run(3)).toEqual([1, 0, 0]);
  });

  it('gives up a call whose time runs out', async () => {
    call(1);
    await loop.run(1);
    loop.call(300);
    await loop.run(1);
    await loop.pass(200);
    expect(loop.expired).toBe(1);
  });

  const step = fc.oneof(
    fc.record({ kind: fc.constant('call' as const), count: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ kind: fc.constant('run' as const), turns: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 1500 }) }),
    fc.record({
      kind: fc.constant('answer' as const),
      answer: fc.constantFrom<Answer>('accepted', 'accepted', 'refused', 'lost'),
    }),
  );

  it('sends at most 3 calls after a refusal that has arrived, and loses no call', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
        jest.restoreAllMocks();
        loop = new Loop();
        for (const each of steps) {
          if (each.kind === 'call') call(each.count);
          if (each.kind === 'pass') await loop.pass(each.ms);
          if (each.kind === 'answer') loop.answer(each.answer);
          for (const sent of await loop.run(each.kind === 'run' ? each.turns : 0)) {
            expect(sent).toBeLessThanOrEqual(FURTHER_MAX);
          }
        }
        // After a refusal, one call at a time is on its way until Meta accepts one.
        const isRefused = loop.flying > 0;
        while (loop.flying > 0) loop.answer('refused');
        const [scouts = 0] = await loop.run(1);
        if (isRefused) expect(scouts).toBeLessThanOrEqual(1);
        for (let turn = 0; turn < 3000 && !loop.flights.isIdle; turn += 1) {
          loop.answer('accepted');
          await loop.run(1);
        }
        expect(loop.flights.isIdle).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
