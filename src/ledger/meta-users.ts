import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from './database.js';

/** A deletion that Meta asked for. */
export interface Deletion {
  /** ISO 8601, UTC. */
  readonly doneAt: string;
  /** How many accounts' data was deleted. */
  readonly accounts: number;
}

/** 128 bits, so that nobody finds another person's request. */
const CODE_BYTES = 16;

/** Who connected which accounts, for the day on which Meta asks that a person be forgotten: it names people by ids of its own. */
@Injectable()
export class MetaUsers {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Notes that a person connected an account. */
  async connected(userId: string, igUserId: string): Promise<void> {
    await this.database.db
      .insertInto('meta_users')
      .values({ user_id: userId, ig_user_id: igUserId })
      .onConflict((conflict) => conflict.columns(['user_id', 'ig_user_id']).doNothing())
      .execute();
  }

  /**
   * Notes that a person took the app's access away: the accounts' log-ins have ended, as far as the dashboard tells.
   *
   * @returns how many accounts that were.
   */
  async revoked(userId: string): Promise<number> {
    const accounts = await this.accountsOf(userId);
    if (accounts.length > 0) {
      await this.database.db
        .updateTable('connected_accounts')
        .set({ pull_outcome: 'auth_revoked', pulled_at: new Date(this.clock.now()).toISOString() })
        .where('ig_user_id', 'in', accounts)
        .execute();
    }
    return accounts.length;
  }

  /**
   * Deletes everything that is kept about the accounts that a person connected, and who that was.
   *
   * @returns the code by which `deletion` tells of it; one for a person of whom nothing is known as well.
   */
  async forget(userId: string): Promise<{ code: string; accounts: number }> {
    const code = randomBytes(CODE_BYTES).toString('base64url');
    const accounts = await this.accountsOf(userId);
    await this.database.db.transaction().execute(async (db) => {
      if (accounts.length > 0) {
        await db
          .deleteFrom('ticket_resources')
          .where(
            'media_id',
            'in',
            db.selectFrom('permalinks').select('media_id').where('ig_user_id', 'in', accounts),
          )
          // A post may be two accounts' together.
          .where(
            'media_id',
            'not in',
            db.selectFrom('permalinks').select('media_id').where('ig_user_id', 'not in', accounts),
          )
          .execute();
        for (const table of OF_ACCOUNTS) {
          await db.deleteFrom(table).where('ig_user_id', 'in', accounts).execute();
        }
      }
      await db
        .insertInto('deletion_requests')
        .values({
          code_hash: hashOf(code),
          done_at: new Date(this.clock.now()).toISOString(),
          accounts: accounts.length,
        })
        .execute();
    });
    return { code, accounts: accounts.length };
  }

  /** What became of a request. */
  async deletion(code: string): Promise<Deletion | undefined> {
    const row = await this.database.db
      .selectFrom('deletion_requests')
      .select(['done_at', 'accounts'])
      .where('code_hash', '=', hashOf(code))
      .executeTakeFirst();
    return row === undefined ? undefined : { doneAt: row.done_at, accounts: row.accounts };
  }

  private async accountsOf(userId: string): Promise<string[]> {
    const rows = await this.database.db
      .selectFrom('meta_users')
      .select('ig_user_id')
      .where('user_id', '=', userId)
      .execute();
    return rows.map(({ ig_user_id: igUserId }) => igUserId);
  }
}

/** Every table that holds what belongs to an account. */
const OF_ACCOUNTS = [
  'likes',
  'like_attempts',
  'channelbacks',
  'permalinks',
  'comment_authors',
  'connected_accounts',
  'meta_users',
] as const;

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
