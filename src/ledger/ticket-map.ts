import { Inject, Injectable } from '@nestjs/common';
import type { LikeTarget } from '../common/like-target.js';
import { Database } from './database.js';

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
   * Notes where resources went. What is known already stays: nobody signs the events, and so nobody can turn a ticket's heart to
   * something else.
   */
  async add(resources: readonly TicketResource[]): Promise<void> {
    if (resources.length === 0) return;
    // In one order, or two processes that insert the same could wait for each other.
    const sorted = [...resources].sort((a, b) => (a.externalId < b.externalId ? -1 : 1));
    await this.database.db
      .insertInto('ticket_resources')
      .values(
        sorted.map((resource) => ({
          subdomain: resource.subdomain,
          ticket_id: resource.ticketId,
          external_id: resource.externalId,
          media_id: resource.mediaId,
          comment_id: resource.commentId ?? null,
          is_first: resource.isFirst ? 1 : 0,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['subdomain', 'ticket_id', 'external_id']).doNothing(),
      )
      .execute();
  }

  /**
   * What a ticket is about: the post or comment that it was made of, if that belongs to the account.
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
    const row = rows.find((each) => each.is_first === 1) ?? rows[0];
    if (row === undefined) return undefined;
    return row.comment_id === null
      ? { kind: 'media', id: row.media_id }
      : { kind: 'comment', id: row.comment_id };
  }
}
