import pg from 'pg';
import { SEE_LOG } from '../../domain/fixes.js';
import { ServiceError } from '../../common/errors/service-error.js';

/**
 * Errors of a statement or its values, by SQLite's primary codes and PostgreSQL's classes. A retry
 * would fail too.
 */
const STATEMENT_ERROR =
  /^(?:SQLITE_(?:CONSTRAINT|ERROR|MISMATCH|MISUSE|RANGE|TOOBIG)(?:_|$)|(?:0A|21|22|23|42)...$)/;

/**
 * The database cannot be used: it is full, read-only, unreachable or too slow. The answer is
 * `internal`; routes that are not proxied return 503, so Zendesk retries and keeps its state.
 */
export class LedgerError extends ServiceError {
  constructor(override readonly cause: unknown) {
    super('internal', 'The service cannot use its database at the moment.', {
      fix: SEE_LOG,
      level: 'error',
      log: { database_code: readCode(cause) },
    });
  }
}

/** Converts an error of a database driver. */
export function toLedgerError(error: unknown): Error {
  const isDriverError = isSqliteError(error) || error instanceof pg.DatabaseError;
  if (isDriverError && STATEMENT_ERROR.test(error.code ?? '')) return error;
  return error instanceof ServiceError ? error : new LedgerError(error);
}

/** By its name, because an error from a thread is an object of another class. */
function isSqliteError(error: unknown): error is Error & { code?: string } {
  return (error as { name?: unknown } | null)?.name === 'SqliteError';
}

/** Returns only the code, because error texts can quote values. */
function readCode(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : undefined;
}
