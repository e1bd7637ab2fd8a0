import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CapturedLog } from '../../test/support/capture.js';
import { mostWithin } from '../../test/support/windows.js';
import { claimPace, LIKE_PACE, MESSAGE_PACE, type PaceRule, toWait } from './pace.js';
import { PaceExceeded, PaceLine } from './pace-line.js';
import { SharedRows } from './shared-rows.js';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const START = 1_800_000_000_000;
const LIKES_MAX = 40;
/** Over a restart. Meta locks an account out after 50. */
const RESTART_LIKES_MAX = 45;
const LIKES_WINDOW_MS = 5 * SECOND_MS;
const MESSAGES_MAX = 744;

/** Calls that arrive at the same moment, this long after those before. */
interface Arrival {
  readonly gapMs: number;
  readonly waits: readonly number[];
}

const waits = fc.oneof(
  fc.constantFrom(0, 1, 249, 250),
  fc.double({ min: 0, max: 7000, noNaN: true }),
);
const arrivals = (gapMaxMs: number, callsMax: number): fc.Arbitrary<Arrival[]> =>
  fc.array(
    fc.record({
      gapMs: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: gapMaxMs })),
      waits: fc.array(waits, { maxLength: callsMax, size: 'max' }),
    }),
    { maxLength: 25, size: 'max' },
  );

interface Run {
  /** When the granted calls are sent. */
  readonly sent: number[];
  readonly refused: number;
}

/** Claims one by one, without a line. */
function claimEach(rule: PaceRule, schedule: readonly Arrival[]): Run {
  let now = START;
  let next = 0;
  let refused = 0;
  const sent: number[] = [];
  for (const { gapMs, waits } of schedule) {
    now += gapMs;
    for (const waitMs of waits) {
      const claimed = claimPace(rule, next, { now, count: 1, waitMs });
      const wait = toWait(rule, claimed.next - rule.intervalMs, now);
      next = claimed.next;
      if (claimed.granted === 0) {
        refused += 1;
        continue;
      }
      expect(wait).toBeLessThanOrEqual(waitMs);
      sent.push(now + wait);
    }
  }
  return { sent, refused };
}

/** Claims through a line in memory, as a process with SQLite does. */
async function claimInLine(rule: PaceRule, schedule: readonly Arrival[]): Promise<Run> {
  let now = START;
  let refused = 0;
  const sent: number[] = [];
  const rows = new SharedRows(new CapturedLog().log);
  const line = new PaceLine('like', rule, rows, { now: () => now });
  for (const { gapMs, waits } of schedule) {
    now += gapMs;
    const claims = waits.map(async (waitMs) => {
      const wait = await line.claim('1', waitMs).catch((error: unknown) => {
        expect(error).toBeInstanceOf(PaceExceeded);
        expect((error as PaceExceeded).leftMs).toBeGreaterThan(waitMs);
        return undefined;
      });
      if (wait === undefined) {
        refused += 1;
        return;
      }
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(waitMs);
      sent.push(now + wait);
    });
    await Promise.all(claims);
  }
  return { sent, refused };
}

describe('claimPace', () => {
  it('grants at most 40 likes in any 5 seconds, each within its wait', () => {
    fc.assert(
      fc.property(arrivals(3000, 15), (schedule) => {
        const { sent } = claimEach(LIKE_PACE, schedule);
        expect(mostWithin(sent, LIKES_WINDOW_MS)).toBeLessThanOrEqual(LIKES_MAX);
      }),
    );
  });

  it('reaches 40 likes in 5 seconds and 744 private replies in an hour', () => {
    const steady = (gapMs: number, length: number): Arrival[] =>
      Array.from({ length }, () => ({ gapMs, waits: Array<number>(40).fill(0) }));
    const likes = claimEach(LIKE_PACE, steady(10, 2000));
    expect(mostWithin(likes.sent, LIKES_WINDOW_MS)).toBe(LIKES_MAX);
    const messages = claimEach(MESSAGE_PACE, steady(2500, 3000));
    expect(mostWithin(messages.sent, HOUR_MS)).toBe(MESSAGES_MAX);
  });

  it('grants at most 744 private replies in any hour', () => {
    fc.assert(
      fc.property(arrivals(900_000, 40), (schedule) => {
        const { sent } = claimEach(MESSAGE_PACE, schedule);
        expect(mostWithin(sent, HOUR_MS)).toBeLessThanOrEqual(MESSAGES_MAX);
      }),
    );
  });

  it('grants the same calls together as one by one', () => {
    const claims = fc.record({
      aheadMs: fc.integer({ min: -10_000, max: 2 * HOUR_MS }),
      count: fc.integer({ min: 0, max: 100 }),
      waitMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
    });
    fc.assert(
      fc.property(claims, ({ aheadMs, count, waitMs }) => {
        const together = claimPace(LIKE_PACE, START + aheadMs, { now: START, count, waitMs });
        let alone = { granted: 0, next: START + aheadMs };
        for (let call = 0; call < count; call += 1) {
          const { granted, next } = claimPace(LIKE_PACE, alone.next, {
            now: START,
            count: 1,
            waitMs,
          });
          alone = { granted: alone.granted + granted, next };
        }
        expect(together.granted).toBe(alone.granted);
        if (count > 0) expect(together.next).toBe(alone.next);
      }),
    );
  });

  it('starts again after a clock was set back by more than an hour', () => {
    const next = START + HOUR_MS + 1;
    expect(toWait(LIKE_PACE, next + 19 * 250, START)).toBe(0);
    expect(claimPace(LIKE_PACE, next, { now: START, count: 100, waitMs: 0 }).granted).toBe(20);
  });
});

describe('PaceLine', () => {
  it('sends at most 40 likes in any 5 seconds and lets none wait longer than it can', async () => {
    let refusedOnce = false;
    await fc.assert(
      fc.asyncProperty(arrivals(3000, 15), async (schedule) => {
        const { sent, refused } = await claimInLine(LIKE_PACE, schedule);
        refusedOnce ||= refused > 0;
        expect(mostWithin(sent, LIKES_WINDOW_MS)).toBeLessThanOrEqual(LIKES_MAX);
      }),
    );
    expect(refusedOnce).toBe(true);
  });

  it('sends at most 744 private replies in any hour', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals(900_000, 40), async (schedule) => {
        const { sent } = await claimInLine(MESSAGE_PACE, schedule);
        expect(mostWithin(sent, HOUR_MS)).toBeLessThanOrEqual(MESSAGES_MAX);
      }),
    );
  });

  it('keeps below the limit of Meta over a restart of a process that is alone', async () => {
    const busy = Array.from({ length: 100 }, () => ({ gapMs: 50, waits: [0, 0] }));
    const burst = { gapMs: 60_000, waits: Array<number>(40).fill(0) };
    for (let steps = 0; steps <= busy.length; steps += 10) {
      const before = await claimInLine(LIKE_PACE, [burst, ...busy.slice(0, steps)]);
      const restartedAfterMs = burst.gapMs + steps * 50;
      const after = await claimInLine(LIKE_PACE, [{ ...burst, gapMs: 0 }, ...busy]);
      const sent = [...before.sent, ...after.sent.map((time) => time + restartedAfterMs)];
      expect(mostWithin(sent, LIKES_WINDOW_MS)).toBeLessThanOrEqual(RESTART_LIKES_MAX);
    }
  });

  it('keeps the paces of accounts apart', async () => {
    const rows = new SharedRows(new CapturedLog().log);
    let now = START;
    const line = new PaceLine('like', LIKE_PACE, rows, { now: () => now });
    now += 60_000;
    const claim = (account: string): Promise<number>[] =>
      Array.from({ length: 20 }, () => line.claim(account, 0));
    expect(await Promise.all([...claim('1'), ...claim('2')])).toEqual(Array(40).fill(0));
    await expect(line.claim('1', 249)).rejects.toThrow(PaceExceeded);
    expect(await line.claim('1', 250)).toBe(250);
  });
});
