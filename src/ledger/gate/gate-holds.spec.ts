import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ENGINES, settingsOf, useEngine } from '../../../test/support/engines.js';
import { Clock } from '../../common/clock.js';
import { Database } from '../database/database.js';
import { LedgerTime } from '../database/ledger-time.js';
import { GateHolds, type HoldCause } from './gate-holds.js';

const KEY = { igUserId: '17841405309211844', token: '' };
const HOUR_MS = 3_600_000;

describe.each(ENGINES)('GateHolds on %s', (_, startEngine) => {
  const engine = useEngine(startEngine);
  let database: Database;
  let holds: GateHolds;
  beforeEach(async () => {
    database = new Database(settingsOf(await engine.makeDatabase()));
    await database.onModuleInit();
    holds = new GateHolds(database, new LedgerTime(database, new Clock()));
  });
  afterEach(() => database.onApplicationShutdown());

  const save = (cause: HoldCause, leftMs: number): Promise<void> =>
    holds.save({ ...KEY, cause, graphCode: 368, graphSubcode: undefined, repeats: 0, leftMs });
  const causes = async (): Promise<string[]> => (await holds.list()).map(({ cause }) => cause);

  it('keeps a hold that lasts longer than the one of another process', async () => {
    await save('block', HOUR_MS);
    await save('usage', 300_000);
    const [hold] = await holds.list();
    expect(hold).toMatchObject({ cause: 'block', isOpen: false });
    expect(hold?.leftMs).toBeGreaterThan(HOUR_MS / 2);
  });

  it('replaces a hold by a longer one', async () => {
    await save('usage', 300_000);
    await save('block', HOUR_MS);
    expect(await causes()).toEqual(['block']);
  });

  it('does not open a hold that began after the probe', async () => {
    await save('block', HOUR_MS);
    await holds.open(KEY);
    expect(await causes()).toEqual(['block']);
  });

  it('opens a hold whose time is up, for one probe', async () => {
    await save('limit', 0);
    expect(await holds.claim(KEY, 1000)).toBe('claimed');
    expect(await holds.claim(KEY, 1000)).toMatchObject({ cause: 'limit' });
    await holds.open(KEY);
    expect(await causes()).toEqual([]);
  });

  it('lets a hold be probed and replaced whose time is too far ahead', async () => {
    await save('block', 400 * 24 * HOUR_MS);
    expect(await holds.claim(KEY, 1000)).toBe('claimed');
    await save('limit', 60_000);
    expect(await causes()).toEqual(['limit']);
  });
});
