import sjson from 'secure-json-parse';
import { isJsonObject, type JsonObject } from '../common/json-object.js';

/** The used fields of Meta's error envelope. */
export interface GraphError {
  readonly code: number;
  readonly subcode: number | undefined;
  readonly isTransient: boolean;
  /** Meta's id of the call, for Meta's support. */
  readonly traceId: string | undefined;
  /** Whether Meta asks for less data; only its text shows that. */
  readonly asksForLess: boolean;
  /** Meta's message for the user: untrusted plain text on one line. */
  readonly userMessage: string | undefined;
}

type GraphResult =
  | { readonly kind: 'object'; readonly object: JsonObject }
  | { readonly kind: 'error'; readonly error: GraphError }
  /** For example HTML, a redirect or an array. */
  | { readonly kind: 'undocumented' };

/** Meta's trace ids have 11 or 23 characters. An app secret has 32, and so never passes. */
const TRACE_ID = /^[A-Za-z0-9_-]{11}(?:[A-Za-z0-9_-]{12})?$/;
/** Meta's codes have up to seven digits. A longer number is no error code. */
const CODE_MAX = 999_999_999;

/** Types of flat errors. They are more precise than the code, which may be an HTTP status. */
const CODES_BY_TYPE: Readonly<Record<string, number>> = {
  OAuthRateLimitException: 429,
  OAuthAccessTokenException: 190,
  OAuthPermissionsException: 10,
};

/** The longest part of Meta's message that an agent sees. */
const USER_MESSAGE_MAX_CHARS = 300;
/** The rest of a text is ignored. */
const TEXT_MAX_CHARS = 2000;

/**
 * Reads an answer. Only status 200 is a success; an error may have any status. Meta sends most
 * errors in an envelope and some as flat JSON, with codes as numbers or strings of digits.
 */
export function readGraphAnswer(status: number, text: string): GraphResult {
  const json: unknown = sjson.safeParse(text);
  if (!isJsonObject(json)) return { kind: 'undocumented' };
  if (json.error !== undefined) return readError(json.error);
  if (typeof json.error_type === 'string' || typeof json.error_message === 'string') {
    const { error_type: type, error_message: message } = json;
    const code = CODES_BY_TYPE[String(type)] ?? json.code;
    return readError({ ...json, code, message });
  }
  return status === 200 ? { kind: 'object', object: json } : { kind: 'undocumented' };
}

function readError(error: unknown): GraphResult {
  const code = isJsonObject(error) ? toCode(error.code) : undefined;
  if (!isJsonObject(error) || code === undefined) return { kind: 'undocumented' };
  const { error_subcode: subcode, is_transient: isTransient, fbtrace_id: traceId } = error;
  return {
    kind: 'error',
    error: {
      code,
      subcode: toCode(subcode),
      isTransient: isTransient === true || isTransient === 'true',
      traceId: typeof traceId === 'string' && TRACE_ID.test(traceId) ? traceId : undefined,
      asksForLess: isRequestForLess(error.message),
      userMessage: toUserMessage(error.error_user_msg),
    },
  };
}

function toCode(value: unknown): number | undefined {
  const isText = typeof value === 'string' && /^-?\d{1,9}$/.test(value);
  const code = isText ? Number(value) : value;
  if (typeof code !== 'number' || !Number.isInteger(code)) return undefined;
  return Math.abs(code) <= CODE_MAX ? code : undefined;
}

/** Meta writes "Please reduce the amount of data you're asking for, then retry your request". */
function isRequestForLess(message: unknown): boolean {
  if (typeof message !== 'string') return false;
  const words = message.slice(0, TEXT_MAX_CHARS).toLowerCase();
  return (
    (words.includes('reduce') && words.includes('data')) ||
    words.includes('too much data') ||
    words.includes('response too large')
  );
}

/** Control characters break lines or hide text; bidirectional ones reorder it. */
const CONTROLS = /[\p{Cc}\p{Z}\u202A-\u202E\u2066-\u2069]+/gu;
/** A run this long could be a token that Meta quotes. */
const LIKE_A_SECRET = /[\w.|=%+/-]{40}/;

function toUserMessage(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const words = value.slice(0, TEXT_MAX_CHARS).toWellFormed().replaceAll(CONTROLS, ' ').trim();
  if (words === '' || LIKE_A_SECRET.test(words)) return undefined;
  const characters = Array.from(words);
  return characters.length <= USER_MESSAGE_MAX_CHARS
    ? words
    : `${characters.slice(0, USER_MESSAGE_MAX_CHARS).join('')}…`;
}
