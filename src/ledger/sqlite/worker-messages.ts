import { SqliteError } from './sqlite-error.js';
import { LostTransactionError, type SqliteResult } from './sqlite-executor.js';

/** An error between two threads: a cloned one would lose its class and its code. */
export interface SentError {
  readonly message: string;
  readonly code: string | undefined;
  readonly isFromSqlite: boolean;
  readonly isLost: boolean;
}

/** The answer to one command, with JSON for scripts; `{}` once the file is open. */
export type WorkerReply =
  { readonly error: SentError } | { readonly result?: SqliteResult; readonly answers?: string };

export function toSentError(thrown: unknown): SentError {
  const isLost = thrown instanceof LostTransactionError;
  const error = (isLost ? thrown.cause : thrown) as NodeJS.ErrnoException;
  const { message, code } = error;
  return { message, code, isFromSqlite: error instanceof SqliteError, isLost };
}

export function fromSentError({ message, code = '', isFromSqlite, isLost }: SentError): Error {
  const error = isFromSqlite
    ? new SqliteError(message, code)
    : Object.assign(new Error(message), code === '' ? {} : { code });
  return isLost ? new LostTransactionError(error) : error;
}
