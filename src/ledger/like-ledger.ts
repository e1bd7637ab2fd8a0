import { Inject, Injectable } from '@nestjs/common';
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import { Clock } from '../common/clock.js';
import type { LikeTarget, TargetKind } from '../common/like-target.js';
import { Database } from './database.js';
import type { LedgerSchema } from './ledger.schema.js';

/**
 * How long after its start an attempt may still take effect at Instagram, in milliseconds. Closing a connection does not
 * recall a request that Meta has taken. Meta gives no bound; this is the longest deadline of a call and a minute more.
 */
export const LATE_EFFECT_MS = 120_000;

/**
 * What is known of a like. `confirmed`: Instagram said so at `changedAt`. `pending`: an attempt was sent and its outcome
 * is not known. `none`: this service never set it.
 */
export type LikeState =
  | { readonly known: 'confirmed'; readonly liked: boolean; readonly changedAt: string }
  | { readonly known: 'pending' | 'none' };

/** One like or unlike under way. */
export interface LikeAttempt {
  readonly id: number;
  readonly igUserId: string;
  readonly target: LikeTarget;
  readonly liked: boolean;
}

/**
 * What the accounts like, as far as this service made it so. An attempt is on disk before it is sent; from then on
 * the state is pending until Instagram confirms or refuses. It is definite only while every attempt that may still take
 * effect wants the same as what was confirmed: a like that timed out can overtake the unlike that came after it. So no
 * crash, at whatever moment, leaves a definite answer that is wrong. Callers put the attempts on one target in order (`KeyedQueue`).
 */
@Injectable()
export class LikeLedger {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Notes that a like or unlike is about to be sent. */
  async begin(igUserId: string, target: LikeTarget, liked: boolean): Promise<LikeAttempt> {
    const { id } = await this.database.db
      .insertInto('like_attempts')
      .values({ ...keyOf(igUserId, target), liked: liked ? 1 : 0, started_at: this.now() })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { id, igUserId, target, liked };
  }

  /** Notes that Instagram confirmed the attempt. It settles those that are too old to take effect after it. */
  async confirm({ id, igUserId, target, liked }: LikeAttempt): Promise<string> {
    const key = keyOf(igUserId, target);
    const state = { liked: liked ? 1 : 0, changed_at: this.now() };
    await this.database.db.transaction().execute(async (db) => {
      await db
        .insertInto('likes')
        .values({ ...key, ...state })
        .onConflict((conflict) =>
          conflict.columns(['ig_user_id', 'target_kind', 'target_id']).doUpdateSet(state),
        )
        .execute();
      await db
        .deleteFrom('like_attempts')
        .where((where) => where.and(key))
        .where('id', '<=', id)
        .where((where) =>
          where.or([
            where('id', '=', id),
            where('started_at', '<=', isoTime(this.clock.now() - LATE_EFFECT_MS)),
          ]),
        )
        .execute();
    });
    return state.changed_at;
  }

  /** Notes that the attempt had no effect, for certain: what was known before is known again. */
  async withdraw({ id }: LikeAttempt): Promise<void> {
    await this.database.db.deleteFrom('like_attempts').where('id', '=', id).execute();
  }

  /**
   * Notes that attempts which cancel each other out are done: what was known before is true again. Where somebody else's attempt came
   * between, nobody knows which one was the last, and they stay.
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
        .where((where) => where.and(keyOf(igUserId, target)))
        .executeTakeFirst();
      const others = await db
        .selectFrom('like_attempts')
        .select('id')
        .where((where) => where.and(keyOf(igUserId, target)))
        .where('id', 'not in', ids)
        .executeTakeFirst();
      const changedAt = before.known === 'confirmed' ? before.changedAt : undefined;
      if (others !== undefined || like?.changed_at !== changedAt) return;
      await db.deleteFrom('like_attempts').where('id', 'in', ids).execute();
    });
  }

  /** What is known of each target, in the targets' order. */
  async states(igUserId: string, targets: readonly LikeTarget[]): Promise<LikeState[]> {
    // Attempts first: read the other way round, a like confirmed between the two would show its old state.
    const attempts = await this.database.db
      .selectFrom('like_attempts')
      .select(['target_kind', 'target_id', 'liked'])
      .where('ig_user_id', '=', igUserId)
      .where((where) => anyOf(where, targets))
      .execute();
    const likes = await this.database.db
      .selectFrom('likes')
      .selectAll()
      .where('ig_user_id', '=', igUserId)
      .where((where) => anyOf(where, targets))
      .execute();
    return targets.map(({ kind, id }): LikeState => {
      const isTarget = (row: { target_kind: TargetKind; target_id: string }): boolean =>
        row.target_kind === kind && row.target_id === id;
      const like = likes.find(isTarget);
      if (attempts.some((attempt) => isTarget(attempt) && attempt.liked !== like?.liked)) {
        return { known: 'pending' };
      }
      return like === undefined
        ? { known: 'none' }
        : { known: 'confirmed', liked: like.liked === 1, changedAt: like.changed_at };
    });
  }

  private now(): string {
    return isoTime(this.clock.now());
  }
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function keyOf(
  igUserId: string,
  { kind, id }: LikeTarget,
): { ig_user_id: string; target_kind: TargetKind; target_id: string } {
  return { ig_user_id: igUserId, target_kind: kind, target_id: id };
}

function anyOf(
  where: ExpressionBuilder<LedgerSchema, 'likes' | 'like_attempts'>,
  targets: readonly LikeTarget[],
): Expression<SqlBool> {
  // One list for each kind, so that the statement stays flat however many targets there are.
  const kinds = [...new Set(targets.map(({ kind }) => kind))];
  return where.or(
    kinds.map((kind) =>
      where.and([
        where('target_kind', '=', kind),
        where(
          'target_id',
          'in',
          targets.filter((target) => target.kind === kind).map(({ id }) => id),
        ),
      ]),
    ),
  );
}
