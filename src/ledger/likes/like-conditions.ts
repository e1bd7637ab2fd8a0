import { type Expression, expressionBuilder, sql, type SqlBool } from 'kysely';
import type { Target, TargetKind } from '../../domain/target.js';
import type { LedgerSchema } from '../database/ledger.schema.js';

interface TargetColumns {
  ig_user_id: string;
  target_kind: TargetKind;
  target_id: string;
}

export function toTargetColumns(igUserId: string, { kind, id }: Target): TargetColumns {
  return { ig_user_id: igUserId, target_kind: kind, target_id: id };
}

/**
 * Requires that no like of a comment is stored.
 *
 * @param idColumn a column of the outer statement with the comment's id.
 */
export function hasNoLike(account: string, idColumn: string): Expression<SqlBool> {
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

/**
 * Requires that no attempt for a comment is stored.
 *
 * @param idColumn a column of the outer statement with the comment's id.
 * @param since ignores attempts that began then or earlier.
 */
export function hasNoAttempt(
  account: string,
  idColumn: string,
  since?: Expression<string>,
): Expression<SqlBool> {
  const where = expressionBuilder<LedgerSchema>();
  return where.not(
    where.exists(
      where
        .selectFrom('like_attempts as other')
        .select('other.id')
        .where('other.ig_user_id', '=', account)
        .where('other.target_kind', '=', 'comment')
        .where('other.target_id', '=', sql.ref<string>(idColumn))
        .$if(since !== undefined, (query) =>
          query.where('other.started_at', '>', since ?? sql.val('')),
        ),
    ),
  );
}
