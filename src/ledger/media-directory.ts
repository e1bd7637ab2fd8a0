import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from './database.js';

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
export class MediaDirectory {
  /** What is written already; saves a write for each post of each pull. */
  private readonly known = new LRUCache<string, string>({ max: KNOWN_MAX, ttl: KNOWN_MS });

  constructor(@Inject(Database) private readonly database: Database) {}

  /** Notes the permalinks of an account's posts, by media id. */
  async remember(igUserId: string, permalinks: ReadonlyMap<string, string>): Promise<void> {
    const rows = [...permalinks]
      .filter(([mediaId, permalink]) => isPermalink(permalink) && this.isNews(mediaId, permalink))
      .map(([media_id, permalink]) => ({ media_id, ig_user_id: igUserId, permalink }));
    for (const row of rows) {
      await this.database.db
        .insertInto('permalinks')
        .values(row)
        .onConflict((conflict) => conflict.column('media_id').doUpdateSet(row))
        .execute();
      this.known.set(row.media_id, row.permalink);
    }
  }

  /** Where a post is; undefined where that is not known. */
  async permalinkOf(mediaId: string): Promise<string | undefined> {
    const row = await this.database.db
      .selectFrom('permalinks')
      .select('permalink')
      .where('media_id', '=', mediaId)
      .executeTakeFirst();
    return row !== undefined && isPermalink(row.permalink) ? row.permalink : undefined;
  }

  private isNews(mediaId: string, permalink: string): boolean {
    return this.known.get(mediaId) !== permalink;
  }
}

function isPermalink(text: string): boolean {
  if (text.length > PERMALINK_MAX_CHARS || !URL.canParse(text)) return false;
  const { protocol, hostname, port, username } = new URL(text);
  return protocol === 'https:' && port === '' && username === '' && HOSTS.has(hostname);
}
