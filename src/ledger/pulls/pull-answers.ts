import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { isoTime } from '../../common/iso-time.js';
import { Database } from '../database/database.js';
import type { LedgerConnection } from '../database/ledger.schema.js';

/**
 * How long an answer is kept. A sweep looks back one hour before the last one began, and a long
 * sweep takes up to an hour itself. Without the answer, comments are handed out again.
 */
export const ANSWER_KEPT_MS = 7_200_000;
/**
 * Answers kept for one account. Zendesk pulls an account 60 times in `ANSWER_KEPT_MS`, and several
 * Zendesks may be connected to it. At 14 kB for 200 resources, they use 4 MB at most.
 */
export const ANSWERS_PER_ACCOUNT = 300;

/** The random names of an answer to a pull. They travel in the pull's state. */
export interface AnswerName {
  readonly igUserId: string;
  readonly series: string;
  readonly answer: string;
}

/** An answer that arrived. */
export interface ArrivedAnswer {
  readonly answer: string;
  readonly externalIds: readonly string[];
}

/**
 * What the answers to pulls carried, and which of them arrived. The replicas share it, so that each
 * knows what Zendesk has. It only saves work: without a row, resources are handed out again, and
 * Zendesk skips what it has. Owns `pull_answers`.
 */
@Injectable()
export class PullAnswers {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Records an answer that is about to be sent. The account's oldest answers make room for it. */
  async record(name: AnswerName, externalIds: readonly string[]): Promise<void> {
    const { db } = this.database;
    const { igUserId: ig_user_id, series, answer } = name;
    await db
      .insertInto('pull_answers')
      .values({
        ig_user_id,
        series,
        answer,
        external_ids: externalIds.join(' '),
        answered_at: isoTime(this.clock.now()),
      })
      .execute();
    await db
      .deleteFrom('pull_answers')
      .where('ig_user_id', '=', ig_user_id)
      .where('answered_at', '<=', (select) =>
        select
          .selectFrom('pull_answers')
          .select('answered_at')
          .where('ig_user_id', '=', ig_user_id)
          .orderBy('answered_at', 'desc')
          .limit(1)
          .offset(ANSWERS_PER_ACCOUNT),
      )
      .execute();
  }

  /**
   * Records that an answer arrived, because its state came back.
   *
   * @param known answers of the series that the caller knows to have arrived.
   * @returns the other answers of the series that arrived, this one included.
   */
  async arrive(name: AnswerName, known: readonly string[]): Promise<ArrivedAnswer[]> {
    const { db } = this.database;
    await db
      .updateTable('pull_answers')
      .set({ has_arrived: 1 })
      .where('ig_user_id', '=', name.igUserId)
      .where('series', '=', name.series)
      .where('answer', '=', name.answer)
      .where('has_arrived', '=', 0)
      .execute();
    const rows = await db
      .selectFrom('pull_answers')
      .select(['answer', 'external_ids'])
      .where('ig_user_id', '=', name.igUserId)
      .where('series', '=', name.series)
      .where('has_arrived', '=', 1)
      .$if(known.length > 0, (query) => query.where('answer', 'not in', known))
      .execute();
    return rows.map(({ answer, external_ids }) => ({
      answer,
      externalIds: external_ids.split(' '),
    }));
  }

  async deleteExpired(): Promise<void> {
    await this.database.db
      .deleteFrom('pull_answers')
      .where('answered_at', '<=', isoTime(this.clock.now() - ANSWER_KEPT_MS))
      .execute();
  }

  /** @param db a transaction. */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    await db.deleteFrom('pull_answers').where('ig_user_id', 'in', accounts).execute();
  }
}
