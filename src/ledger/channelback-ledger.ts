import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from './database.js';

/** One reply of an agent's, by the identifier that Zendesk repeats when it sends the reply again. */
export interface ChannelbackKey {
  readonly igUserId: string;
  readonly requestId: string;
}

/** What is known of a reply. `attempted`: it was sent, or about to be, and nobody knows what became of it. */
export type Channelback =
  | { readonly known: 'posted'; readonly externalId: string }
  /** `startedAt` in milliseconds since 1970. */
  | { readonly known: 'attempted'; readonly startedAt: number };

/** Replies are kept this long, in milliseconds; Zendesk repeats a request within minutes. */
const KEPT_MS = 30 * 86_400_000;

/** Which replies were posted, so that none is posted twice. An attempt is on disk before it is sent. */
@Injectable()
export class ChannelbackLedger {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async find({ igUserId, requestId }: ChannelbackKey): Promise<Channelback | undefined> {
    const row = await this.database.db
      .selectFrom('channelbacks')
      .select(['external_id', 'started_at'])
      .where('ig_user_id', '=', igUserId)
      .where('request_id', '=', requestId)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return row.external_id === null
      ? { known: 'attempted', startedAt: Date.parse(row.started_at) }
      : { known: 'posted', externalId: row.external_id };
  }

  /** Notes that a reply is about to be sent. */
  async begin({ igUserId, requestId }: ChannelbackKey): Promise<void> {
    const now = this.clock.now();
    const started_at = new Date(now).toISOString();
    await this.database.db.transaction().execute(async (db) => {
      await db
        .insertInto('channelbacks')
        .values({ ig_user_id: igUserId, request_id: requestId, started_at, external_id: null })
        .onConflict((conflict) =>
          conflict.columns(['ig_user_id', 'request_id']).doUpdateSet({ started_at }),
        )
        .execute();
      await db
        .deleteFrom('channelbacks')
        .where('started_at', '<', new Date(now - KEPT_MS).toISOString())
        .execute();
    });
  }

  /** Notes that Instagram has the reply, and as what. */
  async confirm({ igUserId, requestId }: ChannelbackKey, externalId: string): Promise<void> {
    await this.database.db
      .updateTable('channelbacks')
      .set({ external_id: externalId })
      .where('ig_user_id', '=', igUserId)
      .where('request_id', '=', requestId)
      .execute();
  }

  /** Notes that the reply was not posted, for certain. */
  async withdraw({ igUserId, requestId }: ChannelbackKey): Promise<void> {
    await this.database.db
      .deleteFrom('channelbacks')
      .where('ig_user_id', '=', igUserId)
      .where('request_id', '=', requestId)
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
}
