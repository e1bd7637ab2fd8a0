import { Injectable } from '@nestjs/common';
import { ServiceError } from '../common/errors/service-error.js';
import type { Target } from '../domain/target.js';
import type { Account } from '../domain/account.js';
import { TicketFinder } from '../ledger/tickets/ticket-finder.js';
import type { TargetFields } from './target.dto.js';

/** Finds the post or comment that a call is about. */
@Injectable()
export class TargetResolver {
  constructor(private readonly tickets: TicketFinder) {}

  /**
   * Returns the target that validated fields name.
   *
   * @throws {ServiceError} `ticket_unknown`.
   */
  async resolve(account: Account, target: TargetFields): Promise<Target> {
    const { media_id: mediaId, comment_id: commentId, ticket_id: ticketId } = target;
    if (mediaId !== undefined) return { kind: 'media', id: mediaId };
    if (commentId !== undefined) return { kind: 'comment', id: commentId };
    if (ticketId === undefined) throw new TypeError('validated fields always name a target');
    const found = await this.tickets.findTarget(account.igUserId, account.subdomain, ticketId);
    if (found !== undefined) return found;
    throw new ServiceError(
      'ticket_unknown',
      'This service knows no photo or comment of the connected account for this ticket.',
      { fix: 'Zendesk reports a new ticket within minutes. Try again then.' },
    );
  }
}
