import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { LedgerConnection } from '../database/ledger.schema.js';

/** The accounts that a person connected. */
interface UserAccounts {
  /** Accounts that only this person connected. */
  readonly own: readonly string[];
  /** How many of the accounts another person connected too. */
  readonly shared: number;
}

/**
 * Who connected which accounts, by Meta's id of the person in this app. Needed because Meta's
 * deletion requests name people by that id. Owns `meta_users`.
 */
@Injectable()
export class MetaUsers {
  constructor(private readonly database: Database) {}

  /** Records that a person connected an account. */
  async remember(userId: string, igUserId: string): Promise<void> {
    await this.database.db
      .insertInto('meta_users')
      .values({ user_id: userId, ig_user_id: igUserId })
      .onConflict((conflict) => conflict.columns(['user_id', 'ig_user_id']).doNothing())
      .execute();
  }

  async findAccounts(userId: string): Promise<string[]> {
    const rows = await this.database.db
      .selectFrom('meta_users')
      .select('ig_user_id')
      .where('user_id', '=', userId)
      .execute();
    return rows.map(({ ig_user_id: igUserId }) => igUserId);
  }

  /**
   * Deletes which accounts a person connected.
   *
   * @param db a transaction.
   * @returns these accounts.
   */
  async forget(db: LedgerConnection, userId: string): Promise<UserAccounts> {
    // Changes nothing and takes row locks: if two people who share an account are deleted at once,
    // the second deletion waits and finds no other person.
    const named = await db
      .updateTable('meta_users')
      .set((set) => ({ user_id: set.ref('user_id') }))
      .where(
        'ig_user_id',
        'in',
        db.selectFrom('meta_users').select('ig_user_id').where('user_id', '=', userId),
      )
      .returning(['user_id', 'ig_user_id'])
      .execute();
    const shared = new Set(
      named.filter((row) => row.user_id !== userId).map((row) => row.ig_user_id),
    );
    await db.deleteFrom('meta_users').where('user_id', '=', userId).execute();
    return {
      own: named.map((row) => row.ig_user_id).filter((id) => !shared.has(id)),
      shared: shared.size,
    };
  }
}
