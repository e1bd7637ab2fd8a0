import type { ErrorCode } from '../domain/error-codes.js';
import type { GraphError } from './graph-answer.js';
import {
  BLOCKED,
  CHECKPOINT,
  CODE_NOT_ACCEPTED,
  CONTENT_REFUSED,
  DUPLICATE,
  EXPIRED,
  MAYBE_DONE,
  type Meaning,
  NO_CAPABILITY,
  NO_PERMISSION,
  NO_PRIVATE_REPLY,
  NO_TEXT,
  NOT_ACCEPTED,
  NOT_LIKEABLE,
  NOT_REACHABLE,
  NOT_THERE,
  OTHER_APP,
  RATE_LIMITED,
  REVOKED,
  TOKEN_CHECKPOINT,
  TRANSIENT,
  UNFAMILIAR,
} from './graph-meanings.js';
import { InstagramError, type ReadRemedy } from './instagram-error.js';

/** The subject of a call. The meaning of a Meta error code depends on it. */
export type Subject = 'like' | 'media' | 'comment' | 'message' | 'login';

export const TOO_MANY_REQUESTS = 429;

/** Meta's error codes (Graph API, "Handling errors"; Instagram Platform, "Error codes"). */
const BY_CODE: Readonly<Record<number, Meaning>> = {
  [-2]: TRANSIENT,
  [-1]: TRANSIENT,
  1: TRANSIENT,
  2: TRANSIENT,
  3: NO_CAPABILITY,
  4: RATE_LIMITED,
  9: RATE_LIMITED,
  10: NO_PERMISSION,
  17: RATE_LIMITED,
  20: MAYBE_DONE,
  24: NOT_THERE,
  25: CHECKPOINT,
  32: RATE_LIMITED,
  100: NOT_ACCEPTED,
  102: EXPIRED,
  190: EXPIRED,
  341: RATE_LIMITED,
  368: BLOCKED,
  // Flat answers have an HTTP status instead of an error code.
  400: NOT_ACCEPTED,
  [TOO_MANY_REQUESTS]: RATE_LIMITED,
  506: DUPLICATE,
  613: RATE_LIMITED,
  803: NOT_THERE,
  10900: NO_PRIVATE_REPLY,
  10901: NO_PRIVATE_REPLY,
  10902: NO_PRIVATE_REPLY,
  10903: NO_PRIVATE_REPLY,
  80001: RATE_LIMITED,
  80002: RATE_LIMITED,
  80006: RATE_LIMITED,
  9000001: NOT_THERE,
};

/** Subcodes that are more precise than their code. */
const BY_CODE_AND_SUBCODE: Readonly<Record<string, Meaning>> = {
  '-1/2534023': NO_PRIVATE_REPLY,
  '2/1545133': CONTENT_REFUSED,
  '4/2207051': BLOCKED,
  '10/2018278': NO_PRIVATE_REPLY,
  '10/2534015': NO_PERMISSION,
  '10/2534022': NO_PRIVATE_REPLY,
  '100/33': NOT_THERE,
  '100/2534037': OTHER_APP,
  '100/2534052': NO_TEXT,
  '102/458': REVOKED,
  '102/459': TOKEN_CHECKPOINT,
  '102/464': TOKEN_CHECKPOINT,
  '190/458': REVOKED,
  '190/459': TOKEN_CHECKPOINT,
  '190/464': TOKEN_CHECKPOINT,
};

/** Subcodes with the same meaning under every code. */
const BY_SUBCODE: Readonly<Record<number, Meaning>> = {
  1390008: BLOCKED,
  2534014: NOT_REACHABLE,
};

/** Each code from 200 to 299 means a missing permission. */
const isPermissionCode = (code: number): boolean => code >= 200 && code <= 299;

/** Converts Meta's error into a code and a message for the agent, with the effect on a write. */
export function mapGraphError(
  error: GraphError,
  context: {
    readonly subject: Subject;
    readonly status: number;
    readonly retryAfterSeconds: number | undefined;
  },
): InstagramError {
  const { code, message, ...meaning } = findMeaning(error, context.subject, context.status);
  return new InstagramError(code, appendUserMessage(code, message, error, context.subject), {
    ...meaning,
    remedy: chooseRemedy(error),
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

/** The error for status 429 with an unreadable body. */
export function toRateLimitError(seconds: number | undefined): InstagramError {
  const { code, message, ...meaning } = RATE_LIMITED;
  return new InstagramError(code, message, {
    ...meaning,
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    log: { graph_status: TOO_MANY_REQUESTS },
  });
}

/** Refusals of a text or a target, which Meta's own text can explain. */
const ABOUT_CONTENT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_request',
  'target_not_likeable',
  'target_unavailable',
  'private_reply_closed',
]);
/** Meanings with which Meta accepts no private reply to the comment, now or later. */
const REPLY_CLOSED: ReadonlySet<Meaning> = new Set([NO_PRIVATE_REPLY, CONTENT_REFUSED]);

function appendUserMessage(
  code: ErrorCode,
  message: string,
  { userMessage }: GraphError,
  subject: Subject,
): string {
  if (userMessage === undefined || subject === 'login' || !ABOUT_CONTENT.has(code)) return message;
  return `${message} Instagram says: ${userMessage}`;
}

function chooseRemedy({ code, asksForLess }: GraphError): ReadRemedy | undefined {
  if (asksForLess) return 'smaller_page';
  return code === 1 ? 'maybe_smaller_page' : undefined;
}

function findMeaning(error: GraphError, subject: Subject, status: number): Meaning {
  const meaning = lookUpMeaning(error);
  const isVague = meaning === TRANSIENT || meaning === UNFAMILIAR;
  if (isVague && status === TOO_MANY_REQUESTS) return RATE_LIMITED;
  if (subject === 'login' && meaning.code === 'target_unavailable') return CODE_NOT_ACCEPTED;
  if (subject === 'message' && REPLY_CLOSED.has(meaning)) {
    return { ...meaning, code: 'private_reply_closed' };
  }
  if (subject !== 'like' || meaning.code !== 'target_unavailable') return meaning;
  return meaning === NOT_THERE ? NOT_LIKEABLE : { ...meaning, code: 'target_not_likeable' };
}

function lookUpMeaning({ code, subcode, isTransient }: GraphError): Meaning {
  const bySubcode =
    BY_CODE_AND_SUBCODE[`${String(code)}/${String(subcode)}`] ?? BY_SUBCODE[subcode ?? 0];
  if (bySubcode !== undefined) return bySubcode;
  const byCode = isPermissionCode(code) ? NO_PERMISSION : BY_CODE[code];
  return byCode ?? (isTransient ? TRANSIENT : UNFAMILIAR);
}
