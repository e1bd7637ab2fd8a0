import type { Expression } from 'kysely';
import type { LedgerConnection } from '../database/ledger.schema.js';
import { hasNoAttempt, hasNoLike } from './like-conditions.js';

/**
 * Deletes the likes and attempts of comments without making a later answer wrong.
 *
 * The attempts of a comment are deleted only together, when none of them can take effect or be
 * confirmed. Otherwise a later unlike would count as definite although an unanswered like can
 * still overtake it. Likes come first, as in `confirm`: the two then wait for each other, and an
 * attempt that is confirmed in between keeps the others.
 *
 * @param db a transaction.
 * @param settledAt attempts that began then or earlier cannot take effect any more.
 * @param until likes that were confirmed later stay; ISO 8601.
 */
export async function deleteCommentLikes(
  db: LedgerConnection,
  igUserId: string,
  commentIds: readonly string[],
  settledAt: Expression<string>,
  until: string | undefined,
): Promise<void> {
  await db
    .deleteFrom('likes')
    .where('ig_user_id', '=', igUserId)
    .where('target_kind', '=', 'comment')
    .where('target_id', 'in', commentIds)
    .$if(until !== undefined, (query) => query.where('changed_at', '<=', until ?? ''))
    .execute();
  await db
    .deleteFrom('like_attempts as attempt')
    .where('attempt.ig_user_id', '=', igUserId)
    .where('attempt.target_kind', '=', 'comment')
    .where('attempt.target_id', 'in', commentIds)
    .where(hasNoAttempt(igUserId, 'attempt.target_id', settledAt))
    .where(hasNoLike(igUserId, 'attempt.target_id'))
    .execute();
}

/**
 * Deletes old attempts with an unknown outcome. A like that such an attempt may have changed is
 * deleted first, so the heart becomes "not known". A like that all old attempts agree with stays.
 *
 * @param db a transaction.
 * @param until attempts that began then or earlier. They cannot take effect any more.
 * @param heartsMax how many hearts are handled.
 * @returns the number of these hearts.
 */
export async function deleteOldAttempts(
  db: LedgerConnection,
  until: Expression<string>,
  heartsMax: number,
): Promise<number> {
  const hearts = await db
    .selectFrom('like_attempts')
    .select(['ig_user_id', 'target_kind', 'target_id'])
    .distinct()
    .where('started_at', '<=', until)
    // One fixed order, so two processes cannot deadlock.
    .orderBy('ig_user_id')
    .orderBy('target_kind')
    .orderBy('target_id')
    .limit(heartsMax)
    .execute();
  for (const heart of hearts) {
    await db
      .deleteFrom('likes')
      .where((where) => where.and(heart))
      .where((where) =>
        where.exists(
          where
            .selectFrom('like_attempts')
            .select('id')
            .where((inner) => inner.and(heart))
            .where('started_at', '<=', until)
            .whereRef('like_attempts.liked', '!=', 'likes.liked'),
        ),
      )
      .execute();
    await db
      .deleteFrom('like_attempts')
      .where((where) => where.and(heart))
      .where('started_at', '<=', until)
      // A like that was confirmed meanwhile may disagree. The next sweep handles it.
      .where((where) =>
        where.not(
          where.exists(
            where
              .selectFrom('likes')
              .select('target_id')
              .where((inner) => inner.and(heart))
              .whereRef('likes.liked', '!=', 'like_attempts.liked'),
          ),
        ),
      )
      .execute();
  }
  return hearts.length;
}
