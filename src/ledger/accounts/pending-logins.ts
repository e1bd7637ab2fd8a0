import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock } from '../../common/clock.js';
import { hash } from '../../common/hash.js';
import { isoTime } from '../../common/iso-time.js';
import { Database } from '../database/database.js';
import type { LedgerConnection } from '../database/ledger.schema.js';

/** How long after its start a login can be used. */
export const LOGIN_VALID_MS = 1_800_000;
/**
 * Logins in progress: for one network, for one Zendesk, and in total. Starting a login needs no
 * authentication, so a full table evicts a login of the largest sender and never refuses a new one.
 */
export const PENDING_MAX = { network: 200, subdomain: 500, all: 10_000 } as const;
/** Confirmation codes that may be tried. There are about 10^12 codes, so guessing is hopeless. */
const TRIES_MAX = 5;

/** The setup page that begins a login. */
export interface LoginOwner {
  /** A secret of the setup page. */
  readonly id: string;
  /** Identifies the setup: its Zendesk and its return address. */
  readonly setup: string;
}

interface LoginOrigin {
  /** The network of the browser that begins the login. */
  readonly network: string;
  /** The Zendesk that the account is for. */
  readonly subdomain: string;
}

/** A login whose `state` came back from Facebook. */
export interface ReturningLogin {
  readonly outcome: 'open' | 'returned' | 'refused' | 'done';
  /** The Zendesk that the account is for. */
  readonly subdomain: string;
  /**
   * Facebook's code and the confirmation code, sealed; undefined before Facebook's answer and after
   * their use.
   */
  readonly sealedCode: string | undefined;
}

/** `gone`: used, void, expired, or never begun. */
export type LoginProgress = 'open' | 'returned' | 'refused' | 'gone';

type RedeemedLogin =
  { readonly sealedCode: string } | { readonly failure: 'wrong_confirmation' | 'gone' };

/**
 * Logins in progress: from the setup page to Facebook's window and back to the page. Each login is
 * used once, and its steps may arrive at different processes. The table holds a login's secrets
 * only hashed or sealed, so a reader of the database cannot use a login. Owns `pending_log_ins`.
 */
@Injectable()
export class PendingLogins {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins a login and replaces an earlier one of the same page. There is always room: if the table
   * is full, the largest sender loses its oldest login.
   *
   * @param state goes to Facebook and comes back.
   */
  async begin(owner: LoginOwner, state: string, origin: LoginOrigin): Promise<void> {
    const idHash = hash(owner.id);
    await this.deleteExpired();
    await this.database.db.transaction().execute(async (db) => {
      await makeRoom(db, idHash, origin);
      const row = {
        ...origin,
        state_hash: hash(state),
        set_up_hash: hash(owner.setup),
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

  /** Finds the login of a `state`; undefined if it expired or never began. */
  async find(state: string): Promise<ReturningLogin | undefined> {
    const row = await this.database.db
      .selectFrom('pending_log_ins')
      .select(['outcome', 'subdomain', 'sealed_code'])
      .where('state_hash', '=', hash(state))
      .where('started_at', '>', this.expiredAt())
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      outcome: row.outcome as ReturningLogin['outcome'],
      subdomain: row.subdomain,
      sealedCode: row.sealed_code ?? undefined,
    };
  }

  /**
   * Records Facebook's answer, once.
   *
   * @param answer undefined if the person refused.
   * @returns whether there was such a login and it was open.
   */
  async recordReturn(
    state: string,
    answer: { readonly sealedCode: string; readonly confirmation: string } | undefined,
  ): Promise<boolean> {
    const { numUpdatedRows } = await this.database.db
      .updateTable('pending_log_ins')
      .set({
        outcome: answer === undefined ? 'refused' : 'returned',
        sealed_code: answer?.sealedCode ?? null,
        confirmation_hash: answer === undefined ? null : hash(answer.confirmation),
      })
      .where('state_hash', '=', hash(state))
      .where('outcome', '=', 'open')
      .where('started_at', '>', this.expiredAt())
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async progress(owner: LoginOwner): Promise<LoginProgress> {
    const row = await this.database.db
      .selectFrom('pending_log_ins')
      .select('outcome')
      .where('id_hash', '=', hash(owner.id))
      .where('set_up_hash', '=', hash(owner.setup))
      .where('started_at', '>', this.expiredAt())
      .executeTakeFirst();
    const outcome = row?.outcome ?? 'gone';
    return (outcome === 'done' ? 'gone' : outcome) as LoginProgress;
  }

  /**
   * Redeems a login once. A wrong confirmation code counts as one of `TRIES_MAX` tries and leaves
   * the login in place.
   */
  async redeem(owner: LoginOwner, confirmation: string): Promise<RedeemedLogin> {
    const idHash = hash(owner.id);
    // The try is counted before the check, so simultaneous requests get no additional tries.
    const row = await this.database.db
      .updateTable('pending_log_ins')
      .set((set) => ({ tries: set('tries', '+', 1) }))
      .where('id_hash', '=', idHash)
      .where('set_up_hash', '=', hash(owner.setup))
      .where('outcome', '=', 'returned')
      .where('started_at', '>', this.expiredAt())
      .where('tries', '<', TRIES_MAX)
      .returning(['sealed_code', 'confirmation_hash', 'tries'])
      .executeTakeFirst();
    const sealedCode = row?.sealed_code ?? undefined;
    if (row === undefined || sealedCode === undefined) return { failure: 'gone' };
    const isRight = row.confirmation_hash === hash(confirmation);
    if (!isRight && row.tries < TRIES_MAX) return { failure: 'wrong_confirmation' };
    // Two processes may reach this line. Only one of them marks the login as done.
    const { numUpdatedRows } = await this.database.db
      .updateTable('pending_log_ins')
      .set({ outcome: 'done', sealed_code: null, confirmation_hash: null })
      .where('id_hash', '=', idHash)
      .where('outcome', '=', 'returned')
      .where('sealed_code', '=', sealedCode)
      .executeTakeFirst();
    return isRight && numUpdatedRows === 1n ? { sealedCode } : { failure: 'gone' };
  }

  /** Deletes expired logins and with them Facebook's codes. */
  async deleteExpired(): Promise<void> {
    await this.database.db
      .deleteFrom('pending_log_ins')
      .where('started_at', '<=', this.expiredAt())
      .execute();
  }

  /** Logins that began at this time or earlier have expired. */
  private expiredAt(): string {
    return isoTime(this.clock.now() - LOGIN_VALID_MS);
  }
}

/** Evicts logins until each limit of `PENDING_MAX` has room for one more. */
async function makeRoom(
  db: LedgerConnection,
  idHash: string,
  { network, subdomain }: LoginOrigin,
): Promise<void> {
  const limits = [
    { scope: { network }, by: 'subdomain', max: PENDING_MAX.network },
    { scope: { subdomain }, by: 'network', max: PENDING_MAX.subdomain },
    { scope: {}, by: 'network', max: PENDING_MAX.all },
  ] as const;
  for (const { scope, by, max } of limits) {
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

/** Deletes the oldest login of a sender. Logins that have not returned from Facebook go first. */
async function evictFrom(db: LedgerConnection, sender: Partial<LoginOrigin>): Promise<void> {
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
