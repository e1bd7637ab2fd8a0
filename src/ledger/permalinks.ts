import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { batchesOf, Database } from './database.js';
import type { PermalinksTable } from './ledger.schema.js';

/** Where posts may be on the web. Nothing else is ever redirected to. */
const HOSTS: ReadonlySet<string> = new Set(['www.instagram.com', 'instagram.com']);
const PERMALINK_MAX_CHARS = 511;
/** Posts whose address is remembered as written; at about 150 bytes each they take 3 MB. */
const KNOWN_MAX = 20_000;
/** How long it is, in milliseconds: what was deleted meanwhile comes back with a later pull. */
const KNOWN_MS = 3_600_000;

/**
 * Where the accounts' posts are on the web. Zendesk's link to a message carries nothing but an `external_id`, so it has to be
 * looked up. What is lost comes back with the pulls.
 */
@Injectable()
export class Permalinks {
  /** What is written already; saves a write for each post of each pull. */
  private readonly known = new LRUCache<string, string>({ max: KNOWN_MAX, ttl: KNOWN_MS });

  constructor(private readonly database: Database) {}

  /** Notes the permalinks of an account's posts, by media id. */
  async remember(igUserId: string, permalinks: ReadonlyMap<string, string>): Promise<void> {
    const rows = [...permalinks]
      .map(([media_id, permalink]) => ({ media_id, ig_user_id: igUserId, permalink }))
      .filter((row) => toPermalink(row.permalink) !== undefined && this.isNews(row))
      // In one order, or two processes that write the same could wait for each other.
      .sort((one, other) => (one.media_id < other.media_id ? -1 : 1));
    for (const some of batchesOf(rows)) {
      await this.database.db
        .insertInto('permalinks')
        .values(some)
        .onConflict((conflict) =>
          conflict
            .columns(['media_id', 'ig_user_id'])
            .doUpdateSet((row) => ({ permalink: row.ref('excluded.permalink') })),
        )
        .execute();
      for (const row of some) this.known.set(keyOf(row), row.permalink);
    }
  }

  /** Where a post is; undefined where that is not known. */
  async permalinkOf(mediaId: string): Promise<string | undefined> {
    const row = await this.database.db
      .selectFrom('permalinks')
      .select('permalink')
      .where('media_id', '=', mediaId)
      .executeTakeFirst();
    return row === undefined ? undefined : toPermalink(row.permalink);
  }

  /** Whether a pull found the post among those of the account. */
  async isPostOf(igUserId: string, mediaId: string): Promise<boolean> {
    const row = await this.database.db
      .selectFrom('permalinks')
      .select('media_id')
      .where('media_id', '=', mediaId)
      .where('ig_user_id', '=', igUserId)
      .executeTakeFirst();
    return row !== undefined;
  }

  private isNews(row: PermalinksTable): boolean {
    return this.known.get(keyOf(row)) !== row.permalink;
  }
}

function keyOf({ ig_user_id, media_id }: PermalinksTable): string {
  return `${ig_user_id}/${media_id}`;
}

/** The address as browsers read it; undefined where it leads elsewhere than to Instagram. */
function toPermalink(text: string): string | undefined {
  if (text.length > PERMALINK_MAX_CHARS || !URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, href } = new URL(text);
  const isPlain = protocol === 'https:' && `${port}${username}${password}` === '';
  return isPlain && HOSTS.has(hostname) ? href : undefined;
}
