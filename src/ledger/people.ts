import { Inject, Injectable } from '@nestjs/common';
import { batchesOf, Database } from './database.js';

/** Whose a comment is. */
export interface Authorship {
  readonly commentId: string;
  readonly mediaId: string;
  readonly authorId: string;
}

/** Whose comments were handed out: kept only so that what is known about a person can be deleted. */
@Injectable()
export class People {
  constructor(@Inject(Database) private readonly database: Database) {}

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
          })),
        )
        .onConflict((conflict) => conflict.column('comment_id').doNothing())
        .execute();
    }
  }

  /**
   * Deletes what is kept about a person's comments: likes of them, and where they are in tickets.
   *
   * @param igUserId where it is known for which account the person is to be forgotten.
   * @returns how many comments that were.
   */
  async forget(authorId: string, igUserId: string | undefined): Promise<number> {
    return this.database.db.transaction().execute(async (db) => {
      const rows = await db
        .selectFrom('comment_authors')
        .select('comment_id')
        .where('author_id', '=', authorId)
        .$if(igUserId !== undefined, (query) => query.where('ig_user_id', '=', igUserId ?? ''))
        .execute();
      const ids = rows.map(({ comment_id: id }) => id);
      for (const some of batchesOf(ids)) {
        for (const table of ['likes', 'like_attempts'] as const) {
          await db
            .deleteFrom(table)
            .where('target_kind', '=', 'comment')
            .where('target_id', 'in', some)
            .execute();
        }
        await db.deleteFrom('ticket_resources').where('comment_id', 'in', some).execute();
        await db.deleteFrom('comment_authors').where('comment_id', 'in', some).execute();
      }
      return ids.length;
    });
  }
}
