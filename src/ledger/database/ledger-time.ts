import { Inject, Injectable } from '@nestjs/common';
import { type Expression, type RawBuilder, sql } from 'kysely';
import { Clock } from '../../common/clock.js';
import { isoTime } from '../../common/iso-time.js';
import { Database } from './database.js';
import { computed } from './statement.js';

/** The form of `isoTime`, as `to_char` of PostgreSQL makes it. */
const ISO_FORMAT = `YYYY-MM-DD"T"HH24:MI:SS.MS"Z"`;

/**
 * The ledger's clock. The replicas on one PostgreSQL use its clock, so a replica whose own clock is
 * wrong makes no answer wrong. SQLite has one process, which uses its own clock.
 */
@Injectable()
export class LedgerTime {
  constructor(
    @Inject(Database) private readonly database: Pick<Database, 'engine' | 'db'>,
    private readonly clock: Clock,
  ) {}

  /** The time of the statement that contains it; ISO 8601, UTC. */
  now(shiftMs = 0): Expression<string> {
    if (this.database.engine === 'sqlite') return sql.val(isoTime(this.clock.now() + shiftMs));
    const shift = sql`${sql.lit(shiftMs)} * interval '1 millisecond'`;
    return sql<string>`to_char(
      statement_timestamp() at time zone 'UTC' + ${shift}, ${sql.lit(ISO_FORMAT)})`;
  }

  /** The same for a `Statement`, which is compiled once: the time of each run. */
  nowAtRun(shiftMs = 0): Expression<string> {
    return this.database.engine === 'sqlite'
      ? computed(() => isoTime(this.clock.now() + shiftMs))
      : this.now(shiftMs);
  }

  /** The time of the statement's evaluation, in whole milliseconds since 1970. */
  nowMs(): RawBuilder<number> {
    return this.database.engine === 'sqlite'
      ? sql<number>`${this.clock.now()}`
      : sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;
  }

  /** Reads the time. Milliseconds since 1970. */
  async read(): Promise<number> {
    if (this.database.engine === 'sqlite') return this.clock.now();
    const { rows } = await sql<{ now: string }>`select ${this.now()} as now`.execute(
      this.database.db,
    );
    return Date.parse(rows[0]?.now ?? '');
  }

  /**
   * The lead of this process's clock over the ledger's, in ms; negative if it is behind. The time
   * that the statement takes counts in neither direction.
   */
  async readSkew(): Promise<number> {
    const before = this.clock.now();
    const now = await this.read();
    const after = this.clock.now();
    return Math.max(0, before - now) + Math.min(0, after - now);
  }
}
