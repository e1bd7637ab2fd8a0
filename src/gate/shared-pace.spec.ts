import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { CapturedLog } from '../../test/support/capture.js';
import { settingsOf, useEngine } from '../../test/support/engines.js';
import { TestPostgres } from '../../test/support/postgres.js';
import { Clock } from '../common/clock.js';
import { claimPace, LIKE_PACE, MESSAGE_PACE, type PaceRule, toTolerance } from './pace.js';
import { Database } from '../ledger/database/database.js';
import { LedgerTime } from '../ledger/database/ledger-time.js';
import { GatePaces, type PaceGrant } from '../ledger/gate/gate-paces.js';

const HOUR_MS = 3_600_000;
/** Between two looks at the clock in one statement, even on a busy machine. */
const CLOCK_READS_MS = 250;
const ACCOUNT = '17841400000000001';

interface Row {
  readonly next_ms: number;
  readonly claimed_ms: number;
  readonly granted: number;
}

interface Step {
  /** How long ago the claim before it was; negative if the clock was set back since. */
  readonly gapMs: number;
  readonly count: number;
  readonly waitMs: number;
}

const steps = fc.array(
  fc.record({
    gapMs: fc.oneof(
      fc.integer({ min: 0, max: 6000 }),
      fc.constantFrom(-2 * HOUR_MS, -HOUR_MS, -1000, HOUR_MS),
    ),
    count: fc.integer({ min: 0, max: 100 }),
    waitMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('GatePaces on PostgreSQL', () => {
  const engine = useEngine(() => TestPostgres.start());
  let databases: Database[];
  let database: Database;
  let paces: GatePaces;
  let otherPaces: GatePaces;

  beforeAll(async () => {
    const settings = settingsOf(await engine.makeDatabase());
    const [one, two] = [new Database(settings), new Database(settings)];
    databases = [one, two];
    for (const each of databases) await each.onModuleInit();
    const makePaces = (by: Database): GatePaces => new GatePaces(by, timeOf(by));
    [database, paces, otherPaces] = [one, makePaces(one), makePaces(two)];
  });
  afterAll(() => Promise.all(databases.map((each) => each.onApplicationShutdown())));

  const timeOf = (by: Database): LedgerTime => new LedgerTime(by, new Clock());
  const db = (): Database['db'] => database.db;
  const claim = (
    rule: PaceRule,
    { count, waitMs }: Pick<Step, 'count' | 'waitMs'>,
    { igUserId = ACCOUNT, by = paces } = {},
  ): Promise<PaceGrant> => {
    const { intervalMs } = rule;
    const times = { waitMs, intervalMs, toleranceMs: toTolerance(rule) };
    return by.claim({ igUserId, kind: 'like', count, ...times });
  };
  const readRow = (igUserId = ACCOUNT): Promise<Row> =>
    db()
      .selectFrom('gate_paces')
      .select(['next_ms', 'claimed_ms', 'granted'])
      .where('ig_user_id', '=', igUserId)
      .executeTakeFirstOrThrow();
  const readTime = async (): Promise<number> => {
    const query = db().selectNoFrom(timeOf(database).nowMs().as('now'));
    return (await query.executeTakeFirstOrThrow()).now;
  };

  it.each([
    ['likes', LIKE_PACE],
    ['private replies', MESSAGE_PACE],
  ])('grants the same %s as the pace in memory', async (_, rule) => {
    await fc.assert(
      fc.asyncProperty(steps, async (schedule) => {
        await db().deleteFrom('gate_paces').execute();
        let before: number | undefined;
        for (const { gapMs, count, waitMs } of schedule) {
          if (before !== undefined) {
            before -= gapMs;
            await db().updateTable('gate_paces').set({ next_ms: before }).execute();
          }
          const grant = await claim(rule, { count, waitMs });
          const row = await readRow();
          // A first claim reads the database's clock twice.
          const { claimed_ms: now } = row;
          const first = row.next_ms - grant.granted * rule.intervalMs;
          if (before === undefined) expect(now - first).toBeLessThan(CLOCK_READS_MS);
          const expected = claimPace(rule, before ?? first, {
            now: before === undefined ? first : now,
            count,
            waitMs,
          });
          expect({ next: row.next_ms, granted: grant.granted }).toEqual(expected);
          expect(grant.nextInMs).toBe(row.next_ms - now);
          before = row.next_ms;
        }
      }),
      { numRuns: 40 },
    );
  });

  it('never grants more to two processes together than to one', async () => {
    const igUserId = '17841400000000002';
    const from = await readTime();
    const grants = await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        claim(
          LIKE_PACE,
          { count: 1 + (index % 5), waitMs: 2000 },
          { igUserId, by: index % 2 === 0 ? paces : otherPaces },
        ),
      ),
    );
    const to = await readTime();
    const granted = grants.reduce((sum, each) => sum + each.granted, 0);
    const { next_ms: next } = await readRow(igUserId);
    // Each grant moved the next theoretical time by one interval, so none was counted twice.
    expect(granted * LIKE_PACE.intervalMs).toBeLessThanOrEqual(next - from);
    // The burst of 20, and what fits in the time of the test and the wait.
    const room = (LIKE_PACE.burst * LIKE_PACE.intervalMs + 2000 + (to - from)) / 250;
    expect(granted).toBeLessThanOrEqual(room);
    expect(granted).toBeGreaterThanOrEqual(28);
  });

  it('accepts no grant above the bound, and reports it', async () => {
    await sql`create function grant_too_much() returns trigger language plpgsql
      as 'begin new.granted := 1000; return new; end'`.execute(db());
    await sql`create trigger grant_too_much before insert or update on gate_paces
      for each row execute function grant_too_much()`.execute(db());
    const logs = new CapturedLog();
    const watched = new GatePaces(database, timeOf(database), logs.log);
    try {
      const call = { count: 100, waitMs: 0 };
      await expect(claim(LIKE_PACE, call, { igUserId: '8', by: watched })).rejects.toThrow();
      expect(logs.events('invariant.broken')).toMatchObject([{ rule: 'claim_within_bound' }]);
    } finally {
      await sql`drop function grant_too_much() cascade`.execute(db());
    }
  });

  it('keeps accounts and kinds apart', async () => {
    const one = await claim(LIKE_PACE, { count: 100, waitMs: 0 }, { igUserId: '3' });
    const other = await claim(LIKE_PACE, { count: 100, waitMs: 0 }, { igUserId: '4' });
    expect([one.granted, other.granted]).toEqual([20, 20]);
    const { burst, intervalMs } = MESSAGE_PACE;
    const message = await otherPaces.claim({
      igUserId: '3',
      kind: 'message',
      count: 100,
      waitMs: 0,
      intervalMs,
      toleranceMs: toTolerance(MESSAGE_PACE),
    });
    expect(message.granted).toBe(burst);
  });

  it('forgets paces that were not used for a day, and those of a removed account', async () => {
    await db().deleteFrom('gate_paces').execute();
    for (const igUserId of ['5', '6', '7']) await claim(LIKE_PACE, aCall, { igUserId });
    await db()
      .updateTable('gate_paces')
      .set({ claimed_ms: (await readTime()) - 24 * HOUR_MS - 1000 })
      .where('ig_user_id', '=', '5')
      .execute();
    await paces.deleteOld();
    await db()
      .transaction()
      .execute((transaction) => paces.deleteAccounts(transaction, ['6']));
    const left = await db().selectFrom('gate_paces').select('ig_user_id').execute();
    expect(left).toEqual([{ ig_user_id: '7' }]);
  });
});

const aCall = { count: 1, waitMs: 0 };
