import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CapturedLog } from '../../test/support/capture.js';
import { Clock } from '../common/clock.js';
import { Deadline } from '../common/deadline.js';
import { ElapsedTime } from '../common/elapsed-time.js';
import { Gate, type Pass } from './gate.js';
import type { CallKind, GateCall } from './gate-call.js';
import { Holds } from './holds.js';
import { LIKE_PACE } from './pace.js';
import { SharedRows } from './shared-rows.js';

describe('a pass that waits', () => {
  let gate: Gate;
  let logs: CapturedLog;
  /** The time of both clocks, in milliseconds. */
  let at: number;

  beforeEach(async () => {
    // Whole milliseconds, so sums are exact.
    at = Math.ceil(performance.now());
    jest.spyOn(performance, 'now').mockImplementation(() => at);
    const clock = new (class extends Clock {
      override now(): number {
        return at;
      }
    })();
    logs = new CapturedLog();
    const { log } = logs;
    const rows = new SharedRows(log);
    const limits = { instagramMaxConnections: 1000 };
    gate = new Gate(new Holds(rows, clock, log), rows, new ElapsedTime(), limits, log);
    // Half of the burst is free at the start, and the whole burst after a while.
    at += LIKE_PACE.burst * LIKE_PACE.intervalMs;
    // Instagram answers this account, so many of its calls may be in progress.
    (await gate.enter(call('read'))).leave({ kind: 'answered' });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const call = (kind: CallKind = 'like'): GateCall => ({
    igUserId: '17',
    token: 'token',
    kind,
    isBackground: false,
    deadline: new Deadline(5000),
  });
  const enter = (count: number, kind?: CallKind): Promise<Pass[]> =>
    Promise.all(Array.from({ length: count }, () => gate.enter(call(kind))));
  const renew = async (passes: readonly Pass[]): Promise<number> => {
    const renewed = await Promise.allSettled(passes.map((pass) => pass.renew()));
    const refused = renewed.filter((each) => each.status === 'rejected');
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ closure: { kind: 'pace', calls: 'like' } });
    }
    return renewed.length - refused.length;
  };

  it('sends likes that wait a moment after they passed', async () => {
    const passes = await enter(LIKE_PACE.burst);
    at += 300;
    expect(await renew(passes)).toBe(LIKE_PACE.burst);
  });

  it.each([500, 1000, 4000])(
    'sends likes that a stall delayed for %d ms at the pace',
    async (ms) => {
      const passes = await enter(LIKE_PACE.burst);
      at += ms;
      expect(await renew(passes)).toBe(Math.floor(ms / LIKE_PACE.intervalMs));
    },
  );

  it('never refuses other calls for a stall', async () => {
    const passes = [...(await enter(3, 'write')), ...(await enter(3, 'message'))];
    at += 4000;
    expect(await renew(passes)).toBe(6);
  });

  it('lets no second call through with one pass, and reports it', async () => {
    const [used, left] = await enter(2);
    left?.leave({ kind: 'answered' });
    await used?.renew();
    expect(logs.events('invariant.broken')).toEqual([]);
    for (const pass of [used, left]) {
      await expect(pass?.renew()).rejects.toMatchObject({ closure: { kind: 'pace' } });
    }
    expect(logs.events('invariant.broken')).toMatchObject([
      { rule: 'pass_used_once' },
      { rule: 'pass_used_once' },
    ]);
  });
});
