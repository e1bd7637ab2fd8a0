import { LedgerError } from './ledger-error.js';

/** The reason by error code, or by the driver's message if there is no code. */
const REASONS: Readonly<Record<string, string>> = {
  SQLITE_BUSY: 'another process has it open',
  '28P01': 'PostgreSQL rejects the user or the password',
  '28000': 'PostgreSQL does not let this user connect from here',
  '3D000': 'PostgreSQL has no database of this name',
  '42501': 'the user may not create tables: grant it CREATE on the schema',
  'The server does not support SSL connections':
    'the server has no TLS: turn it on there, or set sslmode=disable if the network is your own',
};

/** Describes why the database cannot be opened, without any value from the settings. */
export function describeOpeningFailure(error: unknown): string {
  const cause = error instanceof LedgerError ? error.cause : error;
  const { code, message } = cause as NodeJS.ErrnoException;
  return REASONS[code ?? message] ?? code ?? 'the database failed';
}
