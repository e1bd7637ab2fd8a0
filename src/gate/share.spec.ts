import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { CapturedLog } from '../../test/support/capture.js';
import { Clock } from '../common/clock.js';
import { Deadline } from '../common/deadline.js';
import { Gate } from './gate.js';
import { type GateCall, GateClosed } from './gate-call.js';
import { Holds } from './holds.js';
import { Share } from './share.js';
import { SharedRows } from './shared-rows.js';

const SEND_MIN_MS = 100;
const DEADLINE_MAX_MS = 5000;

type Step =
  | { readonly kind: 'enter'; readonly deadlineMs: number }
  | { readonly kind: 'leave' }
  | { readonly kind: 'pass'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('enter' as const),
    deadlineMs: fc.integer({ min: 0, max: DEADLINE_MAX_MS }),
  }),
  fc.constant({ kind: 'leave' as const }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 800 }) }),
);

interface Visit {
  readonly endsAt: number;
  state: 'waiting' | 'in' | 'ended';
}

/** A share with the calls that enter it. */
class Visits {
  inUse = 0;
  readonly all: Visit[] = [];
  /** What broke a rule. */
  readonly faults: string[] = [];
  readonly share: Share;

  constructor(readonly max: number) {
    this.share = new Share(max);
  }

  get waiting(): Visit[] {
    return this.all.filter(({ state }) => state === 'waiting');
  }

  enter(deadlineMs: number): void {
    const visit: Visit = { endsAt: performance.now() + deadlineMs, state: 'waiting' };
    this.all.push(visit);
    void this.share.enter(new Deadline(deadlineMs)).then((isIn) => {
      if (isIn) this.noteEntry(visit);
      else this.noteEnd(visit);
    });
  }

  leave(): void {
    if (this.inUse === 0) return;
    this.inUse -= 1;
    this.share.leave();
  }

  private noteEntry(visit: Visit): void {
    if (this.waiting[0] !== visit) this.faults.push('an earlier call still waits');
    visit.state = 'in';
    this.inUse += 1;
    if (this.inUse > this.max) this.faults.push('too many calls in progress');
  }

  private noteEnd(visit: Visit): void {
    if (performance.now() < visit.endsAt - SEND_MIN_MS) this.faults.push('ended too early');
    visit.state = 'ended';
  }
}

const advance = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

describe('Share', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('never has more calls than its limit, in their order, and leaves none behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(step, { maxLength: 60, size: 'max' }),
        async (max, steps) => {
          const visits = new Visits(max);
          for (const each of steps) {
            if (each.kind === 'enter') visits.enter(each.deadlineMs);
            if (each.kind === 'leave') visits.leave();
            await advance(each.kind === 'pass' ? each.ms : 0);
            expect(visits.inUse).toBeLessThanOrEqual(max);
            if (visits.waiting.length > 0) expect(visits.inUse).toBe(max);
          }
          // Calls that hang leave no waiting call without an end.
          await advance(DEADLINE_MAX_MS);
          expect(visits.waiting).toEqual([]);
          while (visits.inUse > 0) visits.leave();
          expect(visits.share.isIdle).toBe(true);
          expect(visits.faults).toEqual([]);
        },
      ),
    );
  });

  it('has room for a call that comes when no other is in progress', async () => {
    const visits = new Visits(1);
    visits.enter(SEND_MIN_MS);
    await advance(0);
    expect(visits.inUse).toBe(1);
  });
});

describe('Gate, with accounts whose calls hang', () => {
  const call = (igUserId: string, deadlineMs: number): GateCall => ({
    igUserId,
    token: igUserId,
    kind: 'read',
    isBackground: false,
    deadline: new Deadline(deadlineMs),
  });
  const aGate = (instagramMaxConnections: number): Gate => {
    const { log } = new CapturedLog();
    const rows = new SharedRows(log);
    const clock = new Clock();
    return new Gate(new Holds(rows, clock, log), rows, clock, { instagramMaxConnections });
  };

  it('gives one account a quarter of the connections and another one its own', async () => {
    const gate = aGate(8);
    const hanging = [await gate.enter(call('1', 5000)), await gate.enter(call('1', 5000))];
    const third = gate.enter(call('1', 400)).catch((error: unknown) => error);
    const enteredAt = performance.now();
    const others = [await gate.enter(call('2', 5000)), await gate.enter(call('2', 5000))];
    // The third call of the first account has not even run out of time.
    expect(performance.now() - enteredAt).toBeLessThan(300);
    const error = await third;
    expect(error).toBeInstanceOf(GateClosed);
    expect((error as GateClosed).closure).toEqual({ kind: 'share' });
    for (const pass of [...hanging, ...others]) pass.leave({ kind: 'unanswered' });
  });

  it('frees a connection once, however often a call leaves', async () => {
    const gate = aGate(4);
    const first = await gate.enter(call('1', 5000));
    first.leave({ kind: 'answered' });
    first.leave({ kind: 'answered' });
    const second = await gate.enter(call('1', 5000));
    await expect(gate.enter(call('1', 150))).rejects.toThrow(GateClosed);
    second.leave({ kind: 'answered' });
  });
});
