import { Injectable } from '@nestjs/common';
import { CommentAuthors } from '../deletion/comment-authors.js';
import { ConnectedAccounts } from '../accounts/connected-accounts.js';
import { Database } from '../database/database.js';
import type { TicketResourcesTable } from '../database/ledger.schema.js';
import { Permalinks } from './permalinks.js';
import { toBatches } from '../database/row-batches.js';
import {
  type MentionRow,
  type TicketMention,
  toMentionRow,
  toRowKey,
  toTicketKey,
} from './ticket-mention.js';
import { TicketStore } from './ticket-store.js';
import type { ZendeskNames } from '../accounts/zendesk-names.js';

/**
 * Tickets kept for one resource at one Zendesk. Zendesk puts a resource in one ticket and reports
 * two numbers for a follow-up; the rest is for a repeat with other numbers. Events are unsigned, so
 * the sender must not decide how much is stored.
 */
export const TICKETS_PER_RESOURCE = 4;
/** A row has about 250 bytes, indexes included, so an account uses at most 25 MB. */
export const ROWS_PER_ACCOUNT = 100_000;

/** Stores which posts and comments are in which tickets, for `TicketFinder`. */
@Injectable()
export class TicketRecorder {
  constructor(
    private readonly database: Database,
    private readonly tickets: TicketStore,
    private readonly accounts: ConnectedAccounts,
    private readonly permalinks: Permalinks,
    private readonly authors: CommentAuthors,
  ) {}

  /**
   * Records tickets of resources that this service returned for an account that is connected to the
   * Zendesk. A later event does not change the first resource of a ticket.
   *
   * @returns the number of mentions that cannot change anything: their resource is unknown or
   * already has its `TICKETS_PER_RESOURCE`.
   */
  async add(subdomain: string, mentions: readonly TicketMention[]): Promise<number> {
    let useless = 0;
    for (const some of toBatches(mentions)) useless += await this.addBatch(subdomain, some);
    return useless;
  }

  private async addBatch(subdomain: string, mentions: readonly TicketMention[]): Promise<number> {
    const owners = await this.findOwners(mentions);
    const names = await this.accounts.findNamesByAccount([...new Set([...owners.values()].flat())]);
    const used_on = this.tickets.today;
    let useless = 0;
    const found = new Map<string, MentionRow>();
    for (const mention of mentions) {
      const connected = (owners.get(mention.externalId) ?? []).filter((owner) =>
        mayBelongTo(names.get(owner), subdomain),
      );
      if (connected.length === 0) useless += 1;
      for (const ig_user_id of connected) {
        const mentionRow = toMentionRow(mention, { ig_user_id, subdomain, used_on });
        found.set(toRowKey(mentionRow.row), mentionRow);
      }
    }
    return useless + (await this.insert([...found.values()]));
  }

  /** Finds the accounts that the resources were returned for, by `external_id`. */
  private async findOwners(
    mentions: readonly TicketMention[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const posts = await this.permalinks.findPosts(mentions.map(({ mediaId }) => mediaId));
    const comments = await this.authors.find(mentions.map(({ commentId }) => commentId ?? ''));
    const owners = new Map<string, string[]>();
    const add = (externalId: string, owner: string): void => {
      owners.set(externalId, [...(owners.get(externalId) ?? []), owner]);
    };
    for (const row of posts) add(`media:${row.media_id}`, row.ig_user_id);
    for (const row of comments) add(`comment:${row.media_id}:${row.comment_id}`, row.ig_user_id);
    return owners;
  }

  /** Returns the number of rows without room. */
  private async insert(found: readonly MentionRow[]): Promise<number> {
    if (found.length === 0) return 0;
    const stored = await this.tickets.findResources(pickRows(found));
    const known = new Set(stored.map(toRowKey));
    const fresh = found.filter(({ row }) => !known.has(toRowKey(row)));
    const accounts = [...new Set(fresh.map(({ row }) => row.ig_user_id))].sort();
    if (accounts.length === 0) return 0;
    return this.database.db.transaction().execute(async (db) => {
      // Calls that arrive together count their rows one after the other.
      await this.accounts.lockRows(db, accounts);
      const names = await this.accounts.findNamesByAccount(accounts, db);
      const quota = new TicketQuota(await this.tickets.findResources(pickRows(fresh), db), names);
      const followed = fresh.filter(({ place }) => place === 'followed');
      const begun = await this.tickets.findTicketKeys(db, pickRows(followed));
      const fitting = fresh
        .filter(({ row, place }) => place !== 'followed' || !begun.has(toTicketKey(row)))
        .filter(({ row }) => quota.reserve(row));
      if (fitting.length > 0) {
        await this.tickets.insert(db, pickRows(fitting));
        for (const account of accounts) await this.tickets.trim(db, account, ROWS_PER_ACCOUNT);
      }
      return quota.refused;
    });
  }
}

/**
 * Counts the tickets of each resource: each proven name by itself, all other names of Zendesks
 * together.
 */
class TicketQuota {
  refused = 0;
  private readonly used = new Map<string, number>();

  constructor(
    stored: readonly TicketResourcesTable[],
    private readonly names: ReadonlyMap<string, ZendeskNames>,
  ) {
    for (const row of stored) this.count(this.toKey(row));
  }

  reserve(row: TicketResourcesTable): boolean {
    const key = this.toKey(row);
    const fits = (this.used.get(key) ?? 0) < TICKETS_PER_RESOURCE;
    if (fits) this.count(key);
    else this.refused += 1;
    return fits;
  }

  private count(key: string): void {
    this.used.set(key, (this.used.get(key) ?? 0) + 1);
  }

  private toKey({ ig_user_id: account, subdomain, external_id }: TicketResourcesTable): string {
    const isProven = this.names.get(account)?.proven.includes(subdomain) === true;
    return [account, external_id, isProven ? subdomain : ''].join('/');
  }
}

function mayBelongTo(names: ZendeskNames | undefined, subdomain: string): boolean {
  return names !== undefined && (names.proven.includes(subdomain) || names.mayBeRenamed);
}

function pickRows(found: readonly MentionRow[]): TicketResourcesTable[] {
  return found.map(({ row }) => row);
}
