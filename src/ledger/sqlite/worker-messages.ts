import { SqliteError } from './sqlite-error.js';
import {
  LostTransactionError,
  type SqliteCommand,
  type SqliteResult,
  type SqliteScriptAnswer,
} from './sqlite-executor.js';

/** An error between two threads: a cloned one would lose its class and its code. */
export interface SentError {
  readonly message: string;
  readonly code: string | undefined;
  readonly isFromSqlite: boolean;
  readonly isLost: boolean;
}

/** The answer to one command; `{}` once the file is open. */
export type WorkerReply = { readonly error: SentError } | { readonly result?: SqliteResult };

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

type SentScriptAnswer =
  Exclude<SqliteScriptAnswer, { error: Error }> | { readonly error: SentError };

/** Prepares the result of a command for the other thread. */
export function toSentResult({ kind }: SqliteCommand, result: SqliteResult): SqliteResult {
  if (kind !== 'scripts') return result;
  const rows = (result.rows as SqliteScriptAnswer[]).map((answer) =>
    'error' in answer ? { error: toSentError(answer.error) } : answer,
  );
  return { ...result, rows };
}

/** The reverse of `toSentResult`. */
export function fromSentResult({ kind }: SqliteCommand, result: SqliteResult): SqliteResult {
  if (kind !== 'scripts') return result;
  const rows = (result.rows as SentScriptAnswer[]).map((answer) =>
    'error' in answer ? { error: fromSentError(answer.error) } : answer,
  );
  return { ...result, rows };
}
