import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { ErrorCode } from '../domain/error-codes.js';
import { isoTime } from '../common/iso-time.js';
import { Database } from './database.js';

export type ConnectionState = 'active' | 'inactive' | 'removed';
/** `comments_hidden`: Instagram counts comments and returns none. */
export type PullOutcome = 'ok' | 'comments_hidden' | ErrorCode;

/**
 * Names kept of one connection. A Zendesk is renamed rarely; the name that was used longest ago
 * goes first.
 */
const NAMES_MAX = 5;

export interface ConnectedAccount {
  readonly igUserId: string;
  /** Whether Zendesk pulls it. */
  readonly isActive: boolean;
  /** When it was last pulled; ISO 8601, UTC. */
  readonly pulledAt: string | undefined;
  /** How that went, or what Meta told since. */
  readonly outcome: PullOutcome | undefined;
}

/** Names a connection: what the sealed account says of itself, the same in events and pulls. */
export interface Connection {
  readonly igUserId: string;
  readonly subdomain: string | undefined;
}

/** Which accounts are connected at which Zendesk, as Zendesk's events told, and how their pulls go. */
@Injectable()
export class ConnectedAccounts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @param toldAt when Zendesk says that it happened, in milliseconds since 1970: events may come twice and out of order. */
  async note(connection: Connection, state: ConnectionState, toldAt: number): Promise<void> {
    const told_at = new Date(Math.min(toldAt, this.clock.now())).toISOString();
    const row = { ...keyOf(connection), state, told_at };
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
   * Notes a name under which the Zendesk of a connection has sent the connection's metadata: it was
   * renamed, or the seal names none.
   *
   * @param name the `subdomain` beside the metadata.
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

  /** Notes how a pull went. An account of which no event told is active: Zendesk pulls no other. */
  async notePull(connection: Connection, outcome: PullOutcome): Promise<void> {
    const now = new Date(this.clock.now()).toISOString();
    const pull = { pulled_at: now, pull_outcome: outcome };
    await this.database.db
      .insertInto('connected_accounts')
      .values({ ...keyOf(connection), state: 'active', told_at: now, ...pull })
      .onConflict((conflict) => conflict.columns(['ig_user_id', 'subdomain']).doUpdateSet(pull))
      .execute();
  }

  /** Whether an account is connected there and not switched off, as far as was told. */
  async isActive(connection: Connection): Promise<boolean> {
    const row = await this.database.db
      .selectFrom('connected_accounts')
      .select('state')
      .where((where) => where.and(keyOf(connection)))
      .executeTakeFirst();
    return row?.state === 'active';
  }

  /** Those that were not removed. */
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
}

function keyOf({ igUserId, subdomain = '' }: Connection): {
  ig_user_id: string;
  subdomain: string;
} {
  return { ig_user_id: igUserId, subdomain };
}
