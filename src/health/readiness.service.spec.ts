import { describe, expect, it } from '@jest/globals';
import { MovableClock } from '../../sandbox/clock.js';
import { CapturedLog } from '../../test/support/capture.js';
import { Drain } from '../common/http/drain.js';
import type { Database } from '../ledger/database.js';
import { ReadinessService } from './readiness.service.js';

describe('ReadinessService', () => {
  it('probes the database at most once in five seconds', async () => {
    const clock = new MovableClock();
    let probes = 0;
    let isFull = false;
    const database = {
      ping: () => Promise.resolve(),
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
    expect(logs.events('health.database_failed')).toHaveLength(1);
    isFull = false;
    clock.advance(5);
    expect(await readiness.findObstacle()).toBeUndefined();
  });
});
