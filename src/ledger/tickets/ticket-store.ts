import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { isoTime } from '../../common/iso-time.js';
import { Database } from '../database/database.js';
import type { LedgerConnection, TicketResourcesTable } from '../database/ledger.schema.js';
import { toTicketKey } from './ticket-mention.js';

/**
 * How long a ticket is kept after its last lookup. Zendesk closes a solved ticket after 28 days at
 * the latest, and agents open closed tickets later. A year and a month keeps the customer who
 * writes once a year.
 */
const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

/** Owns `ticket_resources`: `TicketRecorder` fills it, `TicketFinder` reads it. */
@Injectable()
export class TicketStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The current UTC day, ISO 8601. */
  get today(): string {
    return toDay(this.clock.now());
  }

  /** Reads the rows of one ticket number of an account, under all names of Zendesks. */
  findTicket(igUserId: string, ticketId: number): Promise<TicketResourcesTable[]> {
    return this.database.db
      .selectFrom('ticket_resources')
      .selectAll()
      .where('ig_user_id', '=', igUserId)
      .where('ticket_id', '=', ticketId)
      .orderBy('external_id')
      .execute();
  }

  /** Records that a ticket was used today. */
  async touch(igUserId: string, ticketId: number): Promise<void> {
    const { today } = this;
    await this.database.db
      .updateTable('ticket_resources')
      .set({ used_on: today })
      .where('ig_user_id', '=', igUserId)
      .where('ticket_id', '=', ticketId)
      .where('used_on', '<', today)
      .execute();
  }

  /** Reads the stored rows about the same accounts and resources. */
  findResources(
    rows: readonly TicketResourcesTable[],
    db: LedgerConnection = this.database.db,
  ): Promise<TicketResourcesTable[]> {
    return db
      .selectFrom('ticket_resources')
      .selectAll()
      .where('ig_user_id', 'in', distinct(rows, 'ig_user_id'))
      .where('external_id', 'in', distinct(rows, 'external_id'))
      .execute();
  }

  /** Returns the keys of those tickets of the rows that are already stored. */
  async findTicketKeys(
    db: LedgerConnection,
    rows: readonly TicketResourcesTable[],
  ): Promise<ReadonlySet<string>> {
    if (rows.length === 0) return new Set();
    const stored = await db
      .selectFrom('ticket_resources')
      .selectAll()
      .where('ig_user_id', 'in', distinct(rows, 'ig_user_id'))
      .where('ticket_id', 'in', distinct(rows, 'ticket_id'))
      .execute();
    return new Set(stored.map(toTicketKey));
  }

  /** Inserts rows; a stored row stays as it is. */
  async insert(db: LedgerConnection, rows: readonly TicketResourcesTable[]): Promise<void> {
    await db
      .insertInto('ticket_resources')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Deletes the least recently used rows of an account until it has at most `rowsMax`. */
  async trim(db: LedgerConnection, account: string, rowsMax: number): Promise<void> {
    const { count } = await db
      .selectFrom('ticket_resources')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('ig_user_id', '=', account)
      .executeTakeFirstOrThrow();
    if (count <= rowsMax) return;
    const oldest = await db
      .selectFrom('ticket_resources')
      .select(['ticket_id', 'subdomain', 'external_id'])
      .where('ig_user_id', '=', account)
      .orderBy('used_on')
      .orderBy('ticket_id')
      .limit(count - rowsMax)
      .execute();
    for (const row of oldest) {
      await db
        .deleteFrom('ticket_resources')
        .where((where) => where.and({ ig_user_id: account, ...row }))
        .execute();
    }
  }

  /** Deletes tickets that were not looked up for `KEPT_DAYS`. */
  async deleteUnused(): Promise<void> {
    await this.database.db
      .deleteFrom('ticket_resources')
      .where('used_on', '<', toDay(this.clock.now() - KEPT_DAYS * DAY_MS))
      .execute();
  }

  /** @param db a transaction. */
  async deleteResources(
    db: LedgerConnection,
    igUserId: string,
    externalIds: readonly string[],
  ): Promise<void> {
    await db
      .deleteFrom('ticket_resources')
      .where('ig_user_id', '=', igUserId)
      .where('external_id', 'in', externalIds)
      .execute();
  }

  /** @param db a transaction. */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    await db.deleteFrom('ticket_resources').where('ig_user_id', 'in', accounts).execute();
  }
}

function toDay(milliseconds: number): string {
  return isoTime(milliseconds).slice(0, 'YYYY-MM-DD'.length);
}

function distinct<K extends 'ig_user_id' | 'external_id' | 'ticket_id'>(
  rows: readonly TicketResourcesTable[],
  column: K,
): TicketResourcesTable[K][] {
  return [...new Set(rows.map((row) => row[column]))];
}
