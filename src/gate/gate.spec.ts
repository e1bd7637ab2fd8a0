import { describe, expect, it } from '@jest/globals';
import { CapturedLog } from '../../test/support/capture.js';
import { Deadline } from '../common/deadline.js';
import { ElapsedTime } from '../common/elapsed-time.js';
import { Gate } from './gate.js';
import type { CallKind } from '../domain/call-kind.js';
import type { GateCall, Refusal } from './gate-call.js';
import { Holds } from './holds.js';
import { SharedRows } from './shared-rows.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const noCodes = { graphCode: undefined, graphSubcode: undefined, retryAfterMs: undefined };
const BLOCK: Refusal = { ...noCodes, cause: 'block', reach: 'account', graphCode: 368 };
const LIMIT: Refusal = { ...noCodes, cause: 'limit', reach: 'account', graphCode: 613 };
const DEAD_TOKEN: Refusal = { ...noCodes, cause: 'token', reach: 'token', graphCode: 190 };
const APP_LIMIT: Refusal = { ...noCodes, cause: 'limit', reach: 'app', graphCode: 4 };

function makeGate(): {
  gate: Gate;
  advance: (ms: number) => void;
  causes: () => Promise<string[]>;
} {
  let now = Date.UTC(2026, 0, 1);
  const { log } = new CapturedLog();
  const rows = new SharedRows(log);
  const holds = new Holds(rows, { now: () => now }, log);
  const gate = new Gate(holds, rows, new ElapsedTime(), { instagramMaxConnections: 100 });
  return {
    gate,
    advance: (ms) => {
      now += ms;
    },
    causes: async () => (await gate.listHolds()).map(({ cause }) => cause),
  };
}

function callOf(kind: CallKind = 'like', token = 'good'): GateCall {
  return { igUserId: '1', token, kind, isBackground: false, deadline: new Deadline(3000) };
}

async function refuse(gate: Gate, refusal: Refusal, call = callOf()): Promise<void> {
  (await gate.enter(call)).leave({ kind: 'refused', refusal });
}

async function leftMsOf(gate: Gate, call = callOf()): Promise<number | undefined> {
  const error = await gate.enter(call).catch((failure: unknown) => failure);
  return (error as { closure?: { leftMs: number } }).closure?.leftMs;
}

describe('Gate', () => {
  describe('when Meta blocks the account while a probe of an earlier limit is in progress', () => {
    it.each(['answered', 'unanswered', 'refused'] as const)(
      'keeps the block if the probe is %s',
      async (kind) => {
        const { gate, advance, causes } = makeGate();
        const early = await gate.enter(callOf());
        await refuse(gate, { ...LIMIT, retryAfterMs: 1000 });
        advance(1001);
        const probe = await gate.enter(callOf());
        early.leave({ kind: 'refused', refusal: BLOCK });
        probe.leave(kind === 'refused' ? { kind, refusal: LIMIT } : { kind });
        expect(await causes()).toEqual(['block']);
        expect(await leftMsOf(gate)).toBe(HOUR_MS);
      },
    );
  });

  it('asks Meta again although the clock was set back', async () => {
    const { gate, advance } = makeGate();
    await refuse(gate, LIMIT);
    expect(await leftMsOf(gate)).toBeGreaterThan(0);
    advance(-400 * 24 * HOUR_MS);
    expect(await leftMsOf(gate)).toBeUndefined();
  });

  it('keeps a block whose probe had a dead token, for the next call', async () => {
    const { gate, advance, causes } = makeGate();
    await refuse(gate, BLOCK);
    advance(HOUR_MS + 1);
    await refuse(gate, DEAD_TOKEN, callOf('like', 'dead'));
    expect(await causes()).toEqual(expect.arrayContaining(['block', 'token']));
    expect(await leftMsOf(gate)).toBeLessThanOrEqual(10_000);
  });

  it("keeps the app's limit when its probe is refused for its account alone", async () => {
    const { gate, advance, causes } = makeGate();
    await refuse(gate, APP_LIMIT);
    advance(15 * MINUTE_MS + 1);
    await refuse(gate, LIMIT);
    expect(await causes()).toEqual(['limit', 'limit']);
  });

  it('ends a block by a write alone, and lets reads pass when its time is up', async () => {
    const { gate, advance, causes } = makeGate();
    await refuse(gate, BLOCK);
    expect(await leftMsOf(gate, callOf('read'))).toBe(HOUR_MS);
    advance(HOUR_MS + 1);
    (await gate.enter(callOf('read'))).leave({ kind: 'answered' });
    expect(await causes()).toEqual(['block']);
    (await gate.enter(callOf('like'))).leave({ kind: 'answered' });
    expect(await causes()).toEqual([]);
  });

  it('waits longer for a limit of likes although a read succeeded meanwhile', async () => {
    const { gate, advance } = makeGate();
    for (const minutes of [1, 5, 15, 15]) {
      await refuse(gate, LIMIT);
      expect(await leftMsOf(gate)).toBe(minutes * MINUTE_MS);
      advance(minutes * MINUTE_MS + 1);
      (await gate.enter(callOf('read'))).leave({ kind: 'answered' });
    }
  });

  it("gives the app's place back when the account's limit refuses the call", async () => {
    const { gate } = makeGate();
    const usage = {
      app: { percent: 81, regainMs: undefined },
      account: { percent: 94, regainMs: undefined },
    };
    (await gate.enter(callOf('read'))).leave({ kind: 'answered', usage });
    (await gate.enter(callOf('read'))).leave({ kind: 'answered' });
    for (let call = 0; call < 8; call += 1) {
      expect(await leftMsOf(gate, callOf('read'))).toBeGreaterThan(0);
    }
    const other: GateCall = { ...callOf('read'), igUserId: '2' };
    (await gate.enter(other)).leave({ kind: 'answered' });
  });
});
