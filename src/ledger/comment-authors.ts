import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Kysely } from 'kysely';
import { Clock } from '../common/clock.js';
import { isoTime } from '../common/iso-time.js';
import {
  commentBatches,
  eraseAuthors,
  eraseLikes,
  eraseTickets,
  type KnownComment,
} from './comment-erasure.js';
import { batchesOf, Database } from './database.js';
import type { LedgerSchema } from './ledger.schema.js';
import { LATE_EFFECT_MS } from './like-ledger.js';
import { accountsAt, type AccountsQuery } from './zendesk-names.js';

/** Whose a comment is. */
export interface Authorship {
  readonly commentId: string;
  readonly mediaId: string;
  readonly authorId: string;
}

/**
 * For which accounts a person is to be forgotten: for one, or for all that are connected at one
 * Zendesk.
 */
export type DeletionScope = { readonly igUserId: string } | { readonly subdomain: string };

/**
 * How long it is kept which comments were the person's, so that another deletion finds them: an
 * event may be forged, and likes can be set after it. Zendesk purges a deleted user after 30 days,
 * so the real deletion has come by then.
 */
export const TOMBSTONE_MS = 30 * 86_400_000;
/** Comments that one sweep looks at. The next one follows within a minute. */
const SWEEP_MAX = 1000;

/** Whose comments were handed out: kept only so that what is known about a person can be deleted. */
@Injectable()
export class CommentAuthors {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async remember(igUserId: string, authorships: readonly Authorship[]): Promise<void> {
    // In one order, or two processes that insert the same could wait for each other.
    const sorted = [...authorships].sort((a, b) => (a.commentId < b.commentId ? -1 : 1));
    for (const some of batchesOf(sorted)) {
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

  /**
   * Deletes what is kept about a person's comments: likes of them, and where they are in tickets.
   * Attempts that may still take effect stay until they cannot (`sweep`). The comments stay known
   * by a hash of the author for `TOMBSTONE_MS`.
   *
   * @returns how many comments of the person were known.
   */
  async forget(authorId: string, scope: DeletionScope): Promise<number> {
    const now = this.clock.now();
    const hash = hashOf(authorId);
    return this.database.db.transaction().execute(async (db) => {
      const comments = await db
        .updateTable('comment_authors')
        .set((set) => ({
          author_id: hash,
          forgotten_at: set.fn.coalesce('forgotten_at', set.val(isoTime(now))),
          erase_at: isoTime(now + LATE_EFFECT_MS),
        }))
        .where('author_id', 'in', [authorId, hash])
        .where('ig_user_id', 'in', accountsIn(db, scope))
        .returning(['comment_id', 'media_id', 'ig_user_id'])
        .execute();
      for (const batch of commentBatches(comments)) {
        await eraseLikes(db, batch, now);
        await eraseTickets(db, batch);
      }
      return comments.length;
    });
  }

  /**
   * Deletes what attempts left that were under way at a deletion, and all that is left of comments
   * after `TOMBSTONE_MS`.
   */
  async sweep(): Promise<void> {
    const now = this.clock.now();
    const { db } = this.database;
    const settled = await db
      .selectFrom('comment_authors')
      .select(['comment_id', 'media_id', 'ig_user_id', 'erase_at'])
      .where('erase_at', '<=', isoTime(now))
      .limit(SWEEP_MAX)
      .execute();
    for (const at of new Set(settled.map((row) => row.erase_at ?? ''))) {
      await this.settle(
        settled.filter((row) => row.erase_at === at),
        at,
        now,
      );
    }
    const forgottenUntil = isoTime(now - TOMBSTONE_MS);
    const expired = await db
      .selectFrom('comment_authors')
      .select(['comment_id', 'media_id', 'ig_user_id'])
      .where('forgotten_at', '<=', forgottenUntil)
      .limit(SWEEP_MAX)
      .execute();
    for (const batch of commentBatches(expired)) {
      await db.transaction().execute(async (transaction) => {
        await eraseLikes(transaction, batch, now);
        await eraseTickets(transaction, batch);
        await eraseAuthors(transaction, batch, forgottenUntil);
      });
    }
  }

  /**
   * Deletes what was confirmed until then. Likes that an agent set later stay until the comment
   * expires.
   */
  private async settle(comments: readonly KnownComment[], at: string, now: number): Promise<void> {
    for (const batch of commentBatches(comments)) {
      await this.database.db.transaction().execute(async (db) => {
        await eraseLikes(db, batch, now, at);
        await db
          .updateTable('comment_authors')
          .set({ erase_at: null })
          .where('ig_user_id', '=', batch.account)
          .where('comment_id', 'in', batch.ids)
          .where('erase_at', '=', at)
          .execute();
      });
    }
  }
}

function accountsIn(db: Kysely<LedgerSchema>, scope: DeletionScope): AccountsQuery | string[] {
  return 'igUserId' in scope ? [scope.igUserId] : accountsAt(db, scope.subdomain);
}

function hashOf(authorId: string): string {
  return createHash('sha256').update(`author/${authorId}`).digest('base64url');
}
