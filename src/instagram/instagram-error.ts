import type { ErrorCode } from '../domain/error-codes.js';
import { ServiceError, type ServiceErrorOptions } from '../common/errors/service-error.js';

/**
 * Whether a failed write may have taken effect at Instagram all the same. `none`: certainly not, it was refused or never
 * sent. `unknown`: it was sent, and no answer says what became of it.
 */
export type WriteEffect = 'none' | 'unknown';

/** Said alike whether Instagram refused the token or the account's own date of expiry has passed. */
export const LOG_IN_ENDED = "The account's log-in at Instagram has ended.";

/**
 * Which other calls fail as well. `account`: all calls for the account. `target`: calls about the
 * same object, now and later. `call`: none; the same call may succeed soon.
 */
export type ErrorReach = 'account' | 'target' | 'call';

/**
 * How the same read may succeed. `smaller_page`: Instagram asked for it, or the answer was too
 * large. `maybe_smaller_page`: Instagram gave the error code of that, without the reason.
 * `new_connection`: the connection broke before an answer.
 */
export type ReadRemedy = 'smaller_page' | 'maybe_smaller_page' | 'new_connection';

/** Whether nothing but connecting the account anew can mend it. */
export function needsReconnection(code: ErrorCode): boolean {
  return RECONNECT_CODES.has(code);
}

const RECONNECT_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'auth_expired',
  'auth_revoked',
  'auth_checkpoint',
  'permission_missing',
  'like_requires_facebook_login',
]);

/** Whether every call for the account fails with it. */
export function blocksWholeAccount({ reach }: InstagramError): boolean {
  return reach === 'account';
}

/** Whether Instagram refuses what was asked for: asking again soon gives the same answer. */
export function blocksTarget({ reach }: InstagramError): boolean {
  return reach === 'target';
}

const ACCOUNT_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'auth_expired',
  'auth_revoked',
  'rate_limited',
  'action_blocked',
]);

const PASSING_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'platform_unavailable',
  'deadline_exceeded',
  'internal',
]);

function usualReach(code: ErrorCode): ErrorReach {
  if (ACCOUNT_CODES.has(code)) return 'account';
  return PASSING_CODES.has(code) ? 'call' : 'target';
}

export interface InstagramErrorOptions extends ServiceErrorOptions {
  readonly effect: WriteEffect;
  /** Left out where the code alone decides. */
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
    this.reach = options.reach ?? usualReach(code);
    this.remedy = options.remedy;
  }
}
