import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { CapturedLog } from '../../../test/support/capture.js';
import { settingsOf, useEngine } from '../../../test/support/engines.js';
import { OTHER_KEY, TEST_KEY } from '../../../test/support/keys.js';
import { TestPostgres } from '../../../test/support/postgres.js';
import { Clock } from '../../common/clock.js';
import { Deadline } from '../../common/deadline.js';
import { Budget, SITE_FACTOR } from '../../common/http/budget.js';
import { loadConfiguration } from '../../config/index.js';
import { BUDGET_ROWS_MAX, BudgetCounts } from './budget-counts.js';
import { Database } from '../database/database.js';
import { LedgerTime } from '../database/ledger-time.js';
import { type SharedBudget, SharedBudgets } from './shared-budgets.js';

const ADDRESS = '192.0.2.1';
const LIMIT = 30;
const WINDOW_MS = 1_800_000;
/** More than a call waits for the shared counts. */
const LOCK_S = 5;
const DEADLINE_MS = 20_000;
/** For PostgreSQL's stop and start on a busy machine. */
const START_MAX_MS = 60_000;

/** A process of the service: its memory, and its connections to the database. */
class Replica {
  readonly logs = new CapturedLog();
  readonly database: Database;
  readonly counts: BudgetCounts;
  private readonly budgets: SharedBudgets;

  constructor(url: string, key = TEST_KEY) {
    this.database = new Database(settingsOf(url));
    const clock = new Clock();
    const configuration = loadConfiguration({
      PUBLIC_URL: 'https://channel.example',
      CREDENTIALS_KEYS: key,
    });
    const time = new LedgerTime(this.database, clock);
    this.counts = new BudgetCounts(this.database, time, configuration);
    this.budgets = new SharedBudgets(this.counts, this.database, clock, this.logs.log);
  }

  make(name = 'tokens', limit = LIMIT): SharedBudget {
    return this.budgets.create(name, new Budget(limit, WINDOW_MS));
  }
}

/** How many of this many calls the budget lets through. */
async function spend(budget: SharedBudget, calls: number, address = ADDRESS): Promise<number> {
  let passed = 0;
  for (let call = 0; call < calls; call += 1) passed += (await budget.spend(address)) ? 1 : 0;
  return passed;
}

describe('budgets of two replicas on PostgreSQL', () => {
  let postgres: TestPostgres;
  const engine = useEngine(async () => {
    postgres = await TestPostgres.start();
    return postgres;
  });
  let url: string;
  let one: Replica;
  let two: Replica;
  /** A replica that has another key. */
  let stranger: Replica;

  beforeAll(async () => {
    url = await engine.makeDatabase();
    [one, two, stranger] = [new Replica(url), new Replica(url), new Replica(url, OTHER_KEY)];
    for (const { database } of [one, two, stranger]) await database.onModuleInit();
  });
  beforeEach(() => sql`truncate budget_counts`.execute(one.database.db));
  afterAll(async () => {
    for (const { database } of [one, two, stranger]) await database.onApplicationShutdown();
  });

  const readRows = (): Promise<{ holder_hash: string; room: number; ends_ms: number }[]> =>
    one.database.db.selectFrom('budget_counts').selectAll().orderBy('room').execute();
  const readRooms = async (): Promise<number[]> => (await readRows()).map(({ room }) => room);
  /** The number of transactions so far that wrote. */
  const countWrites = async (): Promise<number> => {
    const { rows } = await sql<{ count: number }>`
      select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as count`.execute(
      one.database.db,
    );
    return rows[0]?.count ?? NaN;
  };
  const logged = (): number => one.logs.events('budget.not_shared').length;
  const endWindows = (): Promise<unknown> =>
    sql`update budget_counts set ends_ms = ends_ms - ${WINDOW_MS}::bigint`.execute(one.database.db);

  it('are one: the second replica refuses what the first one used up', async () => {
    expect(await spend(one.make(), LIMIT)).toBe(LIMIT);
    expect(await spend(two.make(), 1)).toBe(0);
    expect(await spend(two.make(), 1, '198.51.100.1')).toBe(1);
  });

  it('allow exactly the limit to calls at the same moment', async () => {
    const budgets = [one, two].map((each) => each.make('tokens', 3));
    const calls = budgets.flatMap((each) => Array.from({ length: 3 }, () => each.spend(ADDRESS)));
    expect((await Promise.all(calls)).filter(Boolean)).toHaveLength(3);
    expect(await readRooms()).toEqual([0, (SITE_FACTOR - 1) * 3]);
  });

  it('are shared by the networks of a site', async () => {
    const networks = Array.from(
      { length: SITE_FACTOR + 2 },
      (_, host) => `192.0.2.${String(host)}`,
    );
    const [here, there] = [one.make(), two.make()];
    const passed: number[] = [];
    for (const [index, address] of networks.entries()) {
      passed.push(await spend(index % 2 === 0 ? here : there, LIMIT, address));
    }
    expect(passed.reduce((sum, count) => sum + count)).toBe(SITE_FACTOR * LIMIT);
  });

  it('count no refused call, so one network does not use up the limit of its site', async () => {
    await spend(one.make(), LIMIT);
    // Each process that starts learns again that the budget is used up.
    for (let times = 0; times < 10; times += 1) expect(await spend(two.make(), 2)).toBe(0);
    expect(await readRooms()).toEqual([0, (SITE_FACTOR - 1) * LIMIT]);
  });

  it('write nothing during a flood of refused calls', async () => {
    const [here, there] = [one.make(), two.make()];
    await spend(here, LIMIT);
    expect([await spend(here, 1), await spend(there, 1)]).toEqual([0, 0]);
    const before = await countWrites();
    expect([await spend(here, 500), await spend(there, 500)]).toEqual([0, 0]);
    // PostgreSQL itself may write now and then.
    expect((await countWrites()) - before).toBeLessThan(20);
  });

  it('count several calls as far as both limits have room', async () => {
    const [here, there] = [one.make(), two.make()];
    expect(await here.spend(ADDRESS, 20)).toBe(true);
    expect(await there.spend(ADDRESS, 25)).toBe(true);
    expect(await readRooms()).toEqual([0, (SITE_FACTOR - 1) * LIMIT]);
    expect(await there.spend(ADDRESS)).toBe(false);
  });

  it('with different names are apart', async () => {
    await spend(one.make('tokens'), LIMIT);
    expect(await spend(two.make('inspections'), 1)).toBe(1);
  });

  it('start again after their window', async () => {
    await spend(one.make(), LIMIT);
    await endWindows();
    expect(await spend(two.make(), LIMIT + 1)).toBe(LIMIT);
  });

  it('start again if a window ends in a far future, because a clock was set back', async () => {
    await spend(one.make(), LIMIT);
    await sql`update budget_counts set ends_ms = ends_ms + 1000000`.execute(one.database.db);
    expect(await spend(two.make(), 1)).toBe(1);
  });

  it('have rows without addresses that differ with the key', async () => {
    await spend(one.make(), LIMIT);
    const rows = await readRows();
    expect(rows.map(({ holder_hash }) => holder_hash)).toEqual([
      expect.stringMatching(/^[\w-]{43}$/),
      expect.stringMatching(/^[\w-]{43}$/),
    ]);
    expect(JSON.stringify(rows)).not.toContain('192.0.2');
    await spend(stranger.make(), LIMIT);
    expect(new Set((await readRows()).map(({ holder_hash }) => holder_hash)).size).toBe(4);
  });

  it('delete the rows whose window has ended, and keep the others', async () => {
    await spend(one.make(), LIMIT);
    await endWindows();
    await spend(one.make('other'), LIMIT);
    await two.counts.deleteExpired();
    expect(await readRooms()).toEqual([0, (SITE_FACTOR - 1) * LIMIT]);
  });

  it('have a limited number of rows, and a full table changes no count', async () => {
    await spend(one.make(), LIMIT);
    await sql`insert into budget_counts
      select 'row ' || n, 1, (extract(epoch from now()) * 1000)::bigint + ${WINDOW_MS}::bigint
      from generate_series(3, ${BUDGET_ROWS_MAX}) n`.execute(one.database.db);
    const [here, there] = [one.make(), two.make()];
    // Each process still counts new networks for itself.
    expect(await spend(here, LIMIT + 1, '198.51.100.1')).toBe(LIMIT);
    expect(await spend(there, LIMIT + 1, '198.51.100.1')).toBe(LIMIT);
    expect(await readRows()).toHaveLength(BUDGET_ROWS_MAX);
    expect(await spend(there, 1)).toBe(0);
    // The site of a used-up network has a row, and room for another network.
    expect(await spend(there, 1, '192.0.2.2')).toBe(1);
    expect(await readRows()).toHaveLength(BUDGET_ROWS_MAX);
    expect((await readRooms()).at(-1)).toBe((SITE_FACTOR - 1) * LIMIT - 1);
  });

  it('are counted by each process while the database does not answer', async () => {
    const budget = one.make();
    await spend(budget, 10);
    const before = logged();
    const database = new URL(url).pathname.slice(1);
    const lock = postgres.query(
      database,
      `begin; lock table budget_counts; select pg_sleep(${String(LOCK_S)}); commit`,
    );
    const isLocked = async (): Promise<boolean> => {
      const { rows } = await sql`select from pg_locks
        where relation = 'budget_counts'::regclass and mode = 'AccessExclusiveLock'`.execute(
        one.database.db,
      );
      return rows.length > 0;
    };
    while (!(await isLocked()));
    const deadline = new Deadline(DEADLINE_MS);
    expect(await Deadline.run(deadline, () => spend(budget, LIMIT))).toBe(LIMIT - 10);
    expect(deadline.passed).toBe(false);
    expect(logged() - before).toBe(1);
    await lock;
  });

  it(
    'are counted by each process while the database is down',
    async () => {
      const budget = one.make();
      await spend(budget, 10);
      const before = logged();
      await postgres.pause();
      expect(await spend(budget, LIMIT)).toBe(LIMIT - 10);
      expect(logged() - before).toBe(1);
      await postgres.resume();
    },
    START_MAX_MS,
  );
});

describe('budgets on SQLite', () => {
  it('are counted in memory', async () => {
    const replica = new Replica('sqlite::memory:');
    await replica.database.onModuleInit();
    const budget = replica.make();
    expect(await spend(budget, LIMIT + 1)).toBe(LIMIT);
    await replica.counts.deleteExpired();
    const rows = await replica.database.db.selectFrom('budget_counts').selectAll().execute();
    expect(rows).toEqual([]);
    await replica.database.onApplicationShutdown();
  });
});
