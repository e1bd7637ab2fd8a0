import { LOGIN_ENDED } from '../domain/capabilities.js';
import type { ErrorCode, ErrorReach, WriteEffect } from '../domain/error-codes.js';
import { RECONNECT, SEE_LOG, TRY_AGAIN } from '../domain/fixes.js';
import type { ErrorLevel } from '../common/errors/service-error.js';

/** The meaning of a Meta error here. */
export interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fix: string;
  readonly level: ErrorLevel;
  readonly effect: WriteEffect;
  readonly reach?: ErrorReach;
}

const refusal = (
  code: ErrorCode,
  message: string,
  fix: string,
  level: ErrorLevel = 'warn',
): Meaning => ({ code, message, fix, level, effect: 'none' });

export const EXPIRED = refusal('auth_expired', LOGIN_ENDED, RECONNECT);
export const REVOKED = refusal(
  'auth_revoked',
  "The account's owner removed this service's access at Meta.",
  RECONNECT,
);
export const CHECKPOINT = refusal(
  'auth_checkpoint',
  "Meta wants the account's owner to confirm something first.",
  "Ask the account's owner to log in at facebook.com and follow what it asks.",
);
/** The same for a token: every call fails with it. */
export const TOKEN_CHECKPOINT: Meaning = { ...CHECKPOINT, reach: 'account' };
export const NO_PERMISSION = refusal(
  'permission_missing',
  'The account was connected without the permission for this.',
  'Ask an administrator to reconnect the Instagram account and grant every permission asked for.',
);
export const NO_CAPABILITY = refusal(
  'permission_missing',
  'The Meta app behind this service is not allowed to do this.',
  SEE_LOG,
  'error',
);
export const RATE_LIMITED = refusal(
  'rate_limited',
  "Meta's limit of calls for this account is used up for now.",
  'Try again later.',
);
export const BLOCKED = refusal(
  'action_blocked',
  'Instagram holds this account back because it did too much at once or something unusual.',
  'Leave it be for an hour or more: trying again sooner makes it longer.',
);
export const NOT_LIKEABLE = refusal(
  'target_not_likeable',
  'Instagram does not let this account like it: it is gone, private, or a story.',
  'Open it on Instagram to see whether it still exists.',
  'info',
);
export const NOT_THERE = refusal(
  'target_unavailable',
  'Instagram does not have it any more, or does not show it to this account.',
  'Open it on Instagram to see whether it still exists.',
  'info',
);
/** A private reply that Meta takes no more. */
export const NO_PRIVATE_REPLY = refusal(
  'target_unavailable',
  'Instagram takes one private message for each comment, within seven days of it.',
  'Reply under the comment instead.',
  'info',
);
export const CONTENT_REFUSED = refusal(
  'target_unavailable',
  'Instagram does not deliver this to a person who does not follow the account. ' +
    'The one private reply to the comment is used up.',
  'Reply under the comment instead.',
  'info',
);
export const NOT_REACHABLE = refusal(
  'target_unavailable',
  'Instagram cannot deliver a message to this person.',
  'Reply under the comment instead.',
  'info',
);
export const OTHER_APP = refusal(
  'target_unavailable',
  'Another app handles the messages with this person.',
  'Reply under the comment instead, or in the other app.',
  'info',
);
export const NO_TEXT = refusal(
  'invalid_request',
  'Instagram found no text in this.',
  'Write some text.',
  'info',
);
export const DUPLICATE = refusal(
  'invalid_request',
  'Instagram already has this very text there.',
  'Change the text.',
  'info',
);
/** Used, too old, made up, or for another address: Meta's texts alone tell these apart. */
export const CODE_NOT_ACCEPTED = refusal(
  'auth_expired',
  'Facebook did not accept the code of this log-in.',
  'Log in again.',
);
/**
 * Meta's general "bad parameter": the target, or the proof of a wrong app secret. Only the log's
 * reader can tell.
 */
export const NOT_ACCEPTED = refusal(
  'target_unavailable',
  'Instagram did not accept this: it is gone or does not allow it, or the service is not set up right at Meta.',
  SEE_LOG,
  'error',
);
export const TRANSIENT: Meaning = {
  code: 'platform_unavailable',
  message: 'Instagram has a passing fault.',
  fix: TRY_AGAIN,
  level: 'warn',
  effect: 'unknown',
};
/** A code of which nothing is known: whether the write took effect is not known either. */
export const UNFAMILIAR: Meaning = {
  code: 'platform_unavailable',
  message: 'Instagram refused with an error that this service does not know.',
  fix: SEE_LOG,
  level: 'error',
  effect: 'unknown',
  reach: 'target',
};
/** Code 20: Instagram has created comments and then refused the format of its own answer. */
export const MAYBE_DONE: Meaning = {
  code: 'platform_unavailable',
  message: 'Instagram refused this and may have done it all the same.',
  fix: TRY_AGAIN,
  level: 'warn',
  effect: 'unknown',
  reach: 'target',
};
