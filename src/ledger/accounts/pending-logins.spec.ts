import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MovableClock } from '../../../sandbox/clock.js';
import { ENGINES, sharedDatabase } from '../../../test/support/engines.js';
import type { Database } from '../database/database.js';
import { LOGIN_VALID_MS, PENDING_MAX, PendingLogins } from './pending-logins.js';
import { toBatches } from '../database/row-batches.js';

const MINE = { network: '192.0.2.0/24', subdomain: 'omniwear' };

describe.each(ENGINES)('logins in progress on %s', (_, startEngine) => {
  const getDatabase = sharedDatabase(startEngine);
  let database: Database;
  let clock: MovableClock;
  let logins: PendingLogins;
  let count = 0;

  beforeAll(() => {
    database = getDatabase();
  });
  beforeEach(() => {
    clock = new MovableClock();
    logins = new PendingLogins(database, clock);
  });
  afterEach(async () => {
    await database.db.deleteFrom('pending_log_ins').execute();
  });

  const begin = async (origin: typeof MINE): Promise<string> => {
    const name = String((count += 1));
    await logins.begin({ id: `id ${name}`, setup: 'x' }, `state ${name}`, origin);
    return `state ${name}`;
  };
  /** Inserts rows as an attacker's requests would. */
  const flood = async (rows: number, origin: (row: number) => typeof MINE): Promise<void> => {
    const started_at = new Date(clock.now()).toISOString();
    const all = Array.from({ length: rows }, (__, row) => ({
      ...origin(row),
      id_hash: `flood ${String((count += 1))}`,
      state_hash: `flood ${String(count)}`,
      set_up_hash: 'x',
      started_at,
      outcome: 'open',
      sealed_code: null,
      confirmation_hash: null,
      tries: 0,
    }));
    for (const some of toBatches(all)) {
      await database.db.insertInto('pending_log_ins').values(some).execute();
    }
  };
  const rows = async (): Promise<number> => {
    const { total } = await database.db
      .selectFrom('pending_log_ins')
      .select((select) => select.fn.countAll().as('total'))
      .executeTakeFirstOrThrow();
    return Number(total);
  };
  const isOpen = async (state: string): Promise<boolean> =>
    (await logins.find(state))?.outcome === 'open';

  it('are limited for a network, for a Zendesk and in total', async () => {
    await flood(PENDING_MAX.network, () => MINE);
    await begin(MINE);
    expect(await rows()).toBe(PENDING_MAX.network);
    await database.db.deleteFrom('pending_log_ins').execute();
    await flood(PENDING_MAX.subdomain, (row) => ({ ...MINE, network: `network ${String(row)}` }));
    await begin(MINE);
    expect(await rows()).toBe(PENDING_MAX.subdomain);
    await database.db.deleteFrom('pending_log_ins').execute();
    await flood(PENDING_MAX.all, (row) => ({
      network: `network ${String(row)}`,
      subdomain: `zendesk-${String(row)}`,
    }));
    await begin(MINE);
    expect(await rows()).toBe(PENDING_MAX.all);
  });

  it('keep my login while other senders fill every limit', async () => {
    const networks = fc.integer({ min: 1, max: 12 });
    const targets = fc.constantFrom('omniwear', 'other', 'many');
    await fc.assert(
      fc.asyncProperty(networks, targets, async (attackers, target) => {
        await database.db.deleteFrom('pending_log_ins').execute();
        const state = await begin(MINE);
        clock.advance(1);
        const origin = (row: number): typeof MINE => ({
          network: `attacker ${String(row % attackers)}`,
          subdomain: target === 'many' ? `zendesk-${String(row)}` : target,
        });
        await flood(PENDING_MAX.subdomain, origin);
        for (let row = 0; row < 30; row += 1) await begin(origin(row));
        expect(await isOpen(state)).toBe(true);
        expect(await isOpen(await begin(MINE))).toBe(true);
      }),
      { seed: 11, numRuns: 12 },
    );
  });

  it('keep my login while my network fills its limit for another Zendesk', async () => {
    const state = await begin(MINE);
    clock.advance(1);
    for (let row = 0; row < PENDING_MAX.network + 20; row += 1) {
      await begin({ network: MINE.network, subdomain: 'flood' });
    }
    expect(await isOpen(state)).toBe(true);
  });

  it('are evicted last if they returned from Facebook', async () => {
    const state = await begin(MINE);
    await logins.recordReturn(state, { sealedCode: 'x', confirmation: 'y' });
    clock.advance(1);
    for (let row = 0; row < PENDING_MAX.network + 20; row += 1) await begin(MINE);
    expect(await logins.find(state)).toMatchObject({ outcome: 'returned', subdomain: 'omniwear' });
  });

  it('expire at every step, before they are deleted', async () => {
    const owner = { id: 'an id', setup: 'x' };
    await logins.begin(owner, 'open', MINE);
    const other = { id: 'another id', setup: 'x' };
    await logins.begin(other, 'returned', MINE);
    const answer = { sealedCode: 'x', confirmation: 'y' };
    await logins.recordReturn('returned', answer);
    clock.advance(LOGIN_VALID_MS / 1000);
    expect(await logins.find('returned')).toBeUndefined();
    expect(await logins.recordReturn('open', answer)).toBe(false);
    expect(await logins.progress(other)).toBe('gone');
    expect(await logins.redeem(other, 'y')).toEqual({ failure: 'gone' });
    expect(await rows()).toBe(2);
  });

  it('are deleted after they expired, by the timer and by a new login', async () => {
    await begin(MINE);
    clock.advance(LOGIN_VALID_MS / 1000);
    await logins.deleteExpired();
    expect(await rows()).toBe(0);
    await begin(MINE);
    clock.advance(LOGIN_VALID_MS / 1000);
    await begin(MINE);
    expect(await rows()).toBe(1);
  });
});
