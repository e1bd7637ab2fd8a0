import { type RawBuilder, sql } from 'kysely';
import type { Clock } from '../common/clock.js';
import type { Database } from './database.js';

/**
 * The current time for a statement, milliseconds since 1970. PostgreSQL's own clock decides where
 * several processes share the database, because their clocks may differ. SQLite belongs to one
 * process, so its clock is used.
 */
export function databaseTime(database: Pick<Database, 'locks'>, clock: Clock): RawBuilder<number> {
  return database.locks === undefined
    ? sql<number>`${clock.now()}`
    : sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;
}
