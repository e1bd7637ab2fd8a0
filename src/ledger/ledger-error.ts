import SQLite from 'better-sqlite3';
import pg from 'pg';
import { SEE_LOG } from '../domain/fixes.js';
import { ServiceError } from '../common/errors/service-error.js';

/**
 * Faults of a statement or of its values: another try fails alike. By SQLite's primary codes and
 * PostgreSQL's classes.
 */
const OF_STATEMENT =
  /^(?:SQLITE_(?:CONSTRAINT|ERROR|MISMATCH|MISUSE|RANGE|TOOBIG)(?:_|$)|(?:0A|21|22|23|42)...$)/;

/**
 * The database cannot be used: it is full, read-only, unreachable or too slow. Answered as
 * `internal`, and outside the proxied calls with 503, so that Zendesk repeats the call and keeps
 * what it has.
 */
export class LedgerError extends ServiceError {
  constructor(override readonly cause: unknown) {
    super('internal', 'The service cannot use its database at the moment.', {
      fix: SEE_LOG,
      level: 'error',
      log: { database_code: codeOf(cause) },
    });
  }
}

/** The error to throw for what a driver threw. */
export function toLedgerError(error: unknown): Error {
  const isOfDriver = error instanceof SQLite.SqliteError || error instanceof pg.DatabaseError;
  if (isOfDriver && OF_STATEMENT.test(error.code ?? '')) return error;
  return error instanceof ServiceError ? error : new LedgerError(error);
}

/** Codes alone: the texts can quote values. */
function codeOf(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : undefined;
}
