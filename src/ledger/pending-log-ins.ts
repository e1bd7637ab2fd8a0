import { createHash } from 'node:crypto';
import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { isoTime } from '../common/iso-time.js';
import { EventLog } from '../common/logging/event-log.js';
import { Database } from './database.js';

/** How long after its start a log-in can be used, in milliseconds. */
export const LOG_IN_MS = 1_800_000;
/** How often what is too old is deleted where nobody comes by, in milliseconds. */
const SWEEP_MS = 60_000;
/** Log-ins under way at once. Far more than any operator has admins; nobody signs what begins one. */
const PENDING_MAX = 10_000;
/** Confirmation codes that are tried before a log-in is void: of some 10^12 codes, nobody guesses one. */
const TRIES_MAX = 5;

/** Who begins a log-in. */
export interface LogInOwner {
  /** What only the set-up page knows. */
  readonly id: string;
  /** Where the set-up belongs: its Zendesk and the address at which it ends. */
  readonly setUp: string;
}

/** How far a log-in is; `gone`: used, void, too old, or never begun. */
export type LogInProgress = 'open' | 'returned' | 'refused' | 'gone';

export type TakenLogIn =
  { readonly sealedCode: string } | { readonly failure: 'wrong_confirmation' | 'gone' };

/**
 * Log-ins between the set-up page, Facebook's window, and the page again. Each is used once, in whatever process its steps arrive. Only
 * hashes of what belongs to it are kept, so that whoever reads the database can take over none.
 */
@Injectable()
export class PendingLogIns implements OnApplicationBootstrap, OnApplicationShutdown {
  private sweeping: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(EventLog) private readonly log: EventLog,
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
   * Notes that a log-in begins, in place of the same page's earlier one.
   *
   * @param state goes to Facebook and comes back.
   * @returns whether there was room for it.
   */
  async begin(owner: LogInOwner, state: string): Promise<boolean> {
    const idHash = hashOf(owner.id);
    await this.deleteOld();
    return this.database.db.transaction().execute(async (db) => {
      const { count } = await db
        .selectFrom('pending_log_ins')
        .select((select) => select.fn.countAll().as('count'))
        .executeTakeFirstOrThrow();
      if (Number(count) >= PENDING_MAX) return false;
      const row = {
        state_hash: hashOf(state),
        set_up_hash: hashOf(owner.setUp),
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
      return true;
    });
  }

  /**
   * Notes what Facebook's window came back with, once.
   *
   * @param answer undefined where the person refused.
   * @returns whether there was such a log-in and it was open.
   */
  async come(
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

  async progress(owner: LogInOwner): Promise<LogInProgress> {
    await this.deleteOld();
    const row = await this.database.db
      .selectFrom('pending_log_ins')
      .select('outcome')
      .where('id_hash', '=', hashOf(owner.id))
      .where('set_up_hash', '=', hashOf(owner.setUp))
      .where('started_at', '>', this.oldest())
      .executeTakeFirst();
    return (row?.outcome ?? 'gone') as LogInProgress;
  }

  /** Uses a log-in up: what is told here is told to nobody else. A wrong confirmation leaves it for another try, of which there are few. */
  async take(owner: LogInOwner, confirmation: string): Promise<TakenLogIn> {
    const idHash = hashOf(owner.id);
    await this.deleteOld();
    // Counted before it is looked at, so that no number of tries at the same moment gets more.
    const row = await this.database.db
      .updateTable('pending_log_ins')
      .set((set) => ({ tries: set('tries', '+', 1) }))
      .where('id_hash', '=', idHash)
      .where('set_up_hash', '=', hashOf(owner.setUp))
      .where('outcome', '=', 'returned')
      .where('started_at', '>', this.oldest())
      .where('tries', '<', TRIES_MAX)
      .returning(['sealed_code', 'confirmation_hash', 'tries'])
      .executeTakeFirst();
    const sealedCode = row?.sealed_code ?? undefined;
    if (row === undefined || sealedCode === undefined) return { failure: 'gone' };
    const isRight = row.confirmation_hash === hashOf(confirmation);
    if (!isRight && row.tries < TRIES_MAX) return { failure: 'wrong_confirmation' };
    // Two processes may have come here: one of them deletes it.
    const { numDeletedRows } = await this.database.db
      .deleteFrom('pending_log_ins')
      .where('id_hash', '=', idHash)
      .executeTakeFirst();
    return isRight && numDeletedRows === 1n ? { sealedCode } : { failure: 'gone' };
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

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
