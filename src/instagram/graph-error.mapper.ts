import type { ErrorCode } from '../common/errors/error-code.js';
import { RECONNECT, SEE_LOG, TRY_AGAIN } from '../common/errors/fixes.js';
import type { ErrorLevel } from '../common/errors/service-error.js';
import type { GraphError } from './graph-answer.js';
import { InstagramError, LOG_IN_ENDED, type WriteEffect } from './instagram-error.js';

interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fix: string;
  readonly level: ErrorLevel;
  readonly effect: WriteEffect;
}

const refusal = (
  code: ErrorCode,
  message: string,
  fix: string,
  level: ErrorLevel = 'warn',
): Meaning => ({ code, message, fix, level, effect: 'none' });

const EXPIRED = refusal('auth_expired', LOG_IN_ENDED, RECONNECT);
const REVOKED = refusal(
  'auth_revoked',
  "The account's owner removed this service's access at Meta.",
  RECONNECT,
);
const CHECKPOINT = refusal(
  'auth_checkpoint',
  "Meta wants the account's owner to confirm something first.",
  "Ask the account's owner to log in at facebook.com and follow what it asks.",
);
const NO_PERMISSION = refusal(
  'permission_missing',
  'The account was connected without the permission for this.',
  'Ask an administrator to reconnect the Instagram account and grant every permission asked for.',
);
const NO_CAPABILITY = refusal(
  'permission_missing',
  'The Meta app behind this service is not allowed to do this.',
  SEE_LOG,
  'error',
);
const RATE_LIMITED = refusal(
  'rate_limited',
  "Meta's limit of calls for this account is used up for now.",
  'Try again later.',
);
const BLOCKED = refusal(
  'action_blocked',
  'Instagram holds this account back because it did too much at once or something unusual.',
  'Leave it be for an hour or more: trying again sooner makes it longer.',
);
/** What a call is about; the same error code of Meta's means another thing for each. */
export type Subject = 'like' | 'media' | 'comment' | 'log_in';

const NOT_LIKEABLE = refusal(
  'target_not_likeable',
  'Instagram does not let this account like it: it is gone, private, or a story.',
  'Open it on Instagram to see whether it still exists.',
  'info',
);
const NOT_THERE = refusal(
  'target_unavailable',
  'Instagram does not have it any more, or does not show it to this account.',
  'Open it on Instagram to see whether it still exists.',
  'info',
);
/** A private reply that Meta takes no more. */
const NO_PRIVATE_REPLY = refusal(
  'target_unavailable',
  'Instagram takes one private message for each comment, within seven days of it.',
  'Reply under the comment instead.',
  'info',
);
/** Used, too old, made up, or for another address: Meta's texts alone tell these apart. */
const CODE_NOT_ACCEPTED = refusal(
  'auth_expired',
  'Facebook did not accept the code of this log-in.',
  'Log in again.',
);
/** Meta's general "bad parameter": the target, or the proof of a wrong app secret. Only the log's reader can tell. */
const NOT_ACCEPTED = refusal(
  'target_unavailable',
  'Instagram did not accept this: it is gone or does not allow it, or the service is not set up right at Meta.',
  SEE_LOG,
  'error',
);
const TRANSIENT: Meaning = {
  code: 'platform_unavailable',
  message: 'Instagram has a passing fault.',
  fix: TRY_AGAIN,
  level: 'warn',
  effect: 'unknown',
};
/** Seen with comments that were posted all the same (public report): the caller has to look. */
const PERHAPS_DONE: Meaning = {
  code: 'platform_unavailable',
  message: 'Instagram reported an error although it may have done this.',
  fix: TRY_AGAIN,
  level: 'warn',
  effect: 'unknown',
};
/** A code of which nothing is known: whether the write took effect is not known either. */
const UNFAMILIAR: Meaning = {
  code: 'platform_unavailable',
  message: 'Instagram refused with an error that this service does not know.',
  fix: SEE_LOG,
  level: 'error',
  effect: 'unknown',
};

/** Meta's error codes, where the code alone decides (Graph API, "Handling errors"; Instagram, "Error codes"). */
const BY_CODE: Readonly<Record<number, Meaning>> = {
  [-2]: TRANSIENT,
  [-1]: TRANSIENT,
  1: TRANSIENT,
  2: TRANSIENT,
  3: NO_CAPABILITY,
  4: RATE_LIMITED,
  10: NO_PERMISSION,
  17: RATE_LIMITED,
  24: NOT_THERE,
  25: CHECKPOINT,
  32: RATE_LIMITED,
  100: NOT_ACCEPTED,
  102: EXPIRED,
  190: EXPIRED,
  341: RATE_LIMITED,
  368: BLOCKED,
  613: RATE_LIMITED,
  10900: NO_PRIVATE_REPLY,
  10901: NO_PRIVATE_REPLY,
  10902: NO_PRIVATE_REPLY,
  10903: NO_PRIVATE_REPLY,
  80001: RATE_LIMITED,
  80002: RATE_LIMITED,
  80006: RATE_LIMITED,
};

/** Where a subcode tells more than its code. */
const BY_SUBCODE: Readonly<Record<string, Meaning>> = {
  '4/2207051': BLOCKED,
  '10/2018278': NO_PRIVATE_REPLY,
  '10/2534022': NO_PRIVATE_REPLY,
  '20/1772107': PERHAPS_DONE,
  '100/33': NOT_THERE,
  '102/458': REVOKED,
  '102/459': CHECKPOINT,
  '102/464': CHECKPOINT,
  '190/458': REVOKED,
  '190/459': CHECKPOINT,
  '190/464': CHECKPOINT,
};

/** Codes 200 to 299 all say that a permission is missing. */
const isPermissionCode = (code: number): boolean => code >= 200 && code <= 299;

/** What Graph's error means to an agent, and what it says of the write. */
export function mapGraphError(
  error: GraphError,
  context: {
    readonly subject: Subject;
    readonly status: number;
    readonly retryAfterSeconds: number | undefined;
  },
): InstagramError {
  const { code, message, ...meaning } = meaningOf(error, context.subject);
  return new InstagramError(code, message, {
    ...meaning,
    ...(code === 'rate_limited' && context.retryAfterSeconds !== undefined
      ? { retryAfterSeconds: context.retryAfterSeconds }
      : {}),
    log: {
      graph_status: context.status,
      graph_code: error.code,
      graph_subcode: error.subcode,
      fbtrace_id: error.traceId,
    },
  });
}

function meaningOf(error: GraphError, subject: Subject): Meaning {
  const meaning = tableMeaning(error);
  if (subject === 'log_in' && meaning.code === 'target_unavailable') return CODE_NOT_ACCEPTED;
  if (subject !== 'like' || meaning.code !== 'target_unavailable') return meaning;
  return meaning === NOT_THERE ? NOT_LIKEABLE : { ...meaning, code: 'target_not_likeable' };
}

function tableMeaning(error: GraphError): Meaning {
  const bySubcode = BY_SUBCODE[`${String(error.code)}/${String(error.subcode)}`];
  if (bySubcode !== undefined) return bySubcode;
  const byCode = isPermissionCode(error.code) ? NO_PERMISSION : BY_CODE[error.code];
  return byCode ?? (error.isTransient ? TRANSIENT : UNFAMILIAR);
}
