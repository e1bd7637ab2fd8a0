import { describe, expect, it } from '@jest/globals';
import { MovableClock } from '../../sandbox/clock.js';
import { CapturedLog } from '../../test/support/capture.js';
import { ENGINES, sharedDatabase } from '../../test/support/engines.js';
import { Drain } from '../common/http/drain.js';
import type { Database } from '../ledger/database/database.js';
import { ReadinessService } from './readiness.service.js';

describe('ReadinessService', () => {
  it('probes at most once in five seconds, and asks once for calls at the same time', async () => {
    const clock = new MovableClock();
    let probes = 0;
    let pings = 0;
    let isFull = false;
    const database = {
      ping: () => {
        pings += 1;
        return Promise.resolve();
      },
      probe: () => {
        probes += 1;
        return isFull ? Promise.reject(new Error('full')) : Promise.resolve();
      },
    } as unknown as Database;
    const logs = new CapturedLog();
    const readiness = new ReadinessService(new Drain(), database, clock, logs.log);
    const askOften = (): Promise<(string | undefined)[]> =>
      Promise.all(Array.from({ length: 100 }, () => readiness.findObstacle()));
    expect(new Set(await askOften())).toEqual(new Set([undefined]));
    isFull = true;
    clock.advance(5);
    expect(new Set(await askOften())).toEqual(new Set(['The database cannot be written.']));
    expect(probes).toBe(2);
    // One for each hundred that came at once.
    expect(pings).toBe(2);
    expect(logs.events('health.database_failed')).toHaveLength(1);
    isFull = false;
    clock.advance(5);
    expect(await readiness.findObstacle()).toBeUndefined();
  });
});

describe.each(ENGINES)('ReadinessService on %s', (_, startEngine) => {
  const getDatabase = sharedDatabase(startEngine);

  it('writes a row with each probe, and keeps one', async () => {
    const clock = new MovableClock();
    const database = getDatabase();
    const { log } = new CapturedLog();
    const readiness = new ReadinessService(new Drain(), database, clock, log);
    const readRows = (): Promise<{ id: string }[]> =>
      database.db.selectFrom('write_probe').select('id').execute();
    expect(await readiness.findObstacle()).toBeUndefined();
    const first = await readRows();
    expect(await readiness.findObstacle()).toBeUndefined();
    expect(await readRows()).toEqual(first);
    clock.advance(5);
    await Promise.all(Array.from({ length: 50 }, () => readiness.findObstacle()));
    const second = await readRows();
    expect([first.length, second.length]).toEqual([1, 1]);
    expect(second).not.toEqual(first);
  });
});
