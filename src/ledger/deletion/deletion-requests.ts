import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { hash } from '../../common/hash.js';
import { isoTime } from '../../common/iso-time.js';
import { Database } from '../database/database.js';
import type { LedgerConnection } from '../database/ledger.schema.js';

export interface DeletionCounts {
  /** How many accounts' data was deleted. */
  readonly accounts: number;
  /** How many accounts' data was kept, because another person connected them too. */
  readonly shared: number;
}

/** A completed deletion that Meta requested. */
export interface Deletion extends DeletionCounts {
  /** ISO 8601, UTC. */
  readonly doneAt: string;
}

/** How long the result of a request can be looked up: 90 days. */
const KEPT_MS = 90 * 86_400_000;

/** Deletions that Meta requested, by the hash of their code. Owns `deletion_requests`. */
@Injectable()
export class DeletionRequests {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Records that a request is carried out now. Deletes the requests that are older than `KEPT_MS`.
   *
   * @param db a transaction.
   * @returns its time; undefined if the request was done before.
   */
  async begin(db: LedgerConnection, code: string): Promise<string | undefined> {
    const now = this.clock.now();
    await db
      .deleteFrom('deletion_requests')
      .where('done_at', '<', isoTime(now - KEPT_MS))
      .execute();
    const row = await db
      .insertInto('deletion_requests')
      .values({ code_hash: hash(code), done_at: isoTime(now), accounts: 0, shared: 0 })
      .onConflict((conflict) => conflict.column('code_hash').doNothing())
      .returning('done_at')
      .executeTakeFirst();
    return row?.done_at;
  }

  /** @param db the transaction of `begin`. */
  async finish(db: LedgerConnection, code: string, counts: DeletionCounts): Promise<void> {
    await db
      .updateTable('deletion_requests')
      .set(counts)
      .where('code_hash', '=', hash(code))
      .execute();
  }

  /** Finds the result of a request by its confirmation code. */
  async find(code: string): Promise<Deletion | undefined> {
    const row = await this.database.db
      .selectFrom('deletion_requests')
      .select(['done_at', 'accounts', 'shared'])
      .where('code_hash', '=', hash(code))
      .executeTakeFirst();
    return row === undefined
      ? undefined
      : { doneAt: row.done_at, accounts: row.accounts, shared: row.shared };
  }
}
