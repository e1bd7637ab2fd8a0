import { Injectable } from '@nestjs/common';
import { EventLog } from '../../common/logging/event-log.js';
import type { Target } from '../../domain/target.js';
import { ConnectedAccounts } from '../accounts/connected-accounts.js';
import type { TicketResourcesTable } from '../database/ledger.schema.js';
import { TicketStore } from './ticket-store.js';
import type { ZendeskNames } from '../accounts/zendesk-names.js';

/** Finds the post or comment of a ticket, from the rows that `TicketRecorder` stored. */
@Injectable()
export class TicketFinder {
  constructor(
    private readonly tickets: TicketStore,
    private readonly accounts: ConnectedAccounts,
    private readonly log: EventLog,
  ) {}

  /**
   * Finds the post or comment that a ticket was created from, if it belongs to the account. If the
   * start of a ticket is unknown, finds the post that all its resources belong to. A ticket number
   * is only a hint: it never leads to a post of another account.
   *
   * @param subdomain the Zendesk in the sealed account; undefined if the seal has none.
   */
  async findTarget(
    igUserId: string,
    subdomain: string | undefined,
    ticketId: number,
  ): Promise<Target | undefined> {
    const [names, rows] = await Promise.all([
      this.accounts.findNames({ igUserId, subdomain }),
      this.tickets.findTicket(igUserId, ticketId),
    ]);
    const ofTicket = selectRows(rows, names);
    await this.keep(igUserId, ticketId, ofTicket);
    return toTarget(ofTicket);
  }

  /** Keeps a ticket that is in use, with at most one write a day. */
  private async keep(
    igUserId: string,
    ticketId: number,
    rows: readonly TicketResourcesTable[],
  ): Promise<void> {
    if (rows.every((row) => row.used_on >= this.tickets.today)) return;
    try {
      await this.tickets.touch(igUserId, ticketId);
    } catch (error) {
      // The target is known without this write.
      this.log.unexpected('ledger.write_failed', error);
    }
  }
}

/**
 * Selects the rows under proven names, the name in the seal first. Other names count only if
 * nothing contradicts them.
 */
function selectRows(
  rows: readonly TicketResourcesTable[],
  { proven, mayBeRenamed }: ZendeskNames,
): readonly TicketResourcesTable[] {
  const own = proven.flatMap((name) => rows.filter((row) => row.subdomain === name));
  if (own.length > 0) return own;
  const others = new Set(rows.map((row) => row.subdomain));
  return mayBeRenamed && others.size === 1 ? rows : [];
}

function toTarget(rows: readonly TicketResourcesTable[]): Target | undefined {
  const first = rows.find((row) => row.is_first === 1) ?? (rows.length === 1 ? rows[0] : undefined);
  const commentId = first?.comment_id ?? undefined;
  if (commentId !== undefined) return { kind: 'comment', id: commentId };
  const posts = new Set((first === undefined ? rows : [first]).map((row) => row.media_id));
  const [mediaId] = posts;
  return mediaId === undefined || posts.size > 1 ? undefined : { kind: 'media', id: mediaId };
}
