import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { isoTime } from '../../common/iso-time.js';
import { Database } from '../database/database.js';
import type { LedgerConnection } from '../database/ledger.schema.js';

/**
 * How long a failure counts: two days. A post that was left out rests for up to six hours until its
 * next try (`LONGEST_REST_MS`), and that try must not hold up the others again.
 */
export const FAILURE_KEPT_MS = 172_800_000;
/** Failed posts of one account. Each is counted when a pull ends at it, so they are few. */
export const FAILURES_PER_ACCOUNT = 100;

/** The failures in a row to read a post, by media id. */
export type FailureCounts = ReadonlyMap<string, number>;

/**
 * How often in a row pulls failed at a post. The replicas share it: a post that always fails holds
 * up the others for three pulls, with any number of replicas. Owns `pull_failures`.
 */
@Injectable()
export class PullFailures {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async list(igUserId: string): Promise<FailureCounts> {
    const rows = await this.database.db
      .selectFrom('pull_failures')
      .select(['media_id', 'failures'])
      .where('ig_user_id', '=', igUserId)
      .where('failed_at', '>', this.expiredAt())
      .orderBy('failed_at', 'desc')
      .limit(FAILURES_PER_ACCOUNT)
      .execute();
    return new Map(rows.map((row) => [row.media_id, row.failures]));
  }

  /** Stores what changed in a pull. */
  async replace(igUserId: string, before: FailureCounts, after: FailureCounts): Promise<void> {
    const { db } = this.database;
    const failed_at = isoTime(this.clock.now());
    const rows = [...after]
      .filter(([mediaId, failures]) => before.get(mediaId) !== failures)
      // One fixed order, so two processes that write the same rows cannot deadlock.
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .slice(0, FAILURES_PER_ACCOUNT)
      .map(([media_id, failures]) => ({ ig_user_id: igUserId, media_id, failures, failed_at }));
    if (rows.length > 0) {
      await db
        .insertInto('pull_failures')
        .values(rows)
        .onConflict((conflict) =>
          conflict.columns(['ig_user_id', 'media_id']).doUpdateSet((row) => ({
            failures: row.ref('excluded.failures'),
            failed_at: row.ref('excluded.failed_at'),
          })),
        )
        .execute();
    }
    const gone = [...before.keys()].filter((mediaId) => !after.has(mediaId));
    if (gone.length > 0) {
      await db
        .deleteFrom('pull_failures')
        .where('ig_user_id', '=', igUserId)
        .where('media_id', 'in', gone)
        .execute();
    }
  }

  async deleteExpired(): Promise<void> {
    await this.database.db
      .deleteFrom('pull_failures')
      .where('failed_at', '<=', this.expiredAt())
      .execute();
  }

  /** @param db a transaction. */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    await db.deleteFrom('pull_failures').where('ig_user_id', 'in', accounts).execute();
  }

  private expiredAt(): string {
    return isoTime(this.clock.now() - FAILURE_KEPT_MS);
  }
}
