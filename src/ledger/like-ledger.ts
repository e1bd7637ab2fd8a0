import { Injectable } from '@nestjs/common';
import { type Expression, type ExpressionBuilder, sql, type SqlBool } from 'kysely';
import { Clock } from '../common/clock.js';
import { isoTime } from '../common/iso-time.js';
import type { Target, TargetKind } from '../domain/target.js';
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
  readonly target: Target;
  readonly liked: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** Undoes a confirmation that may not decide. */
class Overlapped extends Error {}

/**
 * What the accounts like, as far as this service made it so. An attempt is on disk before it is sent; from then on
 * the state is pending until Instagram confirms or refuses. It is definite only while every attempt that may still take
 * effect wants the same as what was confirmed: a like that timed out can overtake the unlike that came after it. Of two opposite
 * attempts that travel at the same time, only the one that is confirmed first decides, and the other keeps the state pending. So no
 * crash and no other process, at whatever moment, leaves a definite answer that is wrong (docs/decisions/several-processes.md).
 */
@Injectable()
export class LikeLedger {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Notes that a like or unlike is about to be sent.
   *
   * @param waitMs how long it may wait for a connection to the database; as long as a proxied call
   * may take where it is left out.
   * @throws {ServiceError} `deadline_exceeded` where that was not enough: nothing was noted.
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
        ...keyOf(igUserId, target),
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
   * Notes that Instagram confirmed the attempt. It settles those that were too old to take effect after it began. Where an opposite one
   * that travelled at the same time was confirmed before, it changes nothing.
   *
   * @returns when Instagram confirmed it, ISO 8601.
   */
  async confirm(attempt: LikeAttempt): Promise<string> {
    const changedAt = isoTime(this.clock.now());
    try {
      await this.decide(attempt, changedAt);
    } catch (error) {
      if (!(error instanceof Overlapped)) throw error;
    }
    return changedAt;
  }

  private async decide(attempt: LikeAttempt, changedAt: string): Promise<void> {
    const { id, igUserId, target, startedAt } = attempt;
    const key = keyOf(igUserId, target);
    const liked = attempt.liked ? 1 : 0;
    const state = { liked, changed_at: changedAt };
    await this.database.db.transaction().execute(async (db) => {
      // First of all, for its lock: confirmations of one target by several processes wait for each other here.
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
  async states(igUserId: string, targets: readonly Target[]): Promise<LikeState[]> {
    // One statement, and so one moment: a like that is begun and confirmed between two would show what never was.
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
      .where((where) => anyOf(where, targets))
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
          .where((where) => anyOf(where, targets)),
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
}

/** What `KeyedLock` puts in order: everything that is sent for one heart. */
export function heartOf(igUserId: string, { kind, id }: Target): string {
  return `like/${igUserId}/${kind}/${id}`;
}

function keyOf(
  igUserId: string,
  { kind, id }: Target,
): { ig_user_id: string; target_kind: TargetKind; target_id: string } {
  return { ig_user_id: igUserId, target_kind: kind, target_id: id };
}

function anyOf(
  where: ExpressionBuilder<LedgerSchema, 'likes' | 'like_attempts'>,
  targets: readonly Target[],
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
