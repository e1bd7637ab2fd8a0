import { ServiceError, type ServiceErrorOptions } from '../common/errors/service-error.js';
import {
  type ErrorCode,
  ERRORS,
  type ErrorReach,
  type WriteEffect,
} from '../domain/error-codes.js';

/**
 * How the same read may succeed. `smaller_page`: Instagram asked for a smaller page, or the answer
 * was too large. `maybe_smaller_page`: Instagram returned the same error code without that reason.
 * `new_connection`: the connection broke before an answer.
 */
export type ReadRemedy = 'smaller_page' | 'maybe_smaller_page' | 'new_connection';

/** Whether every other call for the account fails too. */
export function blocksWholeAccount({ reach }: InstagramError): boolean {
  return reach === 'account';
}

/** Whether Instagram refuses this target, so a repeat gets the same answer. */
export function blocksTarget({ reach }: InstagramError): boolean {
  return reach === 'target';
}

interface InstagramErrorOptions extends ServiceErrorOptions {
  readonly effect: WriteEffect;
  /** By default, the reach in the table of error codes. */
  readonly reach?: ErrorReach | undefined;
  readonly remedy?: ReadRemedy | undefined;
}

/** A call to Instagram failed. */
export class InstagramError extends ServiceError {
  readonly effect: WriteEffect;
  readonly reach: ErrorReach;
  readonly remedy: ReadRemedy | undefined;

  constructor(code: ErrorCode, message: string, options: InstagramErrorOptions) {
    super(code, message, options);
    this.effect = options.effect;
    this.reach = options.reach ?? ERRORS[code].reach;
    this.remedy = options.remedy;
  }
}
