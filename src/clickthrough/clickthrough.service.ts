import { Injectable } from '@nestjs/common';
import { parseExternalId } from '../domain/external-id.js';
import { Permalinks } from '../ledger/tickets/permalinks.js';

/** Finds the post on Instagram for Zendesk's link from a ticket's comment. */
@Injectable()
export class ClickthroughService {
  constructor(private readonly permalinks: Permalinks) {}

  /**
   * Finds the address of a post, or of the post of a comment.
   *
   * @param externalId as it came in the query; may be any value.
   */
  async findPermalink(externalId: unknown): Promise<string | undefined> {
    const resource = typeof externalId === 'string' ? parseExternalId(externalId) : undefined;
    return resource === undefined ? undefined : this.permalinks.find(resource.mediaId);
  }
}
