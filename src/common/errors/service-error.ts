import { type ErrorCode, ERRORS } from '../../domain/error-codes.js';

/** Values that may stand in a log line: chosen by the code that makes them, never copied from input. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** How loud a failure is: `warn` is for the operator to watch, `error` for the operator to act on. */
export type ErrorLevel = 'info' | 'warn' | 'error';

export interface ServiceErrorOptions {
  /** What the person at the other end can do about it. One sentence. */
  fix?: string;
  /** Seconds after which another try may succeed, where Meta says so. */
  retryAfterSeconds?: number;
  level?: ErrorLevel;
  /** For the log alone. */
  log?: LogFields;
}

/**
 * A failure that has a name. `message` and `fix` are shown to the agent and therefore written
 * here, never taken from a request or from an answer of Instagram. One exception: where Instagram
 * refuses a text or a target, its own sentence for the person (`error_user_msg`) follows in
 * `message`, bounded and without control characters. It is untrusted plain text; only `log`
 * reaches the log.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ErrorCode;
  readonly fix: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly level: ErrorLevel;
  readonly log: LogFields;

  constructor(code: ErrorCode, message: string, options: ServiceErrorOptions = {}) {
    super(message);
    this.code = code;
    this.fix = options.fix;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.level = options.level ?? 'info';
    this.log = options.log ?? {};
  }

  /** The HTTP status that the code stands for. */
  get httpStatus(): number {
    return ERRORS[this.code].status;
  }
}
