import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { EventLog } from '../../common/logging/event-log.js';
import { Database } from '../database/database.js';
import type { LedgerConnection } from '../database/ledger.schema.js';
import { LedgerTime } from '../database/ledger-time.js';

/** One claim of several calls at an account's pace. */
export interface PaceClaim {
  readonly igUserId: string;
  readonly kind: string;
  /** How many calls ask. */
  readonly count: number;
  /** The longest wait that a call accepts. */
  readonly waitMs: number;
  readonly intervalMs: number;
  /** How far a call may come before its theoretical time. */
  readonly toleranceMs: number;
}

export interface PaceGrant {
  /** How many calls were granted. */
  readonly granted: number;
  /** The theoretical time of the next call after them, from the time of the claim. */
  readonly nextInMs: number;
}

/** No valid time is further ahead: the longest wait is a third of the longest deadline, 20 s. */
const AHEAD_MAX_MS = 3_600_000;
/** In place of an account's id, in the row that says when any account was last active. */
const ANY_ACCOUNT = '';
/** A pace is back at its start long before. */
const KEPT_MS = 86_400_000;

/**
 * The pace of each account's calls, which the processes share. A process that is alone stores only
 * when the last call passed, for the process after it. Owns `gate_paces`.
 */
@Injectable()
export class GatePaces {
  constructor(
    private readonly database: Database,
    private readonly time: LedgerTime,
    private readonly log: EventLog = new EventLog('silent'),
  ) {}

  /** Whether several processes share the paces. A single one keeps its own in memory. */
  get isShared(): boolean {
    return this.database.locks !== undefined;
  }

  /**
   * Grants as many calls as fit, in one statement with the database's clock. PostgreSQL only:
   * `greatest` and `least` compare rows' values there.
   */
  async claim(claim: PaceClaim): Promise<PaceGrant> {
    const { igUserId, kind, intervalMs } = claim;
    const now = this.time.nowMs();
    const fresh = sql<number>`least(${claim.count}::bigint, ${fit(claim, sql`0::bigint`)})`;
    const claimed = sql<number>`excluded.claimed_ms`;
    // A time far ahead comes from a clock that was set back since.
    const next = sql<number>`case
      when gate_paces.next_ms > ${claimed} + ${AHEAD_MAX_MS}::bigint then ${claimed}
      else greatest(gate_paces.next_ms, ${claimed}) end`;
    const fitting = sql<number>`least(${claim.count}::bigint,
      ${fit(claim, sql`(${next}) - ${claimed}`)})`;
    const row = await this.database.db
      .insertInto('gate_paces')
      .values({
        ig_user_id: igUserId,
        kind,
        next_ms: sql<number>`${now} + ${fresh} * ${intervalMs}::bigint`,
        claimed_ms: now,
        granted: fresh,
      })
      .onConflict((conflict) =>
        conflict.columns(['ig_user_id', 'kind']).doUpdateSet({
          next_ms: sql<number>`(${next}) + (${fitting}) * ${intervalMs}::bigint`,
          claimed_ms: claimed,
          granted: fitting,
        }),
      )
      .returning(['next_ms', 'claimed_ms', 'granted'])
      .executeTakeFirstOrThrow();
    this.assertBounded(claim, row.granted);
    return { granted: row.granted, nextInMs: row.next_ms - row.claimed_ms };
  }

  /** A wrong grant could lock the account out, so it counts as no answer. */
  private assertBounded(claim: PaceClaim, granted: number): void {
    const most = Math.min(claim.count, Math.floor(toRoom(claim) / claim.intervalMs));
    const isBounded = Number.isInteger(granted) && granted >= 0 && granted <= most;
    if (!this.log.check('claim_within_bound', isBounded)) {
      throw new Error('the database granted too many calls');
    }
  }

  /** Stores that calls of a kind pass now. */
  async noteUse(kind: string): Promise<void> {
    const use = { next_ms: 0, claimed_ms: this.time.nowMs(), granted: 0 };
    await this.database.db
      .insertInto('gate_paces')
      .values({ ig_user_id: ANY_ACCOUNT, kind, ...use })
      .onConflict((conflict) => conflict.columns(['ig_user_id', 'kind']).doUpdateSet(use))
      .execute();
  }

  /**
   * How many milliseconds ago `noteUse` was called last; undefined if never. Negative if the clock
   * was set back since.
   */
  async readUse(kind: string): Promise<number | undefined> {
    const row = await this.database.db
      .selectFrom('gate_paces')
      .select(['claimed_ms', this.time.nowMs().as('now_ms')])
      .where((where) => where.and({ ig_user_id: ANY_ACCOUNT, kind }))
      .executeTakeFirst();
    return row && row.now_ms - row.claimed_ms;
  }

  async deleteOld(): Promise<void> {
    await this.database.db
      .deleteFrom('gate_paces')
      .where('claimed_ms', '<', sql<number>`${this.time.nowMs()} - ${KEPT_MS}`)
      .execute();
  }

  /** @param db a transaction. */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    await db.deleteFrom('gate_paces').where('ig_user_id', 'in', accounts).execute();
  }
}

/** How many calls fit if the next theoretical time is `aheadMs` away: whole numbers only. */
function fit(
  claim: PaceClaim,
  aheadMs: ReturnType<typeof sql<number>>,
): ReturnType<typeof sql<number>> {
  const room = sql`greatest(0, ${toRoom(claim)}::bigint - (${aheadMs}))`;
  return sql<number>`${room} / ${claim.intervalMs}::bigint`;
}

/** How far ahead of the claim the calls that fit may be. Milliseconds. */
function toRoom({ waitMs, toleranceMs, intervalMs }: PaceClaim): number {
  return Math.floor(waitMs) + toleranceMs + intervalMs;
}
