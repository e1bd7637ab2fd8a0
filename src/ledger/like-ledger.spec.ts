import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../common/clock.js';
import type { LikeTarget } from '../common/like-target.js';
import { Database } from './database.js';
import { LATE_EFFECT_MS, LikeLedger } from './like-ledger.js';

const ACCOUNT = '17841405309211844';
const PHOTO: LikeTarget = { kind: 'media', id: '17895695668004550' };
const COMMENT: LikeTarget = { kind: 'comment', id: '17895695668004550' };
const START = Date.UTC(2026, 10, 22, 9, 30);

class SetClock extends Clock {
  at = START;
  override now(): number {
    return this.at;
  }
}

describe('LikeLedger', () => {
  let directory: string;
  let database: Database;
  let ledger: LikeLedger;
  const clock = new SetClock();

  const open = async (): Promise<void> => {
    database = new Database({ databaseFile: join(directory, 'made', 'channel.db') });
    await database.onModuleInit();
    ledger = new LikeLedger(database, clock);
  };
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-'));
    await open();
  });
  afterEach(async () => {
    await database.onApplicationShutdown();
    rmSync(directory, { recursive: true });
  });
  const state = async (target = PHOTO): Promise<unknown> =>
    (await ledger.states(ACCOUNT, [target]))[0];
  const confirmed = (liked: boolean, at = START): object => ({
    known: 'confirmed',
    liked,
    changedAt: new Date(at).toISOString(),
  });

  it('knows nothing at first', async () => {
    expect(await state()).toEqual({ known: 'none' });
  });

  it('is pending from the attempt to its confirmation', async () => {
    const attempt = await ledger.begin(ACCOUNT, PHOTO, true);
    expect(await state()).toEqual({ known: 'pending' });
    expect(await ledger.confirm(attempt)).toBe(new Date(START).toISOString());
    expect(await state()).toEqual(confirmed(true));
  });

  it('knows again what it knew when an attempt had no effect', async () => {
    const first = await ledger.begin(ACCOUNT, PHOTO, true);
    await ledger.withdraw(first);
    expect(await state()).toEqual({ known: 'none' });
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, true));
    await ledger.withdraw(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual(confirmed(true));
  });

  it('stays pending over an unknown outcome until a later attempt is confirmed', async () => {
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, true));
    await ledger.begin(ACCOUNT, PHOTO, false);
    await ledger.withdraw(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual({ known: 'pending' });
    clock.at = START + 5000;
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual(confirmed(false, START + 5000));
    clock.at = START;
  });

  it('stays pending when a lost attempt may overtake the opposite one, until it is too old for that', async () => {
    await ledger.begin(ACCOUNT, PHOTO, true);
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual({ known: 'pending' });
    // Confirming the lost wish does not forget it: it may still overtake the next opposite one.
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, true));
    expect(await state()).toEqual(confirmed(true));
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual({ known: 'pending' });
    clock.at = START + LATE_EFFECT_MS;
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, false));
    expect(await state()).toEqual(confirmed(false, clock.at));
    clock.at = START;
  });

  it('does not settle an attempt that came after the confirmed one', async () => {
    const first = await ledger.begin(ACCOUNT, PHOTO, true);
    await ledger.begin(ACCOUNT, PHOTO, false);
    await ledger.confirm(first);
    expect(await state()).toEqual({ known: 'pending' });
  });

  it('keeps kinds and accounts apart', async () => {
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, true));
    expect(await state(COMMENT)).toEqual({ known: 'none' });
    expect(await ledger.states('17841400000000009', [PHOTO])).toEqual([{ known: 'none' }]);
  });

  it('gives states in the order of the targets, also when one is asked for twice', async () => {
    await ledger.confirm(await ledger.begin(ACCOUNT, COMMENT, true));
    const states = await ledger.states(ACCOUNT, [COMMENT, PHOTO, COMMENT]);
    expect(states).toEqual([confirmed(true), { known: 'none' }, confirmed(true)]);
  });

  it('keeps what it knows, and what it does not, when it is opened again', async () => {
    await ledger.confirm(await ledger.begin(ACCOUNT, PHOTO, true));
    await ledger.begin(ACCOUNT, COMMENT, true);
    await database.onApplicationShutdown();
    await open();
    expect(await state()).toEqual(confirmed(true));
    expect(await state(COMMENT)).toEqual({ known: 'pending' });
  });
});
