import { createHash } from 'node:crypto';
import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { sql, type Transaction } from 'kysely';
import { Clock } from '../common/clock.js';
import { isoTime } from '../common/iso-time.js';
import { EventLog } from '../common/logging/event-log.js';
import { Database } from './database.js';
import type { LedgerSchema } from './ledger.schema.js';

/** How long after its start a login can be used, in milliseconds. */
export const LOG_IN_MS = 1_800_000;
/** How often expired logins are deleted where no step deletes them, in milliseconds. */
const SWEEP_MS = 60_000;
/**
 * Logins under way at once: of one network, of one Zendesk, and altogether. Nothing authenticates
 * their start, so a full table evicts a login of the largest sender and never refuses a new one.
 */
export const PENDING_MAX = { network: 200, subdomain: 500, all: 10_000 } as const;
/** Confirmation codes that are tried before a login is void: of some 10^12 codes, nobody guesses one. */
const TRIES_MAX = 5;

/** Who begins a log-in. */
export interface LoginOwner {
  /** What only the set-up page knows. */
  readonly id: string;
  /** Where the set-up belongs: its Zendesk and the address at which it ends. */
  readonly setup: string;
}

/** Where a login comes from and leads. */
export interface LoginOrigin {
  /** The sender's network. */
  readonly network: string;
  /** The Zendesk that the account is for. */
  readonly subdomain: string;
}

/** A login by the `state` that came back from Facebook. */
export interface ReturningLogin {
  readonly outcome: 'open' | 'returned' | 'refused' | 'done';
  /** The Zendesk that the account is for. */
  readonly subdomain: string;
  /** Facebook's code and the window's, sealed; undefined before they came and after they were used. */
  readonly sealedCode: string | undefined;
}

/** How far a log-in is; `gone`: used, void, too old, or never begun. */
export type LoginProgress = 'open' | 'returned' | 'refused' | 'gone';

export type TakenLogin =
  { readonly sealedCode: string } | { readonly failure: 'wrong_confirmation' | 'gone' };

/**
 * Log-ins between the set-up page, Facebook's window, and the page again. Each is used once, in whatever process its steps arrive. Only
 * hashes of what belongs to it are kept, so that whoever reads the database can take over none.
 */
@Injectable()
export class PendingLogins implements OnApplicationBootstrap, OnApplicationShutdown {
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: EventLog,
  ) {}

  onApplicationBootstrap(): void {
    this.sweeping = setInterval(() => {
      this.deleteOld().catch((failure: unknown) => {
        // The next time may get through.
        this.log.unexpected('log_ins.not_deleted', failure);
      });
    }, SWEEP_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.sweeping);
  }

  /**
   * Notes that a login begins, in place of the same page's earlier one. There is always room:
   * where the table is full, the largest sender loses its oldest login.
   *
   * @param state goes to Facebook and comes back.
   */
  async begin(owner: LoginOwner, state: string, origin: LoginOrigin): Promise<void> {
    const idHash = hashOf(owner.id);
    await this.deleteOld();
    await this.database.db.transaction().execute(async (db) => {
      await makeRoom(db, idHash, origin);
      const row = {
        ...origin,
        state_hash: hashOf(state),
        set_up_hash: hashOf(owner.setup),
        started_at: isoTime(this.clock.now()),
        outcome: 'open',
        sealed_code: null,
        confirmation_hash: null,
        tries: 0,
      };
      await db
        .insertInto('pending_log_ins')
        .values({ id_hash: idHash, ...row })
        .onConflict((conflict) => conflict.column('id_hash').doUpdateSet(row))
        .execute();
    });
  }

  /** The login that a `state` belongs to; undefined where it expired or never began. */
  async find(state: string): Promise<ReturningLogin | undefined> {
    await this.deleteOld();
    const row = await this.database.db
      .selectFrom('pending_log_ins')
      .select(['outcome', 'subdomain', 'sealed_code'])
      .where('state_hash', '=', hashOf(state))
      .where('started_at', '>', this.oldest())
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      outcome: row.outcome as ReturningLogin['outcome'],
      subdomain: row.subdomain,
      sealedCode: row.sealed_code ?? undefined,
    };
  }

  /**
   * Notes what Facebook's window came back with, once.
   *
   * @param answer undefined where the person refused.
   * @returns whether there was such a log-in and it was open.
   */
  async recordCallback(
    state: string,
    answer: { readonly sealedCode: string; readonly confirmation: string } | undefined,
  ): Promise<boolean> {
    await this.deleteOld();
    const { numUpdatedRows } = await this.database.db
      .updateTable('pending_log_ins')
      .set({
        outcome: answer === undefined ? 'refused' : 'returned',
        sealed_code: answer?.sealedCode ?? null,
        confirmation_hash: answer === undefined ? null : hashOf(answer.confirmation),
      })
      .where('state_hash', '=', hashOf(state))
      .where('outcome', '=', 'open')
      .where('started_at', '>', this.oldest())
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async progress(owner: LoginOwner): Promise<LoginProgress> {
    await this.deleteOld();
    const row = await this.database.db
      .selectFrom('pending_log_ins')
      .select('outcome')
      .where('id_hash', '=', hashOf(owner.id))
      .where('set_up_hash', '=', hashOf(owner.setup))
      .where('started_at', '>', this.oldest())
      .executeTakeFirst();
    const outcome = row?.outcome ?? 'gone';
    return (outcome === 'done' ? 'gone' : outcome) as LoginProgress;
  }

  /** Uses a log-in up: what is told here is told to nobody else. A wrong confirmation leaves it for another try, of which there are few. */
  async redeem(owner: LoginOwner, confirmation: string): Promise<TakenLogin> {
    const idHash = hashOf(owner.id);
    await this.deleteOld();
    // Counted before it is looked at, so that no number of tries at the same moment gets more.
    const row = await this.database.db
      .updateTable('pending_log_ins')
      .set((set) => ({ tries: set('tries', '+', 1) }))
      .where('id_hash', '=', idHash)
      .where('set_up_hash', '=', hashOf(owner.setup))
      .where('outcome', '=', 'returned')
      .where('started_at', '>', this.oldest())
      .where('tries', '<', TRIES_MAX)
      .returning(['sealed_code', 'confirmation_hash', 'tries'])
      .executeTakeFirst();
    const sealedCode = row?.sealed_code ?? undefined;
    if (row === undefined || sealedCode === undefined) return { failure: 'gone' };
    const isRight = row.confirmation_hash === hashOf(confirmation);
    if (!isRight && row.tries < TRIES_MAX) return { failure: 'wrong_confirmation' };
    // Two processes may have come here: one of them marks it as done.
    const { numUpdatedRows } = await this.database.db
      .updateTable('pending_log_ins')
      .set({ outcome: 'done', sealed_code: null, confirmation_hash: null })
      .where('id_hash', '=', idHash)
      .where('outcome', '=', 'returned')
      .where('sealed_code', '=', sealedCode)
      .executeTakeFirst();
    return isRight && numUpdatedRows === 1n ? { sealedCode } : { failure: 'gone' };
  }

  /** Facebook's codes stay no longer than they count. */
  private async deleteOld(): Promise<void> {
    await this.database.db
      .deleteFrom('pending_log_ins')
      .where('started_at', '<=', this.oldest())
      .execute();
  }

  /** What began then, or before, is too old. */
  private oldest(): string {
    return isoTime(this.clock.now() - LOG_IN_MS);
  }
}

/** Deletes logins until each bound leaves room for one more. */
async function makeRoom(
  db: Transaction<LedgerSchema>,
  idHash: string,
  { network, subdomain }: LoginOrigin,
): Promise<void> {
  const bounds = [
    { scope: { network }, by: 'subdomain', max: PENDING_MAX.network },
    { scope: { subdomain }, by: 'network', max: PENDING_MAX.subdomain },
    { scope: {}, by: 'network', max: PENDING_MAX.all },
  ] as const;
  for (const { scope, by, max } of bounds) {
    for (;;) {
      const groups = await db
        .selectFrom('pending_log_ins')
        .select((select) => [by, select.fn.countAll().as('count')])
        .where((where) => where.and(scope))
        .where('id_hash', '!=', idHash)
        .groupBy(by)
        .orderBy('count', 'desc')
        .execute();
      const total = groups.reduce((sum, { count }) => sum + Number(count), 0);
      const [largest] = groups;
      if (total < max || largest === undefined) break;
      await evictFrom(db, { ...scope, [by]: largest[by] });
    }
  }
}

/** Deletes the oldest login of a sender; one that nobody brought back from Facebook goes first. */
async function evictFrom(
  db: Transaction<LedgerSchema>,
  sender: Partial<LoginOrigin>,
): Promise<void> {
  await db
    .deleteFrom('pending_log_ins')
    .where('id_hash', 'in', (select) =>
      select
        .selectFrom('pending_log_ins')
        .select('id_hash')
        .where((where) => where.and(sender))
        .orderBy(sql`case when outcome = 'open' then 0 else 1 end`)
        .orderBy('started_at')
        .limit(1),
    )
    .execute();
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
