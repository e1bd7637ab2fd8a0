import { toExternalId } from '../../domain/external-id.js';
import type { CommentAuthorsTable } from '../database/ledger.schema.js';
import { toBatches } from '../database/row-batches.js';

export type CommentRow = Pick<CommentAuthorsTable, 'comment_id' | 'media_id' | 'ig_user_id'>;

/** Comments of one account, at most as many as one statement can hold. */
export interface CommentBatch {
  readonly account: string;
  readonly ids: readonly string[];
  readonly externalIds: readonly string[];
}

export function toCommentBatches(comments: readonly CommentRow[]): CommentBatch[] {
  const byAccount = new Map<string, CommentRow[]>();
  for (const comment of comments) {
    const ofAccount = byAccount.get(comment.ig_user_id) ?? [];
    byAccount.set(comment.ig_user_id, [...ofAccount, comment]);
  }
  return [...byAccount].flatMap(([account, all]) =>
    toBatches(all).map((some) => ({
      account,
      ids: some.map((comment) => comment.comment_id),
      externalIds: some.map(({ media_id: mediaId, comment_id: commentId }) =>
        toExternalId({ kind: 'comment', mediaId, commentId }),
      ),
    })),
  );
}
