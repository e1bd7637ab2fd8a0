import { beforeEach, describe, expect, it } from '@jest/globals';
import { MovableClock } from '../../../sandbox/clock.js';
import { CapturedLog } from '../../../test/support/capture.js';
import { ENGINES, sharedDatabase } from '../../../test/support/engines.js';
import { LedgerLine } from './ledger-line.js';
import { LedgerTime } from '../database/ledger-time.js';
import { LineWatch } from './line-watch.js';

const HOUR_S = 3600;
/** The reported difference is smaller by the time that a statement takes. */
const AT_LEAST_S = HOUR_S - 60;

describe.each(ENGINES)('the watch over the clock on %s', (name, startEngine) => {
  const getDatabase = sharedDatabase(startEngine);
  const isShared = name === 'PostgreSQL';
  let clock: MovableClock;
  let logs: CapturedLog;
  let watch: LineWatch;
  beforeEach(() => {
    clock = new MovableClock();
    logs = new CapturedLog();
    const time = new LedgerTime(getDatabase(), clock);
    watch = new LineWatch(new LedgerLine(getDatabase(), time, logs.log), time, logs.log);
  });

  it('reports nothing while the clocks agree', async () => {
    expect(await watch.checkClock()).toBeUndefined();
    expect(logs.events('clock.skewed')).toEqual([]);
  });

  it.each([
    ['ahead', 1],
    ['behind', -1],
  ])('reports how far a clock is %s, and not for a single process', async (_, sign) => {
    clock.advance(sign * HOUR_S);
    const seconds = await watch.checkClock();
    if (!isShared) {
      expect([seconds, logs.events('clock.skewed')]).toEqual([undefined, []]);
      return;
    }
    const lead = sign * (seconds ?? NaN);
    expect(lead).toBeGreaterThan(AT_LEAST_S);
    expect(lead).toBeLessThanOrEqual(HOUR_S);
    expect(logs.events('clock.skewed')).toMatchObject([{ seconds }]);
  });

  it('logs a lasting difference once an hour, and again once it has returned', async () => {
    clock.advance(HOUR_S);
    for (let times = 0; times < 3; times += 1) await watch.checkClock();
    expect(logs.events('clock.skewed')).toHaveLength(isShared ? 1 : 0);
    clock.advance(-HOUR_S);
    expect(await watch.checkClock()).toBeUndefined();
    clock.advance(HOUR_S);
    await watch.checkClock();
    expect(logs.events('clock.skewed')).toHaveLength(isShared ? 2 : 0);
  });
});
