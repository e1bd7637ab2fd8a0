import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { hash } from '../../common/hash.js';
import { isoTime } from '../../common/iso-time.js';
import { LATE_EFFECT_MS } from '../../common/late-effect.js';
import type { CommentBatch, CommentRow } from '../pulls/comment-batch.js';
import { Database } from '../database/database.js';
import type { AccountsQuery, LedgerConnection } from '../database/ledger.schema.js';
import { hasNoAttempt, hasNoLike } from '../likes/like-conditions.js';
import { toBatches } from '../database/row-batches.js';

/** A comment and its author. */
export interface Authorship {
  readonly commentId: string;
  readonly mediaId: string;
  readonly authorId: string;
}

/** Comments of deleted authors for one run of the sweep. The next run follows within a minute. */
const SWEEP_MAX = 1000;
const COMMENT_COLUMNS = ['comment_id', 'media_id', 'ig_user_id'] as const;

/**
 * The authors of the comments that pulls returned, kept only to delete the data about a person on
 * request. Owns `comment_authors`.
 */
@Injectable()
export class CommentAuthors {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async remember(igUserId: string, authorships: readonly Authorship[]): Promise<void> {
    // One fixed order, so two processes that insert the same rows cannot deadlock.
    const sorted = [...authorships].sort((a, b) => (a.commentId < b.commentId ? -1 : 1));
    for (const some of toBatches(sorted)) {
      await this.database.db
        .insertInto('comment_authors')
        .values(
          some.map((each) => ({
            comment_id: each.commentId,
            media_id: each.mediaId,
            author_id: each.authorId,
            ig_user_id: igUserId,
            forgotten_at: null,
            erase_at: null,
          })),
        )
        .onConflict((conflict) => conflict.columns(['comment_id', 'ig_user_id']).doNothing())
        .execute();
    }
  }

  /** Finds the comments of these ids that were returned by pulls, for every account. */
  async find(commentIds: readonly string[]): Promise<CommentRow[]> {
    return this.database.db
      .selectFrom('comment_authors')
      .select(COMMENT_COLUMNS)
      .where('comment_id', 'in', commentIds)
      .execute();
  }

  /**
   * Replaces an author's id by its hash, so another deletion still finds the comments.
   *
   * @param db a transaction.
   * @param accounts whose comments are meant.
   * @returns the author's known comments.
   */
  async forget(
    db: LedgerConnection,
    authorId: string,
    accounts: AccountsQuery | string[],
  ): Promise<CommentRow[]> {
    const now = this.clock.now();
    const authorHash = hash(`author/${authorId}`);
    return db
      .updateTable('comment_authors')
      .set((set) => ({
        author_id: authorHash,
        forgotten_at: set.fn.coalesce('forgotten_at', set.val(isoTime(now))),
        erase_at: isoTime(now + LATE_EFFECT_MS),
      }))
      .where('author_id', 'in', [authorId, authorHash])
      .where('ig_user_id', 'in', accounts)
      .returning(COMMENT_COLUMNS)
      .execute();
  }

  /** Lists comments whose attempts at the time of the deletion have settled. */
  async listSettled(): Promise<(CommentRow & { erase_at: string })[]> {
    return this.database.db
      .selectFrom('comment_authors')
      .select([...COMMENT_COLUMNS, 'erase_at'])
      .where('erase_at', '<=', isoTime(this.clock.now()))
      .$narrowType<{ erase_at: string }>()
      .limit(SWEEP_MAX)
      .execute();
  }

  /**
   * Records that the remains of these attempts are deleted.
   *
   * @param db a transaction.
   * @param eraseAt a later deletion of the author has another time and stays open.
   */
  async markErased(
    db: LedgerConnection,
    { account, ids }: CommentBatch,
    eraseAt: string,
  ): Promise<void> {
    await db
      .updateTable('comment_authors')
      .set({ erase_at: null })
      .where('ig_user_id', '=', account)
      .where('comment_id', 'in', ids)
      .where('erase_at', '=', eraseAt)
      .execute();
  }

  /** Lists comments whose author was deleted then or before; ISO 8601. */
  async listForgotten(until: string): Promise<CommentRow[]> {
    return this.database.db
      .selectFrom('comment_authors')
      .select(COMMENT_COLUMNS)
      .where('forgotten_at', '<=', until)
      .limit(SWEEP_MAX)
      .execute();
  }

  /**
   * Deletes the rows of comments whose author was deleted then or before. Comments that have
   * attempts in progress, or were liked since, stay.
   *
   * @param db a transaction.
   */
  async deleteForgotten(
    db: LedgerConnection,
    { account, ids }: CommentBatch,
    until: string,
  ): Promise<void> {
    await db
      .deleteFrom('comment_authors as comment')
      .where('comment.ig_user_id', '=', account)
      .where('comment.comment_id', 'in', ids)
      .where('comment.forgotten_at', '<=', until)
      .where(hasNoLike(account, 'comment.comment_id'))
      .where(hasNoAttempt(account, 'comment.comment_id'))
      .execute();
  }

  /** @param db a transaction. */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    await db.deleteFrom('comment_authors').where('ig_user_id', 'in', accounts).execute();
  }
}
