import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Expression, type SelectQueryBuilder, sql } from 'kysely';
import type { Clock } from '../../common/clock.js';
import { Deadline } from '../../common/deadline.js';
import { LATE_EFFECT_MS } from '../../common/late-effect.js';
import { EventLog } from '../../common/logging/event-log.js';
import type { LineBreakCause } from '../../common/logging/events.js';
import { Database } from '../database/database.js';
import type { LedgerConnection, LedgerSchema } from '../database/ledger.schema.js';
import { LedgerError } from '../database/ledger-error.js';
import { LedgerTime } from '../database/ledger-time.js';
import { LineFile } from './line-file.js';
import { type LineRow, LineRows } from './line-rows.js';
import { isSameDatabase, mergeIdentities, readIdentity } from '../postgres/postgres-identity.js';
import { findMarkFault, isLater } from '../pulls/pull-mark.js';

/** What the command line shows. */
interface LineStatus {
  readonly ledger: string;
  /** Accounts that were pulled. */
  readonly accounts: number;
  /** The last break for all accounts; ISO 8601, UTC. */
  readonly brokenAt: string | undefined;
  /** Accounts whose own line broke. */
  readonly brokenAccounts: number;
}

/**
 * Knows whether the ledger is still the one that recorded everything. A ledger that was restored
 * from an older copy, or copied and used twice, lacks likes that Instagram has. Its line breaks
 * then, for one account or for all. A like that was confirmed in an earlier line is no longer known
 * (docs/decisions/ledger-line.md).
 */
@Injectable()
export class LedgerLine implements OnApplicationShutdown {
  private readonly rows: LineRows;
  /** The server and database whose identity was compared last. */
  private place: string | undefined;
  private comparing: Promise<void> | undefined;
  /** The last number that this process gave. A database that has a lower one is a copy. */
  private last: { readonly igUserId: string; readonly number: number } | undefined;
  private file: LineFile | undefined;

  constructor(
    private readonly database: Database,
    private readonly time: LedgerTime,
    private readonly log: EventLog,
  ) {
    this.rows = new LineRows(database, time);
  }

  /** Builds it for a command, which runs without Nest and prints its result. */
  static create(database: Database, clock: Clock): LedgerLine {
    return new LedgerLine(database, new LedgerTime(database, clock), new EventLog('silent'));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.file?.settle();
  }

  /** Selects the account's line, one row. It can be a part of a statement that reads more. */
  select(
    igUserId: string | Expression<string>,
  ): SelectQueryBuilder<LedgerSchema, 'ledger_line', LineRow> {
    return this.rows.select(igUserId);
  }

  /** The account's current line, for a `Statement` that records an attempt. */
  current(igUserId: Expression<string>): Expression<string> {
    return sql<string>`(select line from ${this.select(igUserId)} as known)`;
  }

  /**
   * 1 if the line broke so recently that a like of the lost ledger may still take effect,
   * otherwise 0; for a `Statement`.
   */
  isSettling(igUserId: Expression<string>): Expression<number> {
    const since = this.time.nowAtRun(-LATE_EFFECT_MS);
    return sql<number>`(
      select case when at > ${since} then 1 else 0 end
      from ${this.select(igUserId)} as known)`;
  }

  /**
   * Reads from a database whose identity was compared: if another one answered, compares it and
   * reads again.
   *
   * @param toPlace finds the `place` of the account's line in the result.
   */
  async readCompared<T>(read: () => Promise<T>, toPlace: (result: T) => string): Promise<T> {
    for (;;) {
      const result = await read();
      if (this.database.engine === 'sqlite' || toPlace(result) === this.place) return result;
      await this.compare();
    }
  }

  /** The age in ms of the account's last break; undefined if its line never broke. */
  async readBreakAge(igUserId: string): Promise<number | undefined> {
    const { at } = await this.read(igUserId);
    return at === null ? undefined : (await this.time.read()) - Date.parse(at);
  }

  /**
   * Compares the state of a pull with the ledger, and breaks the account's line if it proves that
   * the ledger is a copy.
   *
   * @param mark fulfils `isMark`; undefined proves nothing.
   */
  async noteArrival(igUserId: string, mark: string | undefined): Promise<void> {
    await this.read(igUserId);
    if (mark === undefined) return;
    if (findMarkFault(mark, await this.rows.readPulls(igUserId)) === undefined) return;
    const cause = await this.rows.breakAccount(igUserId, mark);
    if (cause !== undefined) this.log.warn('ledger.line_broken', { account: igUserId, cause });
  }

  /**
   * Raises the number of the account's pulls.
   *
   * @param arrived the mark that the pull brought.
   * @returns the mark for the state.
   * @throws {LedgerError} the number did not rise. Zendesk then keeps its state.
   */
  async raise(igUserId: string, arrived?: string): Promise<string> {
    const { ledger, number, mark, fileNumber } = await this.rows.raise(
      igUserId,
      this.file !== undefined,
    );
    if (!this.log.check('pull_number_rises', isLater(mark, arrived))) {
      throw new LedgerError(new Error('the number of pulls did not rise'));
    }
    this.last = { igUserId, number };
    if (fileNumber !== undefined) void this.writeFile(ledger, fileNumber);
    return mark;
  }

  /** Breaks the line of all accounts. */
  async breakAll(cause: LineBreakCause): Promise<void> {
    await this.rows.breakAll();
    this.log.warn('ledger.line_broken', { cause });
  }

  /** Compares the database with what is known about it. Calls at the same time share it. */
  compare(): Promise<void> {
    if (this.database.engine !== 'postgres') return Promise.resolve();
    // The deadline of the call that comes first must not end it for all.
    this.comparing ??= Deadline.beyond(() => this.comparePostgres()).finally(() => {
      this.comparing = undefined;
    });
    return this.comparing;
  }

  /** Compares a SQLite database with the file next to it, and keeps the file from then on. */
  async openFile(): Promise<void> {
    if (this.database.file === undefined) return;
    const file = new LineFile(`${this.database.file}.line`);
    const content = await file.read().catch((error: unknown) => {
      this.log.unexpected('ledger.line_not_filed', error);
      return 'unreadable' as const;
    });
    const { ledger, number } = await this.rows.readLedger();
    if (content === 'missing') {
      // The number is 0 before the first file, and where none can be written.
      if (number > 0) await this.breakAll('file_missing');
    } else if (content !== 'unreadable') {
      if (content.ledger !== ledger) await this.breakAll('file_of_other_ledger');
      else if (content.number > number) await this.breakAll('file_ahead');
    }
    this.file = file;
    const next = 1 + Math.max(number, typeof content === 'object' ? content.number : 0);
    try {
      await this.rows.setFileNumber(next);
      if (!(await this.writeFile(ledger, next))) await this.rows.setFileNumber(0);
    } catch (error) {
      // A full disk does not stop the start: the service reports it as not ready.
      this.log.unexpected('ledger.line_not_filed', error);
    }
  }

  async readStatus(): Promise<LineStatus> {
    const { ledger, broken_at: brokenAt } = await this.rows.readLedger();
    const { accounts, broken } = await this.rows.count();
    return { ledger, accounts, brokenAt: brokenAt ?? undefined, brokenAccounts: broken };
  }

  /** @param db a transaction. */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    await this.rows.deleteAccounts(db, accounts);
  }

  private read(igUserId: string): Promise<LineRow> {
    return this.readCompared(
      () => this.select(igUserId).executeTakeFirstOrThrow(),
      ({ place }) => place,
    );
  }

  private async comparePostgres(): Promise<void> {
    // The place comes first: if the server is replaced after it, the next statement notices.
    const { place } = await this.select('').executeTakeFirstOrThrow();
    const read = await readIdentity(this.database.db, (part) => {
      this.log.warn('ledger.line_unchecked', { part });
    });
    const { identity: known } = await this.rows.readLedger();
    const identity = mergeIdentities(known, read);
    if (known !== null && !isSameDatabase(known, identity)) {
      const isFirst = await this.rows.breakAll({ from: known, to: identity });
      if (isFirst) this.log.warn('ledger.line_broken', { cause: 'database_replaced' });
    } else if (!(await this.breakIfBehind()) && known !== identity) {
      await this.rows.storeIdentity(identity);
    }
    this.place = place;
  }

  /**
   * Breaks the line if the database lacks a number that this process gave. The number stays the
   * proof until that is done.
   */
  private async breakIfBehind(): Promise<boolean> {
    const { last } = this;
    if (last === undefined) return false;
    const known = await this.rows.readPulls(last.igUserId);
    // Without any number, the account was deleted.
    const isBehind = known.number > 0 && known.number < last.number;
    if (isBehind) await this.breakAll('database_behind');
    if (this.last === last) this.last = undefined;
    return isBehind;
  }

  /** Returns whether it was written. A failure is not fatal: an earlier file proves less. */
  private async writeFile(ledger: string, number: number): Promise<boolean> {
    try {
      await this.file?.write({ ledger, number });
      return true;
    } catch (error) {
      this.log.unexpected('ledger.line_not_filed', error);
      return false;
    }
  }
}
