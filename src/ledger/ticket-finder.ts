import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { isoTime } from '../common/iso-time.js';
import type { Target } from '../domain/target.js';
import { EventLog } from '../common/logging/event-log.js';
import { Database } from './database.js';
import { namesOf, type ZendeskNames } from './zendesk-names.js';

/**
 * Days that a ticket is kept after it was last looked up. Zendesk closes a solved ticket after 28
 * days at the latest, and agents look at closed ones later: this is a year and a month, so that a
 * customer who writes once a year is still known.
 */
const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

interface TicketRow {
  readonly media_id: string;
  readonly comment_id: string | null;
  readonly is_first: number;
  readonly subdomain: string;
  readonly used_on: string;
}

/** What tickets are about, as Zendesk's events said. `TicketNotes` writes it. */
@Injectable()
export class TicketMap {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: EventLog,
  ) {}

  /**
   * The post or comment that a ticket was made of, if it belongs to the account. Where the
   * beginning of a ticket is unknown, the post that all its resources belong to. A ticket number is
   * only a hint: it never leads to a post of another account.
   *
   * @param subdomain the Zendesk in the sealed account; undefined where it names none.
   */
  async targetOf(
    igUserId: string,
    subdomain: string | undefined,
    ticketId: number,
  ): Promise<Target | undefined> {
    const { db } = this.database;
    const [names, rows] = await Promise.all([
      namesOf(db, igUserId, subdomain),
      db
        .selectFrom('ticket_resources')
        .select(['media_id', 'comment_id', 'is_first', 'subdomain', 'used_on'])
        .where('ig_user_id', '=', igUserId)
        .where('ticket_id', '=', ticketId)
        .orderBy('external_id')
        .execute(),
    ]);
    const ofTicket = rowsOfOneTicket(rows, names);
    await this.refresh(igUserId, ticketId, ofTicket);
    return targetIn(ofTicket);
  }

  /** Deletes tickets that were not looked up for `KEPT_DAYS`. */
  async deleteUnused(): Promise<void> {
    await this.database.db
      .deleteFrom('ticket_resources')
      .where('used_on', '<', dayOf(this.clock.now() - KEPT_DAYS * DAY_MS))
      .execute();
  }

  /** Keeps a ticket that is in use, with at most one write a day. */
  private async refresh(
    igUserId: string,
    ticketId: number,
    rows: readonly TicketRow[],
  ): Promise<void> {
    const today = dayOf(this.clock.now());
    if (rows.every((row) => row.used_on >= today)) return;
    try {
      await this.database.db
        .updateTable('ticket_resources')
        .set({ used_on: today })
        .where('ig_user_id', '=', igUserId)
        .where('ticket_id', '=', ticketId)
        .where('used_on', '<', today)
        .execute();
    } catch (error) {
      // The answer is known all the same.
      this.log.unexpected('ledger.write_failed', error);
    }
  }
}

/** The UTC day of a moment, ISO 8601. */
export function dayOf(milliseconds: number): string {
  return isoTime(milliseconds).slice(0, 'YYYY-MM-DD'.length);
}

/**
 * Rows under proven names, the name in the seal first. Other names count only where nothing
 * contradicts them.
 */
function rowsOfOneTicket(
  rows: readonly TicketRow[],
  { proven, mayBeRenamed }: ZendeskNames,
): readonly TicketRow[] {
  const own = proven.flatMap((name) => rows.filter((row) => row.subdomain === name));
  if (own.length > 0) return own;
  const others = new Set(rows.map((row) => row.subdomain));
  return mayBeRenamed && others.size === 1 ? rows : [];
}

function targetIn(rows: readonly TicketRow[]): Target | undefined {
  const first = rows.find((row) => row.is_first === 1) ?? (rows.length === 1 ? rows[0] : undefined);
  const commentId = first?.comment_id ?? undefined;
  if (commentId !== undefined) return { kind: 'comment', id: commentId };
  const ofPosts = new Set((first === undefined ? rows : [first]).map((row) => row.media_id));
  const [mediaId] = ofPosts;
  return mediaId === undefined || ofPosts.size > 1 ? undefined : { kind: 'media', id: mediaId };
}
