/** SQLite's primary result codes by number (sqlite.org/rescode.html). */
const NAMES: Readonly<Record<number, string>> = {
  1: 'SQLITE_ERROR',
  2: 'SQLITE_INTERNAL',
  3: 'SQLITE_PERM',
  4: 'SQLITE_ABORT',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  7: 'SQLITE_NOMEM',
  8: 'SQLITE_READONLY',
  9: 'SQLITE_INTERRUPT',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  12: 'SQLITE_NOTFOUND',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  15: 'SQLITE_PROTOCOL',
  17: 'SQLITE_SCHEMA',
  18: 'SQLITE_TOOBIG',
  19: 'SQLITE_CONSTRAINT',
  20: 'SQLITE_MISMATCH',
  21: 'SQLITE_MISUSE',
  22: 'SQLITE_NOLFS',
  23: 'SQLITE_AUTH',
  25: 'SQLITE_RANGE',
  26: 'SQLITE_NOTADB',
};
/** The lowest byte of an extended code is its primary code. */
const PRIMARY = 0xff;

/** An error of SQLite. */
export class SqliteError extends Error {
  override readonly name = 'SqliteError';

  /** @param code as SQLite names it. An extended code has its number at the end. */
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/** Uses the driver. Its errors without a code of SQLite stay as they are. */
export function withSqliteErrors<T>(task: () => T): T {
  try {
    return task();
  } catch (error) {
    const { message, errcode } = error as { message: string; errcode?: unknown };
    if (typeof errcode !== 'number') throw error;
    const primary = NAMES[errcode & PRIMARY] ?? 'SQLITE_UNKNOWN';
    throw new SqliteError(message, errcode > PRIMARY ? `${primary}_${String(errcode)}` : primary);
  }
}
