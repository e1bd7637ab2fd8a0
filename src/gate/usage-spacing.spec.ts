import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { CapturedLog } from '../../test/support/capture.js';
import { Clock } from '../common/clock.js';
import { Deadline } from '../common/deadline.js';
import { Gate } from './gate.js';
import { type GateCall, GateClosed } from './gate-call.js';
import { Holds } from './holds.js';
import { SharedRows } from './shared-rows.js';
import { UsageMeter } from './usage-meter.js';

const WAIT_MS = 60_000;
const at = (percent: number): { percent: number; regainMs: undefined } => ({
  percent,
  regainMs: undefined,
});

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});

const reserve = (meter: UsageMeter, key: string, isBackground: boolean, waitMs: number): number =>
  meter.reserve(key, isBackground, waitMs).waitMs;

describe('UsageMeter', () => {
  /** The time between two calls at this usage. */
  const measureSpacing = (percent: number): number => {
    const meter = new UsageMeter();
    meter.note('1', at(percent));
    reserve(meter, '1', false, WAIT_MS);
    return reserve(meter, '1', false, WAIT_MS);
  };

  it('spaces calls from 80 % on, by up to 3 seconds at 95 %', () => {
    const percents = [0, 79.9, 80, 82.5, 85, 87.5, 90, 92.5, 95, 100, 1000];
    const spacings = percents.map(measureSpacing);
    expect(spacings).toEqual([0, 0, 0, 500, 1000, 1500, 2000, 2500, 3000, 3000, 3000]);
  });

  it('never spaces calls less at a higher usage', () => {
    const percent = fc.double({ min: 0, max: 1000, noNaN: true });
    fc.assert(
      fc.property(percent, percent, (one, other) => {
        const [low, high] = one < other ? [one, other] : [other, one];
        expect(measureSpacing(low)).toBeLessThanOrEqual(measureSpacing(high));
      }),
    );
  });

  it('lets calls for which no person waits give way', () => {
    const meter = new UsageMeter();
    meter.note('1', at(85));
    expect(reserve(meter, '1', true, 2999)).toBe(3000);
    // The refused call reserved nothing.
    expect(reserve(meter, '1', false, 0)).toBe(0);
    expect(reserve(meter, '1', false, 1000)).toBe(1000);
    expect(reserve(meter, '1', true, 5000)).toBe(5000);
    jest.advanceTimersByTime(20_000);
    expect(reserve(meter, '1', true, 2999)).toBe(0);
  });

  it('reserves nothing for a call that cannot wait so long', () => {
    const meter = new UsageMeter();
    meter.note('1', at(90));
    reserve(meter, '1', false, 0);
    for (let call = 0; call < 100; call += 1) reserve(meter, '1', false, 1999);
    expect(reserve(meter, '1', false, 2000)).toBe(2000);
  });

  it('forgets a report after five minutes or with a lower one', () => {
    const meter = new UsageMeter();
    const isSpaced = (): boolean => {
      reserve(meter, '1', false, WAIT_MS);
      return reserve(meter, '1', false, WAIT_MS) > 0;
    };
    meter.note('1', at(90));
    expect(isSpaced()).toBe(true);
    meter.note('1', at(79));
    expect(isSpaced()).toBe(false);
    meter.note('1', at(90));
    jest.advanceTimersByTime(300_001);
    expect(isSpaced()).toBe(false);
  });

  it('keeps accounts apart', () => {
    const meter = new UsageMeter();
    meter.note('1', at(94));
    reserve(meter, '1', false, WAIT_MS);
    expect(reserve(meter, '2', false, 0)).toBe(0);
  });
});

describe('Gate near a limit', () => {
  const aGate = (): Gate => {
    const { log } = new CapturedLog();
    const rows = new SharedRows(log);
    const clock = new Clock();
    const limits = { instagramMaxConnections: 100 };
    return new Gate(new Holds(rows, clock, log), rows, clock, limits);
  };
  const call = (igUserId: string, fields: Partial<GateCall> = {}): GateCall => ({
    igUserId,
    token: igUserId,
    kind: 'read',
    isBackground: false,
    deadline: new Deadline(3000),
    ...fields,
  });
  const report = async (gate: Gate, app: number, account: number): Promise<void> => {
    const usage = { app: at(app), account: at(account) };
    (await gate.enter(call('1'))).leave({ kind: 'answered', usage });
  };
  /** How a call ends within its time. */
  const settle = async (entering: Promise<unknown>): Promise<string> => {
    const result = entering.then(
      () => 'sent',
      (error: unknown) => (error instanceof GateClosed ? error.closure.kind : 'error'),
    );
    await jest.advanceTimersByTimeAsync(3000);
    return result;
  };

  it('lets pulls give way to people', async () => {
    const gate = aGate();
    await report(gate, 0, 85);
    expect(await settle(gate.enter(call('1', { isBackground: true })))).toBe('usage');
    expect(await settle(gate.enter(call('1')))).toBe('sent');
  });

  it('stops at 95 % for as long as Meta says', async () => {
    const gate = aGate();
    const usage = { app: undefined, account: { percent: 95, regainMs: 120_000 } };
    (await gate.enter(call('1'))).leave({ kind: 'answered', usage });
    expect(await settle(gate.enter(call('1')))).toBe('hold');
    expect(await settle(gate.enter(call('2')))).toBe('sent');
    await jest.advanceTimersByTimeAsync(120_000);
    expect(await settle(gate.enter(call('1')))).toBe('sent');
  });

  it('reserves nothing of the app for calls that their account has no room for', async () => {
    const gate = aGate();
    await report(gate, 81, 94);
    const refused = Array.from({ length: 20 }, () =>
      gate.enter(call('1')).catch((error: unknown) => error),
    );
    await jest.advanceTimersByTimeAsync(0);
    expect(await settle(gate.enter(call('2', { deadline: new Deadline(900) })))).toBe('sent');
    await Promise.all(refused);
  });
});
