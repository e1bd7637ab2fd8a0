import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CapturedLog } from '../../test/support/capture.js';
import { Clock } from '../common/clock.js';
import { Deadline } from '../common/deadline.js';
import { ElapsedTime } from '../common/elapsed-time.js';
import type { PaceClaim, PaceGrant } from '../ledger/gate/gate-paces.js';
import { Gate, type Pass } from './gate.js';
import type { CallKind } from '../domain/call-kind.js';
import { type GateCall, GateClosed, type Refusal } from './gate-call.js';
import { Holds } from './holds.js';
import { claimPace, LIKE_PACE } from './pace.js';
import { type GateRows, SharedRows } from './shared-rows.js';

const DEADLINE_MS = 8000;
const BLOCK: Refusal = {
  cause: 'block',
  reach: 'account',
  graphCode: 368,
  graphSubcode: undefined,
  retryAfterMs: undefined,
};

/** Rows of two processes that share a pace, or of one alone. */
function connect(rows: SharedRows, isShared: boolean): void {
  let next = -Infinity;
  const claim = ({ count, waitMs }: PaceClaim): Promise<PaceGrant> => {
    const now = performance.now();
    const claimed = claimPace(LIKE_PACE, next, { now, count, waitMs });
    next = claimed.next;
    return Promise.resolve({ granted: claimed.granted, nextInMs: next - now });
  };
  const paces = {
    isShared,
    claim,
    noteUse: () => Promise.resolve(),
    readUse: () => Promise.resolve(undefined),
  };
  const store = (): Promise<void> => Promise.resolve();
  const holds = {
    isShared,
    list: () => Promise.resolve([]),
    save: store,
    open: store,
    closeAfter: () => undefined,
  };
  rows.connect({ holds, paces } as unknown as GateRows);
}

describe('a pass that waits', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const advance = async (ms: number): Promise<void> => {
    await jest.advanceTimersByTimeAsync(ms);
  };
  const turns = async (count = 30): Promise<void> => {
    for (let turn = 0; turn < count; turn += 1) await new Promise((next) => setImmediate(next));
  };
  const makeGate = async (isShared: boolean, logs = new CapturedLog()): Promise<Gate> => {
    const { log } = logs;
    const rows = new SharedRows(log);
    connect(rows, isShared);
    const holds = new Holds(rows, new Clock(), log);
    const limits = { instagramMaxConnections: 1000 };
    const gate = new Gate(holds, rows, new ElapsedTime(), limits, log);
    await open(gate);
    return gate;
  };
  /** Instagram answers this account, so many of its calls may be on their way. */
  const open = async (gate: Gate): Promise<void> => {
    const [scout, other] = [await gate.enter(call('read')), await gate.enter(call('read'))];
    await scout.start();
    const starting = other.start();
    scout.leave({ kind: 'answered' });
    await starting;
    other.leave({ kind: 'answered' });
  };
  const call = (kind: CallKind = 'like'): GateCall => ({
    igUserId: '17',
    token: 'token',
    kind,
    isBackground: false,
    deadline: new Deadline(DEADLINE_MS),
  });
  const enter = (gate: Gate, count: number, kind?: CallKind): Promise<Pass[]> =>
    Promise.all(Array.from({ length: count }, () => gate.enter(call(kind))));
  /** How many start at once, and how many start at all. */
  const start = async (passes: readonly Pass[]): Promise<[number, number]> => {
    let started = 0;
    const starting = passes.map(async (pass) => {
      try {
        await pass.start();
        started += 1;
      } catch (error) {
        expect(error).toMatchObject({ closure: { kind: 'pace', calls: 'like' } });
        pass.leave({ kind: 'unanswered' });
      }
    });
    await turns();
    const atOnce = started;
    await advance(DEADLINE_MS);
    await turns();
    await Promise.all(starting);
    return [atOnce, started];
  };

  it.each([0, 300, 600, 1000, 4000])(
    'sends all likes of a process that is alone after a stall of %d ms',
    async (ms) => {
      const gate = await makeGate(false);
      const passes = await enter(gate, LIKE_PACE.burst);
      await advance(ms);
      // The account opens again after the stall.
      await open(gate);
      expect(await start(passes)).toEqual([LIKE_PACE.burst, LIKE_PACE.burst]);
    },
  );

  it('sends likes that wait a moment after they passed', async () => {
    const gate = await makeGate(true);
    const passes = await enter(gate, LIKE_PACE.burst);
    await advance(300);
    expect(await start(passes)).toEqual([LIKE_PACE.burst, LIKE_PACE.burst]);
  });

  it.each([
    [500, 2, 12],
    [4000, 16, 20],
  ])(
    'sends likes of several processes after a stall of %d ms at the pace',
    async (ms, free, all) => {
      const gate = await makeGate(true);
      const passes = await enter(gate, LIKE_PACE.burst);
      await advance(ms);
      await open(gate);
      expect(await start(passes)).toEqual([free, all]);
    },
  );

  it('never refuses other calls for a stall', async () => {
    const gate = await makeGate(true);
    const passes = [...(await enter(gate, 3, 'write')), ...(await enter(gate, 3, 'read'))];
    await advance(4000);
    await open(gate);
    expect(await start(passes)).toEqual([6, 6]);
  });

  it('does not start after Meta has refused another call', async () => {
    const gate = await makeGate(false);
    const [late, connecting, refused] = await enter(gate, 3, 'write');
    await connecting?.start();
    expect(connecting?.check()).toBeUndefined();
    refused?.leave({ kind: 'refused', refusal: BLOCK });
    const closure = { closure: { kind: 'hold', hold: { cause: 'block' } } };
    await expect(late?.start()).rejects.toMatchObject(closure);
    expect(() => connecting?.check()).toThrow(GateClosed);
  });

  it('lets no second call through with one pass, and reports it', async () => {
    const logs = new CapturedLog();
    const gate = await makeGate(false, logs);
    const [used, left] = await enter(gate, 2, 'write');
    left?.leave({ kind: 'answered' });
    await used?.start();
    expect(logs.events('invariant.broken')).toEqual([]);
    for (const pass of [used, left]) {
      await expect(pass?.start()).rejects.toMatchObject({ closure: { kind: 'pace' } });
    }
    expect(logs.events('invariant.broken')).toMatchObject([
      { rule: 'pass_used_once' },
      { rule: 'pass_used_once' },
    ]);
  });
});
