import { createHmac, hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Expression, type SelectQueryBuilder, sql } from 'kysely';
import type { BudgetLimit } from '../../common/http/budget.js';
import { Configuration } from '../../config/index.js';
import { Database } from '../database/database.js';
import type { LedgerConnection, LedgerSchema } from '../database/ledger.schema.js';
import { LedgerTime } from '../database/ledger-time.js';

/**
 * Rows in the table: about 1 MB. A call has two, so it holds 5,000 networks with one site each.
 * While the table is full, calls of new networks pass, and existing rows do not change.
 */
export const BUDGET_ROWS_MAX = 10_000;
/** HKDF's `info` (RFC 5869, section 3.2) binds the derived key to this purpose. */
const KEY_INFO = 'instagram-authenticating-proxy/budget-counts/v1';
const KEY_BYTES = 32;

export interface Spending {
  /** The budget's name. */
  readonly budget: string;
  readonly limits: readonly BudgetLimit[];
  readonly calls: number;
  readonly windowMs: number;
}

/** A limit that has no room for another call. */
export interface UsedUp {
  readonly limit: BudgetLimit;
  /** The time to the end of its window. */
  readonly leftMs: number;
}

/** A limit with the hash that names its row. */
interface Row {
  readonly limit: BudgetLimit;
  readonly hash: string;
}

/**
 * What is left of the budgets of unauthenticated calls, for all processes on one PostgreSQL. Rows
 * have no address or account: a reader of the database needs the key to test a guess. Owns
 * `budget_counts`.
 */
@Injectable()
export class BudgetCounts {
  private readonly key: Uint8Array;

  constructor(
    private readonly database: Database,
    private readonly time: LedgerTime,
    @Inject(Configuration) { credentialsKeys: [first] }: Pick<Configuration, 'credentialsKeys'>,
  ) {
    if (first === undefined) throw new Error('there is no key to hash with');
    const secret = Buffer.from(first.key.reveal(), 'base64url');
    this.key = new Uint8Array(hkdfSync('sha256', secret, '', KEY_INFO, KEY_BYTES));
  }

  /** Whether several processes share the counts. A single one keeps its own in memory. */
  get isShared(): boolean {
    return this.database.locks !== undefined;
  }

  /**
   * Counts the calls that fit into all the limits. PostgreSQL only.
   *
   * @returns the limits that were used up before; if there are any, no call was counted.
   */
  async spend({ budget, limits, calls, windowMs }: Spending): Promise<readonly UsedUp[]> {
    const rows = limits.map((limit) => ({ limit, hash: this.hash(budget, limit) }));
    return this.database.db.transaction().execute(async (db) => {
      const counted = await this.count(db, rows, calls, windowMs);
      const missing = rows.filter(({ hash }) => !counted.has(hash));
      const usedUp = missing.length === 0 ? [] : await this.findUsedUp(db, missing);
      const lacking = Math.max(0, ...[...counted.values()].map((room) => -room));
      const excess = usedUp.length > 0 ? calls : lacking;
      if (excess > 0 && counted.size > 0) await giveBack(db, [...counted.keys()], excess);
      return usedUp;
    });
  }

  async deleteExpired(): Promise<void> {
    if (!this.isShared) return;
    await this.database.db
      .deleteFrom('budget_counts')
      // A row that a call has locked is in use. To wait for it could deadlock.
      .where('holder_hash', 'in', (select) =>
        select
          .selectFrom('budget_counts')
          .select('holder_hash')
          .where('ends_ms', '<=', this.time.nowMs())
          .forUpdate()
          .skipLocked(),
      )
      .execute();
  }

  /**
   * Counts the calls in each row that has room, even if it has room for fewer. All calls lock their
   * rows in one order, the network's first, so they cannot deadlock.
   *
   * @returns the room that is left, negative if it was too little, by the row's hash.
   */
  private async count(
    db: LedgerConnection,
    rows: readonly Row[],
    calls: number,
    windowMs: number,
  ): Promise<ReadonlyMap<string, number>> {
    const now = this.time.nowMs();
    // A time further ahead comes from a clock that was set back since.
    const isOpen = sql<boolean>`budget_counts.ends_ms > ${now}
      and budget_counts.ends_ms <= ${now} + ${windowMs}::bigint`;
    const [first, ...others] = rows.map((row) => newRow(db, row, calls, this.endOf(windowMs)));
    if (first === undefined) return new Map();
    const counted = await db
      .insertInto('budget_counts')
      .columns(['holder_hash', 'room', 'ends_ms'])
      .expression(others.reduce((union, other) => union.unionAll(other), first))
      .onConflict((conflict) =>
        conflict
          .column('holder_hash')
          .doUpdateSet({
            room: sql<number>`case when ${isOpen} then budget_counts.room - ${calls}::integer
              else excluded.room end`,
            ends_ms: sql<number>`case when ${isOpen} then budget_counts.ends_ms
              else excluded.ends_ms end`,
          })
          .where(sql<boolean>`budget_counts.room > 0 or not (${isOpen})`),
      )
      .returning(['holder_hash', 'room'])
      .execute();
    return new Map(counted.map(({ holder_hash, room }) => [holder_hash, room]));
  }

  private async findUsedUp(db: LedgerConnection, rows: readonly Row[]): Promise<UsedUp[]> {
    const hashes = rows.map(({ hash }) => hash);
    const found = await db
      .selectFrom('budget_counts')
      .select(['holder_hash', sql<number>`ends_ms - ${this.time.nowMs()}`.as('left_ms')])
      .where('holder_hash', 'in', hashes)
      .where('room', '<=', 0)
      .execute();
    return rows.flatMap(({ limit, hash }) =>
      found
        .filter(({ holder_hash }) => holder_hash === hash)
        .map(({ left_ms }) => ({ limit, leftMs: left_ms })),
    );
  }

  private endOf(windowMs: number): Expression<number> {
    return sql<number>`${this.time.nowMs()} + ${windowMs}::bigint`;
  }

  private hash(budget: string, { scope, holder }: BudgetLimit): string {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([budget, scope, holder]))
      .digest('base64url');
  }
}

type NewRow = Pick<LedgerSchema['budget_counts'], 'holder_hash' | 'room' | 'ends_ms'>;

/** Selects the row to insert: none if it is new and the table is full. */
function newRow(
  db: LedgerConnection,
  { limit, hash }: Row,
  calls: number,
  endsMs: Expression<number>,
): SelectQueryBuilder<LedgerSchema, never, NewRow> {
  const known = db.selectFrom('budget_counts').select('room').where('holder_hash', '=', hash);
  const rows = db.selectFrom('budget_counts').select((count) => count.fn.countAll().as('rows'));
  return db
    .selectNoFrom([
      sql<string>`${hash}::varchar`.as('holder_hash'),
      sql<number>`${limit.max - calls}::integer`.as('room'),
      sql<number>`${endsMs}`.as('ends_ms'),
    ])
    .where((where) => where.or([where.exists(known), where(rows, '<', BUDGET_ROWS_MAX)]));
}

/** Takes back calls that did not fit. */
async function giveBack(
  db: LedgerConnection,
  hashes: readonly string[],
  calls: number,
): Promise<void> {
  await db
    .updateTable('budget_counts')
    .set((set) => ({ room: set('room', '+', calls) }))
    .where('holder_hash', 'in', hashes)
    .execute();
}
