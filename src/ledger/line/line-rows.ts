import { randomBytes } from 'node:crypto';
import { type Expression, type SelectQueryBuilder, sql } from 'kysely';
import type { Database } from '../database/database.js';
import type { LedgerConnection, LedgerSchema } from '../database/ledger.schema.js';
import type { LedgerTime } from '../database/ledger-time.js';
import { PLACE } from '../postgres/postgres-identity.js';
import {
  continueAfter,
  findMarkFault,
  type KnownPulls,
  type MarkFault,
  NAMES_MAX_CHARS,
  randomMarkName,
  writeMark,
} from '../pulls/pull-mark.js';

/** 72 random bits. A number would repeat after a restore; a random name does not. */
const LINE_NAME_BYTES = 9;

/** The line of one account. */
export interface LineRow {
  readonly line: string;
  /** When the line broke; ISO 8601, UTC. */
  readonly at: string | null;
  /** The server and database that answered; empty on SQLite. */
  readonly place: string;
}

/** Which ledger this is. */
export interface LedgerRow {
  readonly ledger: string;
  readonly broken_at: string | null;
  readonly identity: string | null;
  readonly number: number;
}

/** A raised number. */
export interface RaisedPull {
  readonly ledger: string;
  readonly number: number;
  /** For the state. */
  readonly mark: string;
  /** The number for the file beside SQLite. */
  readonly fileNumber: number | undefined;
}

/** The rows of `ledger_line` and `account_lines`, which this class owns. */
export class LineRows {
  constructor(
    private readonly database: Database,
    private readonly time: LedgerTime,
  ) {}

  /** Selects one row. It can be a part of a statement that reads more. */
  select(
    igUserId: string | Expression<string>,
  ): SelectQueryBuilder<LedgerSchema, 'ledger_line', LineRow> {
    const { db } = this.database;
    const account = (column: 'line' | 'broken_at'): Expression<string> => {
      const row = db.selectFrom('account_lines').select(column).where('ig_user_id', '=', igUserId);
      return sql<string>`coalesce(${row}, '')`;
    };
    // An empty text sorts before each time.
    return db.selectFrom('ledger_line').select([
      sql<string>`ledger_line.line || ${account('line')}`.as('line'),
      sql<string | null>`
          case when ${account('broken_at')} > coalesce(ledger_line.broken_at, '')
          then ${account('broken_at')} else ledger_line.broken_at end`.as('at'),
      (this.database.engine === 'postgres' ? PLACE : sql<string>`''`).as('place'),
    ]);
  }

  async readLedger(): Promise<LedgerRow> {
    return this.database.db
      .selectFrom('ledger_line')
      .select(['ledger', 'broken_at', 'identity', 'number'])
      .executeTakeFirstOrThrow();
  }

  async readPulls(igUserId: string, db: LedgerConnection = this.database.db): Promise<KnownPulls> {
    const row = await db
      .selectFrom('ledger_line')
      .leftJoin('account_lines', (join) => join.on('ig_user_id', '=', igUserId))
      .select(['ledger', 'account_lines.number', 'names', 'seen'])
      .executeTakeFirstOrThrow();
    const { ledger, number, names, seen } = row;
    return { ledger, number: number ?? 0, names: names ?? '', seen: seen ?? '' };
  }

  /** Raises the number of the account's pulls. @param raisesFile whether the file's number too. */
  async raise(igUserId: string, raisesFile: boolean): Promise<RaisedPull> {
    const name = randomMarkName();
    return this.database.db.transaction().execute(async (db) => {
      const names = sql<string>`${`${name} `} || account_lines.names`;
      const { number } = await db
        .insertInto('account_lines')
        .values({ ig_user_id: igUserId, number: 1, names: `${name} ` })
        .onConflict((conflict) =>
          conflict.column('ig_user_id').doUpdateSet({
            number: sql<number>`account_lines.number + 1`,
            names: sql<string>`substr(${names}, 1, ${sql.lit(NAMES_MAX_CHARS)})`,
          }),
        )
        .returning('number')
        .executeTakeFirstOrThrow();
      const { ledger } = await this.readPulls(igUserId, db);
      return {
        ledger,
        number,
        mark: writeMark({ ledger, number, name }),
        fileNumber: raisesFile ? await raiseFileNumber(db) : undefined,
      };
    });
  }

  /**
   * Breaks the account's line if the mark still proves something. Of several calls with the same
   * mark, one does.
   */
  async breakAccount(igUserId: string, mark: string): Promise<MarkFault | undefined> {
    return this.database.db.transaction().execute(async (db) => {
      // Locks the row.
      await db
        .insertInto('account_lines')
        .values({ ig_user_id: igUserId })
        .onConflict((conflict) =>
          conflict.column('ig_user_id').doUpdateSet({ line: sql<string>`account_lines.line` }),
        )
        .execute();
      const known = await this.readPulls(igUserId, db);
      const fault = findMarkFault(mark, known);
      if (fault === undefined) return undefined;
      await db
        .updateTable('account_lines')
        .set({ ...continueAfter(mark, known), line: newLineName(), broken_at: this.time.now() })
        .where('ig_user_id', '=', igUserId)
        .execute();
      return fault;
    });
  }

  /**
   * Breaks the line of all accounts.
   *
   * @param identities changes the stored identity too, unless another process has.
   * @returns whether this call did.
   */
  async breakAll(identities?: { from: string | null; to: string }): Promise<boolean> {
    const line = { line: newLineName(), broken_at: this.time.now() };
    const { numUpdatedRows } = await this.database.db
      .updateTable('ledger_line')
      .set(identities === undefined ? line : { ...line, identity: identities.to })
      .$if(identities !== undefined, (query) =>
        query.where('identity', 'is not distinct from', identities?.from ?? null),
      )
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async storeIdentity(identity: string): Promise<void> {
    await this.database.db.updateTable('ledger_line').set({ identity }).execute();
  }

  async setFileNumber(number: number): Promise<void> {
    await this.database.db.updateTable('ledger_line').set({ number }).execute();
  }

  /** Counts the accounts, and those whose own line broke. */
  async count(): Promise<{ accounts: number; broken: number }> {
    return this.database.db
      .selectFrom('account_lines')
      .select((row) => [
        row.fn.countAll<number>().as('accounts'),
        row.fn.count<number>('broken_at').as('broken'),
      ])
      .executeTakeFirstOrThrow();
  }

  /** @param db a transaction. */
  async deleteAccounts(db: LedgerConnection, accounts: readonly string[]): Promise<void> {
    await db.deleteFrom('account_lines').where('ig_user_id', 'in', accounts).execute();
  }
}

async function raiseFileNumber(db: LedgerConnection): Promise<number> {
  const { number } = await db
    .updateTable('ledger_line')
    .set({ number: sql<number>`number + 1` })
    .returning('number')
    .executeTakeFirstOrThrow();
  return number;
}

function newLineName(): string {
  return randomBytes(LINE_NAME_BYTES).toString('base64url');
}
