import { LOGIN_ENDED } from '../domain/capabilities.js';
import type { ErrorCode, ErrorReach, WriteEffect } from '../domain/error-codes.js';
import { RECONNECT, SEE_LOG, TRY_AGAIN } from '../domain/fixes.js';
import type { ErrorLevel } from '../common/errors/service-error.js';

/** What a Meta error means to this service. */
export interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fix: string;
  readonly level: ErrorLevel;
  readonly effect: WriteEffect;
  readonly reach?: ErrorReach;
}

const buildRefusal = (
  code: ErrorCode,
  message: string,
  fix: string,
  level: ErrorLevel = 'warn',
): Meaning => ({ code, message, fix, level, effect: 'none' });

export const EXPIRED = buildRefusal('auth_expired', LOGIN_ENDED, RECONNECT);
export const REVOKED = buildRefusal(
  'auth_revoked',
  "The account's owner removed this service's access at Meta.",
  RECONNECT,
);
export const CHECKPOINT = buildRefusal(
  'auth_checkpoint',
  "Meta wants the account's owner to confirm something first.",
  "Ask the account's owner to log in at facebook.com and follow the instructions there.",
);
/** A checkpoint for the token: every call with it fails. */
export const TOKEN_CHECKPOINT: Meaning = { ...CHECKPOINT, reach: 'account' };
export const NO_PERMISSION = buildRefusal(
  'permission_missing',
  'The account was connected without the permission for this.',
  'Ask an administrator to reconnect the Instagram account and grant all requested permissions.',
);
export const NO_CAPABILITY = buildRefusal(
  'permission_missing',
  'The Meta app behind this service is not allowed to do this.',
  SEE_LOG,
  'error',
);
export const RATE_LIMITED = buildRefusal(
  'rate_limited',
  "The account has reached Meta's limit of calls for now.",
  'Try again later.',
);
export const BLOCKED = buildRefusal(
  'action_blocked',
  'Instagram has blocked the account for now because it did too much at once or something unusual.',
  'Wait at least an hour. Trying again sooner prolongs the block.',
);
export const NOT_LIKEABLE = buildRefusal(
  'target_not_likeable',
  'Instagram does not let this account like it: it is gone, private, or a story.',
  'Open it on Instagram to see whether it still exists.',
  'info',
);
export const NOT_THERE = buildRefusal(
  'target_unavailable',
  'It no longer exists on Instagram, or this account cannot see it.',
  'Open it on Instagram to see whether it still exists.',
  'info',
);
/** Meta no longer accepts a private reply to this comment. */
export const NO_PRIVATE_REPLY = buildRefusal(
  'target_unavailable',
  'Instagram accepts one private message per comment, within seven days.',
  'Reply under the comment instead.',
  'info',
);
export const CONTENT_REFUSED = buildRefusal(
  'target_unavailable',
  'Instagram does not deliver this to a person who does not follow the account. ' +
    'The one private reply to the comment is used up.',
  'Reply under the comment instead.',
  'info',
);
export const NOT_REACHABLE = buildRefusal(
  'target_unavailable',
  'Instagram cannot deliver a message to this person.',
  'Reply under the comment instead.',
  'info',
);
export const OTHER_APP = buildRefusal(
  'target_unavailable',
  'Another app handles the messages with this person.',
  'Reply under the comment instead, or in the other app.',
  'info',
);
export const NO_TEXT = buildRefusal(
  'invalid_request',
  'Instagram found no text in this.',
  'Write some text.',
  'info',
);
export const DUPLICATE = buildRefusal(
  'invalid_request',
  'Instagram already has the same text there.',
  'Change the text.',
  'info',
);
/** The code is used, expired, invented or for another URL. Only Meta's texts distinguish these. */
export const CODE_NOT_ACCEPTED = buildRefusal(
  'auth_expired',
  'Facebook did not accept the code of this login.',
  'Log in again.',
);
/**
 * Meta's general "bad parameter". The target or the app secret is wrong; only the log can show
 * which.
 */
export const NOT_ACCEPTED = buildRefusal(
  'target_unavailable',
  'Instagram did not accept this: it is gone or does not allow it, ' +
    'or the service is configured incorrectly at Meta.',
  SEE_LOG,
  'error',
);
export const TRANSIENT: Meaning = {
  code: 'platform_unavailable',
  message: 'Instagram has a temporary problem.',
  fix: TRY_AGAIN,
  level: 'warn',
  effect: 'unknown',
};
/** An unknown code: the write may have taken effect. */
export const UNFAMILIAR: Meaning = {
  code: 'platform_unavailable',
  message: 'Instagram refused with an error that this service does not know.',
  fix: SEE_LOG,
  level: 'error',
  effect: 'unknown',
  reach: 'target',
};
/** Code 20: Instagram has been seen to create a comment and then reject its own answer. */
export const MAYBE_DONE: Meaning = {
  code: 'platform_unavailable',
  message: 'Instagram reported an error but may have done it anyway.',
  fix: TRY_AGAIN,
  level: 'warn',
  effect: 'unknown',
  reach: 'target',
};
