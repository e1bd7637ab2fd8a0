import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock } from '../../common/clock.js';
import { isoTime } from '../../common/iso-time.js';
import { LATE_EFFECT_MS } from '../../common/late-effect.js';
import { Database } from '../database/database.js';
import type { LedgerConnection } from '../database/ledger.schema.js';
import { LedgerLine } from '../line/ledger-line.js';
import { LedgerTime } from '../database/ledger-time.js';

/** An agent's reply, by the identifier that Zendesk repeats when it sends the reply again. */
export interface ChannelbackKey {
  readonly igUserId: string;
  /** The Zendesk that gave the identifier; empty if the sealed account does not name it. */
  readonly subdomain: string;
  readonly requestId: string;
}

/** A reply that was sent, or about to be sent, with an unknown outcome. Times are Unix ms. */
export interface ChannelbackAttempts {
  readonly known: 'attempted';
  readonly firstAt: number;
  readonly lastAt: number;
  /** How long the last attempt may still take effect; 0 if it cannot any more. */
  readonly settlesInMs: number;
}

/** A reply that this ledger does not know, but that a lost one may have sent. */
export interface ChannelbackLost {
  readonly known: 'lost';
  /** A comment from before cannot be the reply. Milliseconds since 1970. */
  readonly firstAt: number;
  /** How long an attempt of the lost ledger may still take effect; 0 if it cannot any more. */
  readonly settlesInMs: number;
}

export type Channelback =
  { readonly known: 'posted'; readonly externalId: string } | ChannelbackAttempts | ChannelbackLost;

/** How long replies are kept: 30 days. Zendesk repeats a request within minutes. */
const KEPT_MS = 30 * 86_400_000;

/**
 * How long after the line broke an unknown reply may be a repeat of one that the lost ledger sent.
 * Zendesk repeats within minutes and documents no limit. Longer would mistake more new replies for
 * earlier ones with the same text.
 */
export const REPEATED_WITHIN_MS = 3_600_000;

/**
 * Remembers posted replies, so none is posted twice. An attempt is on disk before it is sent. Owns
 * `channelbacks`.
 */
@Injectable()
export class ChannelbackLedger {
  constructor(
    private readonly database: Database,
    clock: Clock,
    private readonly time: LedgerTime = new LedgerTime(database, clock),
    private readonly line: LedgerLine = LedgerLine.create(database, clock),
  ) {}

  /** The time by which replies are recorded. Milliseconds since 1970. */
  now(): Promise<number> {
    return this.time.read();
  }

  async find(key: ChannelbackKey): Promise<Channelback | undefined> {
    const row = await this.database.db
      .selectFrom('channelbacks')
      .select(['external_id', 'first_attempt_at', 'last_attempt_at'])
      .select(sql<string>`${this.time.now()}`.as('now'))
      .where((where) => where.and(toColumns(key)))
      .executeTakeFirst();
    if (row === undefined) return this.findLost(key);
    if (row.external_id !== null) return { known: 'posted', externalId: row.external_id };
    return {
      known: 'attempted',
      firstAt: Date.parse(row.first_attempt_at),
      lastAt: Date.parse(row.last_attempt_at),
      settlesInMs: toSettling(Date.parse(row.now) - Date.parse(row.last_attempt_at)),
    };
  }

  private async findLost({ igUserId }: ChannelbackKey): Promise<ChannelbackLost | undefined> {
    const age = await this.line.readBreakAge(igUserId);
    if (age === undefined || age > REPEATED_WITHIN_MS) return undefined;
    const now = await this.time.read();
    return { known: 'lost', firstAt: now - REPEATED_WITHIN_MS, settlesInMs: toSettling(age) };
  }

  /**
   * Finds the latest reply whose identifier has this prefix.
   *
   * @param prefix must not contain SQL pattern characters.
   */
  async findLast(
    { igUserId, subdomain }: Omit<ChannelbackKey, 'requestId'>,
    prefix: string,
  ): Promise<{ requestId: string; firstAt: number; isPosted: boolean } | undefined> {
    const row = await this.database.db
      .selectFrom('channelbacks')
      .select(['request_id', 'external_id', 'first_attempt_at'])
      .where('ig_user_id', '=', igUserId)
      .where('subdomain', '=', subdomain)
      .where('request_id', 'like', `${prefix}%`)
      .orderBy('first_attempt_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined
      ? undefined
      : {
          requestId: row.request_id,
          firstAt: Date.parse(row.first_attempt_at),
          isPosted: row.external_id !== null,
        };
  }

  /**
   * Records that a reply is about to be sent.
   *
   * @param earlier the attempts that `find` returned.
   * @returns whether the reply may be sent; false if another process has begun since `find`.
   */
  async begin(key: ChannelbackKey, earlier: ChannelbackAttempts | undefined): Promise<boolean> {
    const at = this.time.now();
    const { db } = this.database;
    await db
      .deleteFrom('channelbacks')
      .where('last_attempt_at', '<', this.time.now(-KEPT_MS))
      .execute();
    if (earlier === undefined) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('channelbacks')
        .values({
          ...toColumns(key),
          first_attempt_at: at,
          last_attempt_at: at,
          external_id: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    }
    const { numUpdatedRows } = await db
      .updateTable('channelbacks')
      .set({ last_attempt_at: at })
      .where((where) => where.and(toColumns(key)))
      .where('external_id', 'is', null)
      .where('last_attempt_at', '=', isoTime(earlier.lastAt))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /**
   * Records a comment of a reply that a lost ledger sent; fails if it belongs to another reply.
   *
   * @returns false if another process has begun the reply since `find`.
   */
  async adopt(key: ChannelbackKey, externalId: string): Promise<boolean> {
    const at = this.time.now();
    const { numInsertedOrUpdatedRows } = await this.database.db
      .insertInto('channelbacks')
      .values({
        ...toColumns(key),
        first_attempt_at: at,
        last_attempt_at: at,
        external_id: externalId,
      })
      .onConflict((conflict) =>
        conflict.columns(['ig_user_id', 'subdomain', 'request_id']).doNothing(),
      )
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }

  /** Records the comment that Instagram made of the reply; fails if it belongs to another reply. */
  async confirm(key: ChannelbackKey, externalId: string): Promise<void> {
    await this.database.db
      .updateTable('channelbacks')
      .set({ external_id: externalId })
      .where((where) => where.and(toColumns(key)))
      .execute();
  }

  /** Deletes a reply whose only attempt was certainly refused. */
  async withdraw(key: ChannelbackKey): Promise<void> {
    await this.database.db
      .deleteFrom('channelbacks')
      .where((where) => where.and(toColumns(key)))
      .execute();
  }

  /** Returns those of the comments that agents posted as replies. */
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

  /** Whether another reply of the account has an unknown outcome and may still take effect. */
  async hasUnsettledOthers(key: ChannelbackKey): Promise<boolean> {
    const row = await this.database.db
      .selectFrom('channelbacks')
      .select('request_id')
      .where('ig_user_id', '=', key.igUserId)
      .where((where) => where.not(where.and(toColumns(key))))
      .where('external_id', 'is', null)
      .where('last_attempt_at', '>', this.time.now(-LATE_EFFECT_MS))
      .executeTakeFirst();
    return row !== undefined;
  }

  /** @param db a transaction. */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    await db.deleteFrom('channelbacks').where('ig_user_id', 'in', accounts).execute();
  }
}

function toSettling(ageMs: number): number {
  return Math.max(0, LATE_EFFECT_MS - ageMs);
}

function toColumns({ igUserId, subdomain, requestId }: ChannelbackKey): {
  ig_user_id: string;
  subdomain: string;
  request_id: string;
} {
  return { ig_user_id: igUserId, subdomain, request_id: requestId };
}
