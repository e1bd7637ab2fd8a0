import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock } from '../common/clock.js';
import { Deadline } from '../common/deadline.js';
import { isoTime } from '../common/iso-time.js';
import type { Target } from '../domain/target.js';
import { Database } from './database.js';
import type { LedgerConnection } from './ledger.schema.js';
import { hasNoAttempt, hasNoLike, matchTargets, toTargetColumns } from './like-conditions.js';

/**
 * How long after its start an attempt may still take effect at Instagram. Closing the connection
 * does not cancel a request that Meta has received. Meta documents no limit; this is the longest
 * deadline of a call plus a minute.
 */
export const LATE_EFFECT_MS = 120_000;

/**
 * `confirmed`: Instagram confirmed the like or unlike at `changedAt`. `pending`: an attempt was
 * sent and its outcome is unknown. `none`: this service never set it.
 */
export type LikeState =
  | { readonly known: 'confirmed'; readonly liked: boolean; readonly changedAt: string }
  | { readonly known: 'pending' | 'none' };

/** One like or unlike in progress. */
export interface LikeAttempt {
  readonly id: number;
  readonly igUserId: string;
  readonly target: Target;
  readonly liked: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** Rolls back a confirmation that must not decide. */
class Overlapped extends Error {}

/**
 * The likes that this service set for the accounts. It owns `likes` and `like_attempts`. An attempt
 * is on disk before it is sent. From then on the state is pending until Instagram confirms or
 * refuses it.
 *
 * The state is definite only while every attempt that may still take effect wants the confirmed
 * state: a like that timed out can overtake a later unlike. If two opposite attempts are in
 * progress at the same time, only the one that is confirmed first decides, and the other one keeps
 * the state pending. So no crash and no other process can cause a definite answer that is wrong
 * (docs/decisions/several-processes.md).
 */
@Injectable()
export class LikeLedger {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Records that a like or unlike is about to be sent.
   *
   * @param waitMs how long it may wait for a connection to the database. The default is the
   * deadline of a proxied call.
   * @throws {ServiceError} `deadline_exceeded` if the wait was too long; nothing was recorded.
   */
  async begin(
    igUserId: string,
    target: Target,
    liked: boolean,
    waitMs?: number,
  ): Promise<LikeAttempt> {
    const startedAt = this.clock.now();
    const insert = this.database.db
      .insertInto('like_attempts')
      .values({
        ...toTargetColumns(igUserId, target),
        liked: liked ? 1 : 0,
        started_at: isoTime(startedAt),
      })
      .returning('id');
    const { id } = await (waitMs === undefined
      ? insert.executeTakeFirstOrThrow()
      : this.database.within(waitMs, () => insert.executeTakeFirstOrThrow()));
    return { id, igUserId, target, liked, startedAt };
  }

  /**
   * Records that Instagram confirmed the attempt. This settles the attempts that were too old to
   * take effect after it began. It changes nothing if an opposite attempt that was in progress at
   * the same time was confirmed before.
   *
   * @returns when Instagram confirmed it, ISO 8601.
   */
  async confirm(attempt: LikeAttempt): Promise<string> {
    const changedAt = isoTime(this.clock.now());
    try {
      await Deadline.beyond(() => this.decide(attempt, changedAt));
    } catch (error) {
      if (!(error instanceof Overlapped)) throw error;
    }
    return changedAt;
  }

  private async decide(attempt: LikeAttempt, changedAt: string): Promise<void> {
    const { id, igUserId, target, startedAt } = attempt;
    const key = toTargetColumns(igUserId, target);
    const liked = attempt.liked ? 1 : 0;
    const state = { liked, changed_at: changedAt };
    await this.database.db.transaction().execute(async (db) => {
      // Comes first because of its row lock: confirmations of one target by several processes wait
      // for each other here.
      await db
        .insertInto('likes')
        .values({ ...key, ...state })
        .onConflict((conflict) =>
          conflict.columns(['ig_user_id', 'target_kind', 'target_id']).doUpdateSet(state),
        )
        .execute();
      const settled = await db
        .deleteFrom('like_attempts')
        .where((where) => where.and(key))
        .where((where) =>
          where.or([
            where.and({ id, overlapped: 0 }),
            where.and([
              where('id', '<', id),
              where('started_at', '<=', isoTime(startedAt - LATE_EFFECT_MS)),
            ]),
          ]),
        )
        .returning('id')
        .execute();
      if (!settled.some((row) => row.id === id)) throw new Overlapped();
      await db
        .updateTable('like_attempts')
        .set({ overlapped: 1 })
        .where((where) => where.and(key))
        .where('liked', '!=', liked)
        .execute();
    });
  }

  /** Deletes an attempt that certainly had no effect. The earlier state applies again. */
  async withdraw({ id }: LikeAttempt): Promise<void> {
    await Deadline.beyond(() =>
      this.database.db.deleteFrom('like_attempts').where('id', '=', id).execute(),
    );
  }

  /**
   * Deletes attempts that cancelled each other out, so the earlier state applies again. They stay
   * if there was another attempt in between, because then the last one is unknown.
   */
  async withdrawTrial(attempts: readonly LikeAttempt[], before: LikeState): Promise<void> {
    const [first] = attempts;
    if (first === undefined) return;
    const { igUserId, target } = first;
    const ids = attempts.map(({ id }) => id);
    await this.database.db.transaction().execute(async (db) => {
      const like = await db
        .selectFrom('likes')
        .select('changed_at')
        .where((where) => where.and(toTargetColumns(igUserId, target)))
        .executeTakeFirst();
      const others = await db
        .selectFrom('like_attempts')
        .select('id')
        .where((where) => where.and(toTargetColumns(igUserId, target)))
        .where('id', 'not in', ids)
        .executeTakeFirst();
      const changedAt = before.known === 'confirmed' ? before.changedAt : undefined;
      if (others !== undefined || like?.changed_at !== changedAt) return;
      await db.deleteFrom('like_attempts').where('id', 'in', ids).execute();
    });
  }

  /** Reads the state of each target, in the targets' order. */
  async states(igUserId: string, targets: readonly Target[]): Promise<LikeState[]> {
    // One statement reads one moment. Between two statements, a like could begin and be confirmed,
    // and the result would be a state that never existed.
    const rows = await this.database.db
      .selectFrom('like_attempts')
      .select([
        'target_kind',
        'target_id',
        'liked',
        'started_at as at',
        sql<number>`1`.as('is_attempt'),
      ])
      .where('ig_user_id', '=', igUserId)
      .where((where) => matchTargets(where, targets))
      .unionAll(
        this.database.db
          .selectFrom('likes')
          .select([
            'target_kind',
            'target_id',
            'liked',
            'changed_at as at',
            sql<number>`0`.as('is_attempt'),
          ])
          .where('ig_user_id', '=', igUserId)
          .where((where) => matchTargets(where, targets)),
      )
      .execute();
    return targets.map(({ kind, id }): LikeState => {
      const known = rows.filter((row) => row.target_kind === kind && row.target_id === id);
      const like = known.find((row) => row.is_attempt === 0);
      if (known.some(({ liked }) => liked !== like?.liked)) return { known: 'pending' };
      return like === undefined
        ? { known: 'none' }
        : { known: 'confirmed', liked: like.liked === 1, changedAt: like.at };
    });
  }
  /**
   * Deletes the likes and attempts of comments without making a later answer wrong.
   *
   * The attempts of a comment are deleted only together, when none of them can take effect or be
   * confirmed. Otherwise a later unlike would count as definite although an unanswered like can
   * still overtake it. Likes come first, as in `confirm`: the two then wait for each other, and an
   * attempt that is confirmed in between keeps the others.
   *
   * @param db a transaction.
   * @param until likes that were confirmed later stay; ISO 8601.
   */
  async deleteComments(
    db: LedgerConnection,
    igUserId: string,
    commentIds: readonly string[],
    until?: string,
  ): Promise<void> {
    await db
      .deleteFrom('likes')
      .where('ig_user_id', '=', igUserId)
      .where('target_kind', '=', 'comment')
      .where('target_id', 'in', commentIds)
      .$if(until !== undefined, (query) => query.where('changed_at', '<=', until ?? ''))
      .execute();
    const settledAt = isoTime(this.clock.now() - LATE_EFFECT_MS);
    await db
      .deleteFrom('like_attempts as attempt')
      .where('attempt.ig_user_id', '=', igUserId)
      .where('attempt.target_kind', '=', 'comment')
      .where('attempt.target_id', 'in', commentIds)
      .where(hasNoAttempt(igUserId, 'attempt.target_id', settledAt))
      .where(hasNoLike(igUserId, 'attempt.target_id'))
      .execute();
  }

  /** @param db a transaction. */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    await db.deleteFrom('likes').where('ig_user_id', 'in', accounts).execute();
    await db.deleteFrom('like_attempts').where('ig_user_id', 'in', accounts).execute();
  }
}
