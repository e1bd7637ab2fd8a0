import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { batchesOf, Database } from './database.js';
import type { TicketResourcesTable } from './ledger.schema.js';
import { dayOf } from './ticket-map.js';
import {
  keyOf,
  knownTickets,
  noteOf,
  ownersOf,
  storedOf,
  toTicketKey,
  type TicketMention,
  type TicketNote,
  trim,
} from './ticket-rows.js';
import { namesByAccount, type ZendeskNames } from './zendesk-names.js';

/**
 * Tickets kept of one resource at one Zendesk. Zendesk puts a resource in one ticket and reports
 * two numbers for a follow-up; the rest is for a repeat with other numbers. Events are unsigned, so
 * the sender must not decide how much is stored.
 */
export const TICKETS_PER_RESOURCE = 4;
/** At about 250 bytes a row, indexes included, they take 25 MB. */
export const ROWS_PER_ACCOUNT = 100_000;

/** Stores which posts and comments are in which tickets, for `TicketMap`. */
@Injectable()
export class TicketNotes {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Notes tickets of resources that this service handed out for an account that is connected at the
   * Zendesk. A later event does not change the first resource of a ticket.
   *
   * @returns how many mentions never change anything: their resource is unknown, or has its
   * `TICKETS_PER_RESOURCE`.
   */
  async add(subdomain: string, mentions: readonly TicketMention[]): Promise<number> {
    let useless = 0;
    for (const some of batchesOf(mentions)) useless += await this.addSome(subdomain, some);
    return useless;
  }

  private async addSome(subdomain: string, mentions: readonly TicketMention[]): Promise<number> {
    const { db } = this.database;
    const owners = await ownersOf(db, mentions);
    const names = await namesByAccount(db, [...new Set([...owners.values()].flat())]);
    const used_on = dayOf(this.clock.now());
    let useless = 0;
    const notes = new Map<string, TicketNote>();
    for (const mention of mentions) {
      const connected = (owners.get(mention.externalId) ?? []).filter((owner) =>
        counts(names.get(owner), subdomain),
      );
      if (connected.length === 0) useless += 1;
      for (const ig_user_id of connected) {
        const note = noteOf(mention, { ig_user_id, subdomain, used_on });
        notes.set(keyOf(note.row), note);
      }
    }
    return useless + (await this.insert([...notes.values()]));
  }

  /** Returns how many had no room. */
  private async insert(notes: readonly TicketNote[]): Promise<number> {
    if (notes.length === 0) return 0;
    const stored = await storedOf(this.database.db, rowsIn(notes));
    const known = new Set(stored.map(keyOf));
    const fresh = notes.filter(({ row }) => !known.has(keyOf(row)));
    const accounts = [...new Set(fresh.map(({ row }) => row.ig_user_id))].sort();
    if (accounts.length === 0) return 0;
    return this.database.db.transaction().execute(async (db) => {
      // Changes nothing. The row lock lets calls that arrive together count one after the other.
      for (const account of accounts) {
        await db
          .updateTable('connected_accounts')
          .set((set) => ({ state: set.ref('state') }))
          .where('ig_user_id', '=', account)
          .execute();
      }
      const names = await namesByAccount(db, accounts);
      const room = new Room(await storedOf(db, rowsIn(fresh)), names);
      const followed = fresh.filter(({ place }) => place === 'followed');
      const begun = await knownTickets(db, rowsIn(followed));
      const fitting = fresh
        .filter(({ row, place }) => place !== 'followed' || !begun.has(toTicketKey(row)))
        .filter(({ row }) => room.reserve(row));
      if (fitting.length > 0) {
        await db
          .insertInto('ticket_resources')
          .values(rowsIn(fitting))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        for (const account of accounts) await trim(db, account, ROWS_PER_ACCOUNT);
      }
      return room.refused;
    });
  }
}

/**
 * Counts the tickets of each resource: under a proven name by that name, under all other names
 * together.
 */
class Room {
  refused = 0;
  private readonly used = new Map<string, number>();

  constructor(
    stored: readonly TicketResourcesTable[],
    private readonly names: ReadonlyMap<string, ZendeskNames>,
  ) {
    for (const row of stored) this.count(this.placeOf(row));
  }

  reserve(row: TicketResourcesTable): boolean {
    const place = this.placeOf(row);
    const fits = (this.used.get(place) ?? 0) < TICKETS_PER_RESOURCE;
    if (fits) this.count(place);
    else this.refused += 1;
    return fits;
  }

  private count(place: string): void {
    this.used.set(place, (this.used.get(place) ?? 0) + 1);
  }

  private placeOf({ ig_user_id: account, subdomain, external_id }: TicketResourcesTable): string {
    const isProven = this.names.get(account)?.proven.includes(subdomain) === true;
    return [account, external_id, isProven ? subdomain : ''].join('/');
  }
}

function counts(names: ZendeskNames | undefined, subdomain: string): boolean {
  return names !== undefined && (names.proven.includes(subdomain) || names.mayBeRenamed);
}

function rowsIn(notes: readonly TicketNote[]): TicketResourcesTable[] {
  return notes.map(({ row }) => row);
}
