import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import { Clock } from '../common/clock.js';
import { Database } from './database.js';
import type { LedgerSchema } from './ledger.schema.js';

export interface DeletionCounts {
  /** How many accounts' data was deleted. */
  readonly accounts: number;
  /** How many accounts' data stayed, since somebody else connected them, too. */
  readonly shared: number;
}

/** A deletion that Meta asked for. */
export interface Deletion extends DeletionCounts {
  /** ISO 8601, UTC. */
  readonly doneAt: string;
}

/** For how long it is told what became of a request, in milliseconds: 90 days. */
const KEPT_MS = 90 * 86_400_000;

/** Who connected which accounts, for the day on which Meta asks that a person be forgotten: it names people by ids of its own. */
@Injectable()
export class MetaUsers {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
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
        .set({ pull_outcome: 'auth_revoked' })
        .where('ig_user_id', 'in', accounts)
        .execute();
    }
    return accounts.length;
  }

  /**
   * Deletes who connected which accounts, of a person, and everything that is kept about those of the accounts that nobody else connected: what others
   * go on using is theirs as well. Deletions that are `KEPT_MS` old are forgotten, too.
   *
   * @param code by which `deletion` tells of it, also for a person of whom nothing is known. The same for the same request, which is done once.
   * @returns undefined where the request was done before.
   */
  async forget(userId: string, code: string): Promise<Deletion | undefined> {
    const now = this.clock.now();
    const doneAt = new Date(now).toISOString();
    const codeHash = hashOf(code);
    return this.database.db.transaction().execute(async (db) => {
      await db
        .deleteFrom('deletion_requests')
        .where('done_at', '<', new Date(now - KEPT_MS).toISOString())
        .execute();
      const isNew = await db
        .insertInto('deletion_requests')
        .values({ code_hash: codeHash, done_at: doneAt, accounts: 0, shared: 0 })
        .onConflict((conflict) => conflict.column('code_hash').doNothing())
        .returning('code_hash')
        .executeTakeFirst();
      if (isNew === undefined) return undefined;
      const counts = await forgetUser(db, userId);
      await db
        .updateTable('deletion_requests')
        .set(counts)
        .where('code_hash', '=', codeHash)
        .execute();
      return { doneAt, ...counts };
    });
  }

  /**
   * Deletes what is kept of a person as `forget` does, for a request that came by other ways than
   * Meta's call.
   */
  async forgetFromList(userId: string): Promise<DeletionCounts> {
    return this.database.db.transaction().execute((db) => forgetUser(db, userId));
  }

  /** What became of a request. */
  async deletion(code: string): Promise<Deletion | undefined> {
    const row = await this.database.db
      .selectFrom('deletion_requests')
      .select(['done_at', 'accounts', 'shared'])
      .where('code_hash', '=', hashOf(code))
      .executeTakeFirst();
    return row === undefined
      ? undefined
      : { doneAt: row.done_at, accounts: row.accounts, shared: row.shared };
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

async function forgetUser(db: Transaction<LedgerSchema>, userId: string): Promise<DeletionCounts> {
  // It changes nothing, and is there for its lock: of two people who share an account, the second
  // one waits and finds itself alone.
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
  const accounts = named.map((row) => row.ig_user_id).filter((id) => !shared.has(id));
  if (accounts.length > 0) await forgetAccounts(db, accounts);
  await db.deleteFrom('meta_users').where('user_id', '=', userId).execute();
  return { accounts: accounts.length, shared: shared.size };
}

/** Every table that holds what belongs to an account. */
const OF_ACCOUNTS = [
  'likes',
  'like_attempts',
  'channelbacks',
  'permalinks',
  'ticket_resources',
  'comment_authors',
  'connection_names',
  'connected_accounts',
] as const;

async function forgetAccounts(
  db: Transaction<LedgerSchema>,
  accounts: readonly string[],
): Promise<void> {
  for (const table of OF_ACCOUNTS) {
    await db.deleteFrom(table).where('ig_user_id', 'in', accounts).execute();
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
