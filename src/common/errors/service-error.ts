import { type ErrorCode, ERRORS } from '../../domain/error-codes.js';
import type { FailureFields } from '../logging/events.js';

/** How loud a failure is: the operator watches for `warn` and acts on `error`. */
export type ErrorLevel = 'info' | 'warn' | 'error';

export interface ServiceErrorOptions {
  /** A sentence on what the caller can do about it. */
  fix?: string;
  /** When a retry may succeed, where Meta says so. */
  retryAfterSeconds?: number;
  level?: ErrorLevel;
  /** For the log only. */
  log?: FailureFields;
}

/**
 * A failure with a code. The agent sees `message` and `fix`, so both are fixed texts of this
 * service. One exception: if Instagram refuses a text or a target, `message` ends with Instagram's
 * own sentence for people (`error_user_msg`), bounded and without control characters. It is
 * untrusted plain text. Only `log` reaches the log.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ErrorCode;
  readonly fix: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly level: ErrorLevel;
  readonly log: FailureFields;

  constructor(code: ErrorCode, message: string, options: ServiceErrorOptions = {}) {
    super(message);
    this.code = code;
    this.fix = options.fix;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.level = options.level ?? 'info';
    this.log = options.log ?? {};
  }

  /** The HTTP status of the code. */
  get httpStatus(): number {
    return ERRORS[this.code].status;
  }
}
