import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { isoTime } from '../../common/iso-time.js';
import { CommentAuthors } from './comment-authors.js';
import { type CommentRow, toCommentBatches } from '../pulls/comment-batch.js';
import { ConnectedAccounts } from '../accounts/connected-accounts.js';
import { Database } from '../database/database.js';
import { LikeLedger } from '../likes/like-ledger.js';
import { TicketStore } from '../tickets/ticket-store.js';

/** The accounts of a deletion: one account, or all accounts that are connected to one Zendesk. */
type DeletionScope = { readonly igUserId: string } | { readonly subdomain: string };

/**
 * How long a deleted author's comments stay known by the hash, so another deletion finds them: an
 * event may be forged, and likes can be set after it. Zendesk purges a deleted user after 30 days,
 * so the real deletion has come by then.
 */
export const TOMBSTONE_MS = 30 * 86_400_000;

/** Deletes the data about the author of comments. */
@Injectable()
export class AuthorDeletionService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly authors: CommentAuthors,
    private readonly accounts: ConnectedAccounts,
    private readonly likes: LikeLedger,
    private readonly tickets: TicketStore,
  ) {}

  /**
   * Deletes the likes of a person's comments and the comments' tickets. Attempts that may still
   * take effect stay until `sweep` deletes them later. The comments stay known by a hash of the
   * author for `TOMBSTONE_MS`.
   *
   * @returns the number of the person's known comments.
   */
  async delete(authorId: string, scope: DeletionScope): Promise<number> {
    return this.database.db.transaction().execute(async (db) => {
      const accounts =
        'igUserId' in scope ? [scope.igUserId] : this.accounts.selectAt(scope.subdomain);
      const comments = await this.authors.forget(db, authorId, accounts);
      for (const batch of toCommentBatches(comments)) {
        await this.likes.deleteComments(db, batch.account, batch.ids);
        await this.tickets.deleteResources(db, batch.account, batch.externalIds);
      }
      return comments.length;
    });
  }

  /**
   * Deletes the remains of attempts that were in progress at a deletion, and after `TOMBSTONE_MS`
   * the remaining data about the comments.
   */
  async sweep(): Promise<void> {
    const settled = await this.authors.listSettled();
    for (const eraseAt of new Set(settled.map((row) => row.erase_at))) {
      await this.deleteSettled(
        settled.filter((row) => row.erase_at === eraseAt),
        eraseAt,
      );
    }
    const until = isoTime(this.clock.now() - TOMBSTONE_MS);
    for (const batch of toCommentBatches(await this.authors.listForgotten(until))) {
      await this.database.db.transaction().execute(async (db) => {
        await this.likes.deleteComments(db, batch.account, batch.ids);
        await this.tickets.deleteResources(db, batch.account, batch.externalIds);
        await this.authors.deleteForgotten(db, batch, until);
      });
    }
  }

  /**
   * Deletes the likes that were confirmed by then. Likes that an agent set later stay until the
   * comment expires.
   */
  private async deleteSettled(comments: readonly CommentRow[], eraseAt: string): Promise<void> {
    for (const batch of toCommentBatches(comments)) {
      await this.database.db.transaction().execute(async (db) => {
        await this.likes.deleteComments(db, batch.account, batch.ids, eraseAt);
        await this.authors.markErased(db, batch, eraseAt);
      });
    }
  }
}
