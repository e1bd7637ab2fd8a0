import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { isoTime } from '../common/iso-time.js';
import { Database } from './database.js';

/** One reply of an agent's, by the identifier that Zendesk repeats when it sends the reply again. */
export interface ChannelbackKey {
  readonly igUserId: string;
  /** The Zendesk that gave the identifier; empty where the account does not tell it. */
  readonly subdomain: string;
  readonly requestId: string;
}

/** A reply that was sent, or about to be, and nobody knows what became of it; in milliseconds since 1970. */
export interface ChannelbackAttempts {
  readonly known: 'attempted';
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What is known of a reply. */
export type Channelback =
  { readonly known: 'posted'; readonly externalId: string } | ChannelbackAttempts;

/** Replies are kept this long, in milliseconds; Zendesk repeats a request within minutes. */
const KEPT_MS = 30 * 86_400_000;

/** Which replies were posted, so that none is posted twice. An attempt is on disk before it is sent. */
@Injectable()
export class ChannelbackLedger {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async find(key: ChannelbackKey): Promise<Channelback | undefined> {
    const row = await this.database.db
      .selectFrom('channelbacks')
      .select(['external_id', 'first_attempt_at', 'last_attempt_at'])
      .where((where) => where.and(fieldsOf(key)))
      .executeTakeFirst();
    if (row === undefined) return undefined;
    if (row.external_id !== null) return { known: 'posted', externalId: row.external_id };
    return {
      known: 'attempted',
      firstAt: Date.parse(row.first_attempt_at),
      lastAt: Date.parse(row.last_attempt_at),
    };
  }

  /**
   * The reply that was begun last of those whose identifier starts so.
   *
   * @param prefix without characters that have a meaning in a SQL pattern.
   */
  async findLast(
    { igUserId, subdomain }: Omit<ChannelbackKey, 'requestId'>,
    prefix: string,
  ): Promise<{ requestId: string; firstAt: number; isPosted: boolean } | undefined> {
    const row = await this.database.db
      .selectFrom('channelbacks')
      .select(['request_id', 'external_id', 'first_attempt_at'])
      .where('ig_user_id', '=', igUserId)
      .where('subdomain', '=', subdomain)
      .where('request_id', 'like', `${prefix}%`)
      .orderBy('first_attempt_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined
      ? undefined
      : {
          requestId: row.request_id,
          firstAt: Date.parse(row.first_attempt_at),
          isPosted: row.external_id !== null,
        };
  }

  /**
   * Notes that a reply is about to be sent.
   *
   * @param earlier what `find` told of it.
   * @returns whether the reply may be sent: not so where another process began to since then.
   */
  async begin(key: ChannelbackKey, earlier: ChannelbackAttempts | undefined): Promise<boolean> {
    const now = this.clock.now();
    const at = isoTime(now);
    const { db } = this.database;
    await db
      .deleteFrom('channelbacks')
      .where('last_attempt_at', '<', isoTime(now - KEPT_MS))
      .execute();
    if (earlier === undefined) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('channelbacks')
        .values({
          ...fieldsOf(key),
          first_attempt_at: at,
          last_attempt_at: at,
          external_id: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    }
    const { numUpdatedRows } = await db
      .updateTable('channelbacks')
      .set({ last_attempt_at: at })
      .where((where) => where.and(fieldsOf(key)))
      .where('external_id', 'is', null)
      .where('last_attempt_at', '=', isoTime(earlier.lastAt))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** Notes that Instagram has the reply, and as what; fails where that is another reply already. */
  async confirm(key: ChannelbackKey, externalId: string): Promise<void> {
    await this.database.db
      .updateTable('channelbacks')
      .set({ external_id: externalId })
      .where((where) => where.and(fieldsOf(key)))
      .execute();
  }

  /** Forgets a reply whose one attempt was refused for certain. */
  async withdraw(key: ChannelbackKey): Promise<void> {
    await this.database.db
      .deleteFrom('channelbacks')
      .where((where) => where.and(fieldsOf(key)))
      .execute();
  }

  /** Those of the account's comments that are known to be somebody's reply. */
  async posted(igUserId: string, externalIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (externalIds.length === 0) return new Set();
    const rows = await this.database.db
      .selectFrom('channelbacks')
      .select('external_id')
      .where('ig_user_id', '=', igUserId)
      .where('external_id', 'in', externalIds)
      .execute();
    return new Set(rows.map(({ external_id: externalId }) => externalId ?? ''));
  }

  /** Whether another reply of the account was sent after this moment, in milliseconds since 1970, and is not known to be posted. */
  async othersSince(key: ChannelbackKey, since: number): Promise<boolean> {
    const row = await this.database.db
      .selectFrom('channelbacks')
      .select('request_id')
      .where('ig_user_id', '=', key.igUserId)
      .where((where) => where.not(where.and(fieldsOf(key))))
      .where('external_id', 'is', null)
      .where('last_attempt_at', '>', isoTime(since))
      .executeTakeFirst();
    return row !== undefined;
  }
}

function fieldsOf({ igUserId, subdomain, requestId }: ChannelbackKey): {
  ig_user_id: string;
  subdomain: string;
  request_id: string;
} {
  return { ig_user_id: igUserId, subdomain, request_id: requestId };
}
