import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type RawBuilder, type Selectable, sql, type SqlBool } from 'kysely';
import { limitTime } from '../../common/limit-time.js';
import { Database } from '../database/database.js';
import type { GateHoldsTable, LedgerConnection } from '../database/ledger.schema.js';
import { LedgerTime } from '../database/ledger-time.js';

/**
 * Why calls pause. `token`: Meta no longer accepts the token. `block`: Meta blocked the account's
 * activity. `limit`: a limit of calls was reached. `usage`: a limit of calls was nearly reached.
 */
export type HoldCause = 'token' | 'block' | 'limit' | 'usage';

/** Identifies a hold. */
export interface HoldKey {
  /** The account, or `app` for all accounts. */
  readonly igUserId: string;
  /** The fingerprint of the token that the hold is limited to, or empty. */
  readonly token: string;
}

/** A hold with its remaining times, so no process depends on another one's clock. */
export interface StoredHold extends HoldKey {
  readonly cause: HoldCause;
  readonly graphCode: number | undefined;
  readonly graphSubcode: number | undefined;
  readonly repeats: number;
  /** Whether it was not opened again. */
  readonly isOpen: boolean;
  /** Milliseconds until a probe is due; not positive if one is. */
  readonly leftMs: number;
  /** Milliseconds until the claim of a probe ends. */
  readonly probeLeftMs: number;
}

/** Rows in one read: ten times the accounts that one deployment is measured with. */
const ROWS_MAX = 10_000;
/**
 * No hold lasts longer: each is probed at least once an hour. A later time comes from a clock that
 * was set back since, and counts as over.
 */
export const LEFT_MAX_MS = 7_200_000;
/** No hold is longer than a day, and an opened one is needed only until each process read it. */
const KEPT_MS = 86_400_000;

/** How long the service stops later for changes. A lost change costs one more refused call. */
const CLOSE_WITHIN_MS = 3000;

/** Pauses of calls to Meta, which the processes share. Owns `gate_holds`. */
@Injectable()
export class GateHolds implements OnApplicationShutdown {
  private changes: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly time: LedgerTime,
  ) {}

  /** Whether other processes may change the rows. */
  get isShared(): boolean {
    return this.database.locks !== undefined;
  }

  /** Keeps the database open until these changes are stored, for a bounded time. */
  closeAfter(changes: Promise<unknown>): void {
    this.changes = changes;
  }

  /** Runs before that of `Database`, which it depends on. */
  async onApplicationShutdown(): Promise<void> {
    await limitTime(this.changes, CLOSE_WITHIN_MS, () => new Error('late')).catch(() => undefined);
  }

  /** @param withinMs reads only holds that changed this recently, also opened ones. */
  async list(withinMs?: number): Promise<StoredHold[]> {
    const rows = await this.database.db
      .selectFrom('gate_holds')
      .selectAll()
      .select(this.now.as('now_ms'))
      .$if(withinMs === undefined, (query) => query.where('until_ms', '>', 0))
      .$if(withinMs !== undefined, (query) =>
        query.where('changed_ms', '>=', sql<number>`${this.now} - ${Math.ceil(withinMs ?? 0)}`),
      )
      .orderBy('changed_ms', 'desc')
      .limit(ROWS_MAX)
      .execute();
    return rows.map(toHold);
  }

  /** Stores a hold, unless the stored one lasts longer. */
  async save(hold: Omit<StoredHold, 'isOpen' | 'probeLeftMs'>): Promise<void> {
    const state = {
      cause: hold.cause,
      graph_code: hold.graphCode ?? null,
      graph_subcode: hold.graphSubcode ?? null,
      repeats: hold.repeats,
      until_ms: sql<number>`${this.now} + ${Math.ceil(hold.leftMs)}`,
      probe_ms: 0,
      changed_ms: this.now,
    };
    await this.database.db
      .insertInto('gate_holds')
      .values({ ...toKey(hold), ...state })
      .onConflict((conflict) =>
        conflict
          .columns(['ig_user_id', 'token'])
          .doUpdateSet(state)
          .where((where) =>
            where.or([
              where('gate_holds.until_ms', '<=', sql<number>`excluded.until_ms`),
              where('gate_holds.until_ms', '>', this.latest),
            ]),
          ),
      )
      .execute();
  }

  /** Opens the gate for all processes, unless it was closed again meanwhile. */
  async open(key: HoldKey): Promise<void> {
    await this.database.db
      .updateTable('gate_holds')
      .set({ until_ms: 0, probe_ms: 0, repeats: 0, changed_ms: this.now })
      .where((where) => where.and(toKey(key)))
      .where(this.isOver('until_ms'))
      .execute();
  }

  /**
   * Claims the one call that may probe a hold whose time is up.
   *
   * @param forMs how long the claim lasts, should this process not report the outcome.
   * @returns `claimed`; else the hold as another process left it, undefined if there is no row.
   */
  async claim(key: HoldKey, forMs: number): Promise<'claimed' | StoredHold | undefined> {
    const claimed = await this.database.db
      .updateTable('gate_holds')
      .set({ probe_ms: sql<number>`${this.now} + ${Math.ceil(forMs)}`, changed_ms: this.now })
      .where((where) => where.and(toKey(key)))
      .where('until_ms', '>', 0)
      .where(this.isOver('until_ms'))
      .where(this.isOver('probe_ms'))
      .returning('ig_user_id')
      .executeTakeFirst();
    if (claimed !== undefined) return 'claimed';
    const row = await this.database.db
      .selectFrom('gate_holds')
      .selectAll()
      .select(this.now.as('now_ms'))
      .where((where) => where.and(toKey(key)))
      .executeTakeFirst();
    return row === undefined ? undefined : toHold(row);
  }

  /** Deletes holds that no process needs. */
  async deleteOld(): Promise<void> {
    const before = sql<number>`${this.now} - ${KEPT_MS}`;
    await this.database.db
      .deleteFrom('gate_holds')
      .where('changed_ms', '<', before)
      .where('until_ms', '<', before)
      .execute();
  }

  /** @param db a transaction. */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    await db.deleteFrom('gate_holds').where('ig_user_id', 'in', accounts).execute();
  }

  private isOver(column: 'until_ms' | 'probe_ms'): RawBuilder<SqlBool> {
    const time = sql.ref(column);
    return sql<SqlBool>`(${time} <= ${this.now} or ${time} > ${this.latest})`;
  }

  private get latest(): RawBuilder<number> {
    return sql<number>`${this.now} + ${LEFT_MAX_MS}`;
  }

  private get now(): RawBuilder<number> {
    return this.time.nowMs();
  }
}

function toKey({ igUserId, token }: HoldKey): { ig_user_id: string; token: string } {
  return { ig_user_id: igUserId, token };
}

function toHold(row: Selectable<GateHoldsTable> & { readonly now_ms: number }): StoredHold {
  return {
    igUserId: row.ig_user_id,
    token: row.token,
    cause: row.cause as HoldCause,
    graphCode: row.graph_code ?? undefined,
    graphSubcode: row.graph_subcode ?? undefined,
    repeats: row.repeats,
    isOpen: row.until_ms === 0,
    leftMs: row.until_ms - row.now_ms,
    probeLeftMs: row.probe_ms - row.now_ms,
  };
}
