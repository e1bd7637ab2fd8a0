import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CapturedLog } from '../../test/support/capture.js';
import { mostWithin } from '../../test/support/windows.js';
import { LIKE_PACE, MESSAGE_PACE, type PaceRule } from './pace.js';
import { PaceLine } from './pace-line.js';
import { type GateRows, SharedRows } from './shared-rows.js';

const WINDOW_MS = 5000;
const LIKES_MAX = 40;
/** Over a restart; Meta locks an account out after 50. */
const RESTART_MAX = 45;
const MESSAGES_MAX = 750;
const HOUR_MS = 3_600_000;
const DEADLINE_MS = 8000;
const WAIT_SHARE = 1 / 3;

/** A like that asks to pass, and how long it then waits for a disk. */
interface Like {
  readonly at: number;
  readonly delayMs: number;
}

/** Processes one after the other on one file, under simulated time. */
class Course {
  now = 0;
  readonly sent: number[] = [];
  refused = 0;
  private readonly used = new Map<string, number>();
  private events: { readonly at: number; readonly run: () => void }[] = [];

  /** Starts a process. Its line is used by `like`. */
  start(rule: PaceRule = LIKE_PACE): PaceLine {
    this.events = [];
    const rows = new SharedRows(new CapturedLog().log);
    const paces = {
      noteUse: (kind: string) => Promise.resolve(void this.used.set(kind, this.now)),
      readUse: (kind: string) => {
        const at = this.used.get(kind);
        return Promise.resolve(at === undefined ? undefined : this.now - at);
      },
    };
    rows.connect({ holds: { isShared: false }, paces } as unknown as GateRows);
    return new PaceLine('like', rule, rows, { now: () => this.now });
  }

  /** Runs until a time, at which the process is killed. */
  async run(line: PaceLine, likes: readonly Like[], until = Infinity): Promise<void> {
    for (const like of likes) this.later(like.at - this.now, () => void this.send(line, like));
    for (;;) {
      for (let tick = 0; tick < 12; tick += 1) await Promise.resolve();
      const [next] = this.events.sort((one, other) => one.at - other.at);
      if (next === undefined || next.at > until) break;
      this.events.shift();
      this.now = next.at;
      next.run();
    }
    this.events = [];
    if (until !== Infinity) this.now = until;
  }

  private async send(line: PaceLine, { delayMs }: Like): Promise<void> {
    const endsAt = this.now + DEADLINE_MS;
    const waitMs = (): number => Math.max(0, endsAt - this.now) * WAIT_SHARE;
    try {
      await this.sleep(await line.claim('1', waitMs()));
      await this.sleep(delayMs);
      await this.sleep(await line.claimSending('1', false, waitMs()));
      this.sent.push(this.now);
    } catch {
      this.refused += 1;
    }
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.later(ms, resolve);
    });
  }

  private later(ms: number, run: () => void): void {
    this.events.push({ at: this.now + Math.max(0, ms), run });
  }
}

const likesOf = (maxMs: number): fc.Arbitrary<Like[]> =>
  fc.array(
    fc.record({
      at: fc.oneof(fc.integer({ min: 0, max: maxMs }), fc.constantFrom(0, 1000)),
      delayMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })),
    }),
    { maxLength: 90, size: 'max' },
  );
const burst = (at: number, delayMs: number, count = LIKE_PACE.burst): Like[] =>
  Array.from({ length: count }, () => ({ at, delayMs }));

describe('a pace of a process that is alone', () => {
  it('sends at most 40 likes in any 5 seconds, however long each waits for the disk', async () => {
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(likesOf(10_000), async (likes) => {
        const course = new Course();
        await course.run(course.start(), likes);
        sent += course.sent.length;
        expect(mostWithin(course.sent, WINDOW_MS)).toBeLessThanOrEqual(LIKES_MAX);
        expect(course.sent.length + course.refused).toBe(likes.length);
      }),
      { numRuns: 30 },
    );
    expect(sent).toBeGreaterThan(0);
  });

  it('sends a whole burst that waited for the disk, at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 5000 }), async (delayMs) => {
        const course = new Course();
        await course.run(course.start(), burst(0, delayMs));
        expect(course.sent).toEqual(Array<number>(LIKE_PACE.burst).fill(delayMs));
      }),
      { numRuns: 20 },
    );
  });

  it('sends at most 45 likes in any 5 seconds over a restart', async () => {
    const stops = fc.record({ atMs: fc.integer({ min: 0, max: 6000 }), pauseMs: fc.nat(3000) });
    let most = 0;
    await fc.assert(
      fc.asyncProperty(likesOf(6000), stops, likesOf(6000), async (before, stop, after) => {
        const course = new Course();
        await course.run(course.start(), [...burst(0, 0, 30), ...before], stop.atMs);
        course.now += stop.pauseMs;
        const from = course.now;
        const line = course.start();
        await course.run(
          line,
          after.map((like) => ({ ...like, at: from + like.at })),
        );
        most = Math.max(most, mostWithin(course.sent, WINDOW_MS));
        expect(most).toBeLessThanOrEqual(RESTART_MAX);
      }),
      { numRuns: 30 },
    );
    expect(most).toBeGreaterThan(LIKES_MAX / 2);
  });

  it.each([
    ['5 likes at once right after a restart', 0, 5],
    ['a whole burst once the likes before it do not count any more', 70_000, LIKE_PACE.burst],
  ])('sends %s', async (_, pauseMs, count) => {
    const course = new Course();
    await course.run(course.start(), burst(0, 0));
    const from = course.sent.length;
    course.now += pauseMs;
    const { now } = course;
    await course.run(course.start(), burst(now, 0, 40));
    expect(course.sent.slice(from).filter((at) => at === now)).toHaveLength(count);
  });

  it('sends at most 750 private replies in any hour over a restart', async () => {
    const course = new Course();
    const everySecond = (from: number, hours: number): Like[] =>
      Array.from({ length: 30 + (hours * HOUR_MS) / 2500 }, (_, index) => ({
        at: from + index * 2500,
        delayMs: 0,
      }));
    await course.run(course.start(MESSAGE_PACE), everySecond(0, 0.5), HOUR_MS / 2);
    await course.run(course.start(MESSAGE_PACE), everySecond(HOUR_MS / 2, 1));
    const most = mostWithin(course.sent, HOUR_MS);
    expect(most).toBeLessThanOrEqual(MESSAGES_MAX);
    expect(most).toBeGreaterThan(700);
  });
});
