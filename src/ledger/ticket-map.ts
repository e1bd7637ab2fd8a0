import { Inject, Injectable } from '@nestjs/common';
import type { LikeTarget } from '../common/like-target.js';
import { batchesOf, Database } from './database.js';

/** A resource that Zendesk made a ticket or a ticket's comment of. */
export interface TicketResource {
  readonly subdomain: string;
  readonly ticketId: number;
  readonly externalId: string;
  readonly mediaId: string;
  /** Undefined for the post itself. */
  readonly commentId: string | undefined;
  /** Whether the ticket was made of it. */
  readonly isFirst: boolean;
}

/** Which posts and comments are in which tickets, as Zendesk's events told. */
@Injectable()
export class TicketMap {
  constructor(@Inject(Database) private readonly database: Database) {}

  /**
   * Notes where resources went: those that this service handed out, and nothing else. What a ticket was first told to be made of stays:
   * nobody signs the events, and so nobody can turn a ticket's heart to something else.
   */
  async add(resources: readonly TicketResource[]): Promise<void> {
    // In one order, or two processes that insert the same could wait for each other.
    const known = (await this.knownOf(resources)).sort(
      ({ externalId: one }, { externalId: other }) => (one < other ? -1 : 1),
    );
    for (const some of batchesOf(known)) {
      await this.database.db
        .insertInto('ticket_resources')
        .values(
          some.map((resource) => ({
            subdomain: resource.subdomain,
            ticket_id: resource.ticketId,
            external_id: resource.externalId,
            media_id: resource.mediaId,
            comment_id: resource.commentId ?? null,
            is_first: resource.isFirst ? 1 : 0,
          })),
        )
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  }

  /**
   * What a ticket is about: the post or comment that it was made of, if that belongs to the account. Where that was never told, it is the post
   * that all its resources belong to.
   *
   * @param subdomain the Zendesk account, where the connected account tells it.
   */
  async targetOf(
    igUserId: string,
    subdomain: string | undefined,
    ticketId: number,
  ): Promise<LikeTarget | undefined> {
    const rows = await this.database.db
      .selectFrom('ticket_resources')
      .innerJoin('permalinks', 'permalinks.media_id', 'ticket_resources.media_id')
      .select(['ticket_resources.media_id', 'comment_id', 'is_first', 'subdomain'])
      .where('permalinks.ig_user_id', '=', igUserId)
      .where('ticket_id', '=', ticketId)
      .orderBy('external_id')
      .$if(subdomain !== undefined, (query) => query.where('subdomain', '=', subdomain ?? ''))
      .execute();
    // Without a subdomain, the same number may be another Zendesk's ticket: then nothing is told rather than a guess.
    if (new Set(rows.map((row) => row.subdomain)).size > 1) return undefined;
    const first =
      rows.find((row) => row.is_first === 1) ?? (rows.length === 1 ? rows[0] : undefined);
    const commentId = first?.comment_id ?? undefined;
    if (commentId !== undefined) return { kind: 'comment', id: commentId };
    const ofPosts = new Set((first === undefined ? rows : [first]).map((row) => row.media_id));
    const [mediaId] = ofPosts;
    return mediaId === undefined || ofPosts.size > 1 ? undefined : { kind: 'media', id: mediaId };
  }

  private async knownOf(resources: readonly TicketResource[]): Promise<TicketResource[]> {
    const known: TicketResource[] = [];
    for (const some of batchesOf(resources)) {
      const { db } = this.database;
      const mediaIds = some.map(({ mediaId }) => mediaId);
      const commentIds = some.map(({ commentId }) => commentId ?? '');
      const media = await db
        .selectFrom('permalinks')
        .select('media_id')
        .where('media_id', 'in', mediaIds)
        .execute();
      const comments = await db
        .selectFrom('comment_authors')
        .select(['media_id', 'comment_id'])
        .where('comment_id', 'in', commentIds)
        .execute();
      known.push(
        ...some.filter(({ mediaId, commentId }) =>
          commentId === undefined
            ? media.some((row) => row.media_id === mediaId)
            : comments.some((row) => row.comment_id === commentId && row.media_id === mediaId),
        ),
      );
    }
    return known;
  }
}
