import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { ErrorCode } from '../../domain/error-codes.js';
import { isoTime } from '../../common/iso-time.js';
import { Database } from '../database/database.js';
import type { AccountsQuery, LedgerConnection } from '../database/ledger.schema.js';
import { toBatches } from '../database/row-batches.js';
import {
  type ConnectionRows,
  toZendeskNames,
  toZendeskNamesByAccount,
  type ZendeskNames,
} from './zendesk-names.js';

export type ConnectionState = 'active' | 'inactive' | 'removed';
/** `comments_hidden`: Instagram counts comments but returns none. */
export type PullOutcome = 'ok' | 'comments_hidden' | ErrorCode;

/**
 * Names stored for one connection. A Zendesk is renamed rarely; the least recently used name is
 * deleted first.
 */
const NAMES_MAX = 5;

export interface ConnectedAccount {
  readonly igUserId: string;
  /** Whether Zendesk pulls the account. */
  readonly isActive: boolean;
  /** The time of the last pull; ISO 8601, UTC. */
  readonly pulledAt: string | undefined;
  /** The outcome of the last pull, or `auth_revoked` if Meta has reported that since. */
  readonly outcome: PullOutcome | undefined;
}

/** Identifies a connection by the sealed account, which is the same in events and pulls. */
interface Connection {
  readonly igUserId: string;
  readonly subdomain: string | undefined;
}

/**
 * Which accounts are connected to which Zendesk according to Zendesk's events, and the outcome of
 * their pulls. Owns `connected_accounts` and `connection_names`.
 */
@Injectable()
export class ConnectedAccounts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Records the state of a connection. Events may come twice and out of order.
   *
   * @param eventAt the Unix time that Zendesk gives in the event.
   */
  async note(connection: Connection, state: ConnectionState, eventAt: number): Promise<void> {
    const told_at = isoTime(Math.min(eventAt, this.clock.now()));
    const row = { ...toColumns(connection), state, told_at };
    await this.database.db
      .insertInto('connected_accounts')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['ig_user_id', 'subdomain'])
          .doUpdateSet({ state, told_at })
          .where('connected_accounts.told_at', '<=', told_at),
      )
      .execute();
  }

  /**
   * Records a name under which the Zendesk of a connection sent the connection's metadata. Needed
   * if the Zendesk was renamed or the seal contains no name.
   *
   * @param name the `subdomain` of the event that carried the metadata.
   */
  async noteName({ igUserId, subdomain = '' }: Connection, name: string): Promise<void> {
    if (name === '' || name === subdomain) return;
    const told_at = isoTime(this.clock.now());
    const key = { ig_user_id: igUserId, subdomain };
    await this.database.db.transaction().execute(async (db) => {
      await db
        .insertInto('connection_names')
        .values({ ...key, name, told_at })
        .onConflict((conflict) =>
          conflict.columns(['ig_user_id', 'subdomain', 'name']).doUpdateSet({ told_at }),
        )
        .execute();
      const kept = await db
        .selectFrom('connection_names')
        .select('name')
        .where((where) => where.and(key))
        .orderBy('told_at', 'desc')
        .orderBy('name')
        .limit(NAMES_MAX)
        .execute();
      await db
        .deleteFrom('connection_names')
        .where((where) => where.and(key))
        .where(
          'name',
          'not in',
          kept.map((row) => row.name),
        )
        .execute();
    });
  }

  /** Records the outcome of a pull. A new account is active, because Zendesk pulls only those. */
  async notePull(connection: Connection, outcome: PullOutcome): Promise<void> {
    const now = isoTime(this.clock.now());
    const pull = { pulled_at: now, pull_outcome: outcome };
    await this.database.db
      .insertInto('connected_accounts')
      .values({ ...toColumns(connection), state: 'active', told_at: now, ...pull })
      .onConflict((conflict) => conflict.columns(['ig_user_id', 'subdomain']).doUpdateSet(pull))
      .execute();
  }

  /** Whether the account is connected there and active, according to the events so far. */
  async isActive(connection: Connection): Promise<boolean> {
    const row = await this.database.db
      .selectFrom('connected_accounts')
      .select('state')
      .where((where) => where.and(toColumns(connection)))
      .executeTakeFirst();
    return row?.state === 'active';
  }

  /** Lists the accounts that were not removed. */
  async list(): Promise<ConnectedAccount[]> {
    const rows = await this.database.db
      .selectFrom('connected_accounts')
      .selectAll()
      .where('state', '!=', 'removed')
      .orderBy('ig_user_id')
      .orderBy('subdomain')
      .execute();
    return rows.map((row) => ({
      igUserId: row.ig_user_id,
      isActive: row.state === 'active',
      pulledAt: row.pulled_at ?? undefined,
      outcome: (row.pull_outcome ?? undefined) as PullOutcome | undefined,
    }));
  }
  /** Records that a person revoked the app's access to these accounts. */
  async markRevoked(accounts: readonly string[]): Promise<void> {
    if (accounts.length === 0) return;
    await this.database.db
      .updateTable('connected_accounts')
      .set({ pull_outcome: 'auth_revoked' })
      .where('ig_user_id', 'in', accounts)
      .execute();
  }

  /** Reads the names for a call that carries this connection's metadata. */
  async findNames({ igUserId, subdomain }: Connection): Promise<ZendeskNames> {
    return toZendeskNames(await readRows(this.database.db, [igUserId]), subdomain);
  }

  /** Reads the names of all Zendesks of each account; leaves out accounts without a connection. */
  async findNamesByAccount(
    accounts: readonly string[],
    db: LedgerConnection = this.database.db,
  ): Promise<ReadonlyMap<string, ZendeskNames>> {
    return toZendeskNamesByAccount(await readRows(db, accounts));
  }

  /**
   * Selects the accounts that are or were connected to a Zendesk. An account whose Zendesk has no
   * known name counts at each Zendesk, because each could be the right one.
   */
  selectAt(subdomain: string): AccountsQuery {
    return this.database.db
      .selectFrom('connected_accounts as connection')
      .select('connection.ig_user_id')
      .where((where) => {
        const names = where
          .selectFrom('connection_names as known')
          .select('known.name')
          .whereRef('known.ig_user_id', '=', 'connection.ig_user_id');
        return where.or([
          where('connection.subdomain', '=', subdomain),
          where.exists(names.where('known.name', '=', subdomain)),
          where.and([
            where('connection.subdomain', '=', ''),
            where.not(where.exists(names.where('known.subdomain', '=', ''))),
          ]),
        ]);
      });
  }

  /**
   * Locks the accounts' rows until the end of the transaction, in the given order. Changes nothing.
   *
   * @param db a transaction.
   */
  async lockRows(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    for (const account of accounts) {
      await db
        .updateTable('connected_accounts')
        .set((set) => ({ state: set.ref('state') }))
        .where('ig_user_id', '=', account)
        .execute();
    }
  }

  /** @param db a transaction. */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    await db.deleteFrom('connection_names').where('ig_user_id', 'in', accounts).execute();
    await db.deleteFrom('connected_accounts').where('ig_user_id', 'in', accounts).execute();
  }
}

async function readRows(
  db: LedgerConnection,
  accounts: readonly string[],
): Promise<ConnectionRows> {
  const rows: ConnectionRows[] = [];
  for (const some of toBatches(accounts)) {
    rows.push({
      connections: await db
        .selectFrom('connected_accounts')
        .select(['ig_user_id', 'subdomain'])
        .where('ig_user_id', 'in', some)
        .where('state', '!=', 'removed')
        .execute(),
      names: await db
        .selectFrom('connection_names')
        .select(['ig_user_id', 'subdomain', 'name'])
        .where('ig_user_id', 'in', some)
        .execute(),
    });
  }
  return {
    connections: rows.flatMap(({ connections }) => connections),
    names: rows.flatMap(({ names }) => names),
  };
}

function toColumns({ igUserId, subdomain = '' }: Connection): {
  ig_user_id: string;
  subdomain: string;
} {
  return { ig_user_id: igUserId, subdomain };
}
