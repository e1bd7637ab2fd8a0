import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MovableClock } from '../../../sandbox/clock.js';
import { ENGINES, sharedDatabase } from '../../../test/support/engines.js';
import { stopTime } from '../../../test/support/ledger-stores.js';
import { LATE_EFFECT_MS } from '../../common/late-effect.js';
import {
  type ChannelbackAttempts,
  type ChannelbackKey,
  ChannelbackLedger,
} from './channelback-ledger.js';
import type { Database } from '../database/database.js';

describe.each(ENGINES)('the replies stored on %s', (_, startEngine) => {
  const getDatabase = sharedDatabase(startEngine);
  let database: Database;
  let clock: MovableClock;
  let ledger: ChannelbackLedger;
  let count = 0;
  let key: ChannelbackKey;

  beforeAll(() => {
    database = getDatabase();
  });
  beforeEach(() => {
    clock = new MovableClock();
    const { time, line } = stopTime(database, clock);
    ledger = new ChannelbackLedger(database, clock, time, line);
    count += 1;
    key = { igUserId: String(count), subdomain: 'omniwear', requestId: 'r1' };
  });
  const attempts = async (): Promise<ChannelbackAttempts> => {
    const known = await ledger.find(key);
    if (known?.known !== 'attempted') throw new Error('there is no attempt');
    return known;
  };

  it('lets one caller begin a reply, and repeat it only from its current state', async () => {
    expect(await ledger.begin(key, undefined)).toBe(true);
    expect(await ledger.begin(key, undefined)).toBe(false);
    const first = await attempts();
    clock.advance(31);
    expect(await ledger.begin(key, first)).toBe(true);
    // Another process has tried since.
    expect(await ledger.begin(key, first)).toBe(false);
    const second = await attempts();
    expect(second.firstAt).toBe(first.firstAt);
    expect(second.lastAt).toBeGreaterThanOrEqual(first.lastAt + 31_000);
    await ledger.confirm(key, 'comment:1:2');
    expect(await ledger.begin(key, second)).toBe(false);
    expect(await ledger.find(key)).toEqual({ known: 'posted', externalId: 'comment:1:2' });
  });

  it('distinguishes accounts, Zendesks and requests', async () => {
    await ledger.begin(key, undefined);
    for (const other of [
      { igUserId: `9${key.igUserId}` },
      { subdomain: '' },
      { requestId: 'r2' },
    ]) {
      expect(await ledger.find({ ...key, ...other })).toBeUndefined();
    }
  });

  it('finds other recent unconfirmed replies of the same account', async () => {
    await ledger.begin(key, undefined);
    expect(await ledger.hasUnsettledOthers(key)).toBe(false);
    const other = { ...key, requestId: 'r2' };
    await ledger.begin(other, undefined);
    expect(await ledger.hasUnsettledOthers(key)).toBe(true);
    expect(await ledger.hasUnsettledOthers({ ...key, igUserId: `9${key.igUserId}` })).toBe(false);
    clock.advance(LATE_EFFECT_MS / 1000);
    expect(await ledger.hasUnsettledOthers(key)).toBe(false);
    const third = { ...key, requestId: 'r3' };
    await ledger.begin(third, undefined);
    expect(await ledger.hasUnsettledOthers(key)).toBe(true);
    await ledger.confirm(third, 'comment:1:3');
    expect(await ledger.hasUnsettledOthers(key)).toBe(false);
  });

  it('assigns a comment to one reply only', async () => {
    await ledger.begin(key, undefined);
    await ledger.confirm(key, 'comment:1:2');
    const other = { ...key, requestId: 'r2' };
    await ledger.begin(other, undefined);
    await expect(ledger.confirm(other, 'comment:1:2')).rejects.toMatchObject({
      message: expect.stringMatching(/unique/i),
    });
    expect(await ledger.posted(key.igUserId, ['comment:1:2'])).toEqual(new Set(['comment:1:2']));
    expect(await ledger.posted(`9${key.igUserId}`, ['comment:1:2'])).toEqual(new Set());
  });
});
