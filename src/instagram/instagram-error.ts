import type { ErrorCode } from '../common/errors/error-code.js';
import { ServiceError, type ServiceErrorOptions } from '../common/errors/service-error.js';

/**
 * Whether a failed write may have taken effect at Instagram all the same. `none`: certainly not, it was refused or never
 * sent. `unknown`: it was sent, and no answer says what became of it.
 */
export type WriteEffect = 'none' | 'unknown';

/** Said alike whether Instagram refused the token or the account's own date of expiry has passed. */
export const LOG_IN_ENDED = "The account's log-in at Instagram has ended.";

/** Whether nothing but connecting the account anew can mend it. */
export function needsReconnection({ code }: InstagramError): boolean {
  return RECONNECT_CODES.has(code);
}

const RECONNECT_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'auth_expired',
  'auth_revoked',
  'auth_checkpoint',
  'permission_missing',
  'like_requires_facebook_login',
]);

/** Whether it stands in the way of every call for the account alike, whatever the call is about. */
export function isOfAccount({ code }: InstagramError): boolean {
  return ACCOUNT_CODES.has(code);
}

const ACCOUNT_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'auth_expired',
  'auth_revoked',
  'rate_limited',
  'action_blocked',
]);

/** A call to Instagram failed. */
export class InstagramError extends ServiceError {
  readonly effect: WriteEffect;

  constructor(
    code: ErrorCode,
    message: string,
    options: ServiceErrorOptions & { effect: WriteEffect },
  ) {
    super(code, message, options);
    this.effect = options.effect;
  }
}
