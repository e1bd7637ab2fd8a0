import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { atMost } from '../../common/at-most.js';
import { Database } from '../database/database.js';
import type { LedgerConnection, PermalinksTable } from '../database/ledger.schema.js';
import { toBatches } from '../database/row-batches.js';

/** The hosts of posts. The service redirects to no other host. */
const HOSTS: ReadonlySet<string> = new Set(['www.instagram.com', 'instagram.com']);
const PERMALINK_MAX_CHARS = 511;
/** Permalinks remembered as written. Each needs about 150 bytes, so all need 3 MB. */
const WRITTEN_MAX = 20_000;
/** How long they are remembered. A row that was deleted meanwhile returns with a later pull. */
const WRITTEN_MS = 3_600_000;

/**
 * The web addresses of the accounts' posts. Zendesk's link to a message contains only an
 * `external_id`, so the address has to be looked up. A lost row returns with the next pull. Owns
 * `permalinks`.
 */
@Injectable()
export class Permalinks {
  /** Permalinks that are already stored; saves a write for each post of each pull. */
  private readonly written = new LRUCache<string, string>({
    ...atMost(WRITTEN_MAX),
    ttl: WRITTEN_MS,
  });

  constructor(private readonly database: Database) {}

  /** Stores the permalinks of an account's posts, by media id. */
  async remember(igUserId: string, permalinks: ReadonlyMap<string, string>): Promise<void> {
    const rows = [...permalinks]
      .map(([media_id, permalink]) => ({ media_id, ig_user_id: igUserId, permalink }))
      .filter((row) => toPermalink(row.permalink) !== undefined && !this.isWritten(row))
      // One fixed order, so two processes that write the same rows cannot deadlock.
      .sort((one, other) => (one.media_id < other.media_id ? -1 : 1));
    for (const some of toBatches(rows)) {
      await this.database.db
        .insertInto('permalinks')
        .values(some)
        .onConflict((conflict) =>
          conflict
            .columns(['media_id', 'ig_user_id'])
            .doUpdateSet((row) => ({ permalink: row.ref('excluded.permalink') })),
        )
        .execute();
      for (const row of some) this.written.set(toCacheKey(row), row.permalink);
    }
  }

  /** Finds the address of a post. */
  async find(mediaId: string): Promise<string | undefined> {
    const row = await this.database.db
      .selectFrom('permalinks')
      .select('permalink')
      .where('media_id', '=', mediaId)
      .executeTakeFirst();
    return row === undefined ? undefined : toPermalink(row.permalink);
  }

  /** Whether a pull found the post among the account's posts. */
  async hasPost(igUserId: string, mediaId: string): Promise<boolean> {
    const row = await this.database.db
      .selectFrom('permalinks')
      .select('media_id')
      .where('media_id', '=', mediaId)
      .where('ig_user_id', '=', igUserId)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Finds the posts of these ids that were returned by pulls, for every account. */
  findPosts(
    mediaIds: readonly string[],
  ): Promise<Pick<PermalinksTable, 'media_id' | 'ig_user_id'>[]> {
    return this.database.db
      .selectFrom('permalinks')
      .select(['media_id', 'ig_user_id'])
      .where('media_id', 'in', mediaIds)
      .execute();
  }

  /** @param db a transaction. */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    await db.deleteFrom('permalinks').where('ig_user_id', 'in', accounts).execute();
  }

  private isWritten(row: PermalinksTable): boolean {
    return this.written.get(toCacheKey(row)) === row.permalink;
  }
}

function toCacheKey({ ig_user_id, media_id }: PermalinksTable): string {
  return `${ig_user_id}/${media_id}`;
}

/** Normalises the address as browsers do; undefined if it does not lead to Instagram. */
function toPermalink(text: string): string | undefined {
  if (text.length > PERMALINK_MAX_CHARS || !URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, href } = new URL(text);
  const isPlain = protocol === 'https:' && `${port}${username}${password}` === '';
  return isPlain && HOSTS.has(hostname) ? href : undefined;
}
