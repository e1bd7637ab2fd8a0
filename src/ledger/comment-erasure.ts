import { type Expression, expressionBuilder, type Kysely, sql, type SqlBool } from 'kysely';
import { isoTime } from '../common/iso-time.js';
import { toExternalId } from '../domain/external-id.js';
import { batchesOf } from './database.js';
import type { LedgerSchema } from './ledger.schema.js';
import { LATE_EFFECT_MS } from './like-ledger.js';

export interface KnownComment {
  readonly comment_id: string;
  readonly media_id: string;
  readonly ig_user_id: string;
}

/** Comments of one account, as many as one statement takes. */
export interface CommentBatch {
  readonly account: string;
  readonly ids: readonly string[];
  readonly externalIds: readonly string[];
}

export function commentBatches(comments: readonly KnownComment[]): CommentBatch[] {
  const byAccount = new Map<string, KnownComment[]>();
  for (const comment of comments) {
    const ofAccount = byAccount.get(comment.ig_user_id) ?? [];
    byAccount.set(comment.ig_user_id, [...ofAccount, comment]);
  }
  return [...byAccount].flatMap(([account, all]) =>
    batchesOf(all).map((some) => ({
      account,
      ids: some.map((comment) => comment.comment_id),
      externalIds: some.map(({ media_id: mediaId, comment_id: commentId }) =>
        toExternalId({ kind: 'comment', mediaId, commentId }),
      ),
    })),
  );
}

/**
 * Deletes what is known about likes of comments, without making a later answer wrong. In a
 * transaction.
 *
 * Attempts of a comment go only together, once none of them can take effect or be confirmed any
 * more: a lost like that goes early would leave the answer definite after the unlike that it can
 * still overtake. Likes go first, as `LikeLedger.confirm` writes them first: so the two wait for
 * each other, and an attempt that is confirmed in between keeps the others.
 *
 * @param until likes that were confirmed later stay; ISO 8601.
 */
export async function eraseLikes(
  db: Kysely<LedgerSchema>,
  { account, ids }: CommentBatch,
  now: number,
  until?: string,
): Promise<void> {
  await db
    .deleteFrom('likes')
    .where('ig_user_id', '=', account)
    .where('target_kind', '=', 'comment')
    .where('target_id', 'in', ids)
    .$if(until !== undefined, (query) => query.where('changed_at', '<=', until ?? ''))
    .execute();
  await db
    .deleteFrom('like_attempts as attempt')
    .where('attempt.ig_user_id', '=', account)
    .where('attempt.target_kind', '=', 'comment')
    .where('attempt.target_id', 'in', ids)
    .where(hasNoAttempt(account, 'attempt.target_id', isoTime(now - LATE_EFFECT_MS)))
    .where(isNotLiked(account, 'attempt.target_id'))
    .execute();
}

/** Deletes where comments are in tickets. */
export async function eraseTickets(
  db: Kysely<LedgerSchema>,
  { account, externalIds }: CommentBatch,
): Promise<void> {
  await db
    .deleteFrom('ticket_resources')
    .where('ig_user_id', '=', account)
    .where('external_id', 'in', externalIds)
    .execute();
}

/**
 * Deletes whose the comments were, except of those that have attempts under way or were liked
 * meanwhile.
 */
export async function eraseAuthors(
  db: Kysely<LedgerSchema>,
  { account, ids }: CommentBatch,
  forgottenUntil: string,
): Promise<void> {
  await db
    .deleteFrom('comment_authors as comment')
    .where('comment.ig_user_id', '=', account)
    .where('comment.comment_id', 'in', ids)
    .where('comment.forgotten_at', '<=', forgottenUntil)
    .where(isNotLiked(account, 'comment.comment_id'))
    .where(hasNoAttempt(account, 'comment.comment_id'))
    .execute();
}

/** That the account likes no comment of the id in an outer column. */
function isNotLiked(account: string, idColumn: string): Expression<SqlBool> {
  const where = expressionBuilder<LedgerSchema>();
  return where.not(
    where.exists(
      where
        .selectFrom('likes as like')
        .select('like.target_id')
        .where('like.ig_user_id', '=', account)
        .where('like.target_kind', '=', 'comment')
        .where('like.target_id', '=', sql.ref<string>(idColumn)),
    ),
  );
}

/** That no attempt began, after `since` where it is given, for the comment of the id in an outer column. */
function hasNoAttempt(account: string, idColumn: string, since?: string): Expression<SqlBool> {
  const where = expressionBuilder<LedgerSchema>();
  return where.not(
    where.exists(
      where
        .selectFrom('like_attempts as other')
        .select('other.id')
        .where('other.ig_user_id', '=', account)
        .where('other.target_kind', '=', 'comment')
        .where('other.target_id', '=', sql.ref<string>(idColumn))
        .$if(since !== undefined, (query) => query.where('other.started_at', '>', since ?? '')),
    ),
  );
}
