import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';

/** The part of Graph's error envelope that decides anything. */
export interface GraphError {
  readonly code: number;
  readonly subcode: number | undefined;
  readonly isTransient: boolean;
  /** Meta's id of the call, for its support. */
  readonly traceId: string | undefined;
  /** Whether Meta asks for less data; its text is the only sign. */
  readonly asksForLess: boolean;
  /** What Meta wrote for the person who acts: untrusted plain text on one line. */
  readonly userMessage: string | undefined;
}

export type GraphResult =
  | { readonly kind: 'object'; readonly object: Readonly<Record<string, unknown>> }
  | { readonly kind: 'error'; readonly error: GraphError }
  /** Nothing that Meta documents: HTML, a redirect, an array. */
  | { readonly kind: 'unusable' };

/** Meta's trace ids have 11 or 23 characters. An app secret has 32, and so never passes. */
const TRACE_ID = /^[A-Za-z0-9_-]{11}(?:[A-Za-z0-9_-]{12})?$/;
/** Meta's codes have up to seven digits; more could hold something else. */
const CODE_MAX = 999_999_999;

/** Error types of flat answers that decide more than their code, which may be an HTTP status. */
const CODE_OF_TYPE: Readonly<Record<string, number>> = {
  OAuthRateLimitException: 429,
  OAuthAccessTokenException: 190,
  OAuthPermissionsException: 10,
};

/** As much of Meta's text for the person as an agent is shown. */
const USER_MESSAGE_MAX_CHARS = 300;
/** As much of a text as is looked at. */
const TEXT_MAX_CHARS = 2000;

/**
 * Reads an answer. A result has status 200; an error is read by its codes, whatever its status.
 * Meta answers most errors with an envelope, and some with flat JSON; codes may be numbers or
 * their digits.
 */
export function readGraphAnswer(status: number, text: string): GraphResult {
  const json: unknown = sjson.safeParse(text);
  if (!isJsonObject(json)) return { kind: 'unusable' };
  if (json.error !== undefined) return readError(json.error);
  if (typeof json.error_type === 'string' || typeof json.error_message === 'string') {
    const { error_type: type, error_message: message } = json;
    const code = CODE_OF_TYPE[String(type)] ?? json.code;
    return readError({ ...json, code, message });
  }
  return status === 200 ? { kind: 'object', object: json } : { kind: 'unusable' };
}

function readError(error: unknown): GraphResult {
  const code = isJsonObject(error) ? toCode(error.code) : undefined;
  if (!isJsonObject(error) || code === undefined) return { kind: 'unusable' };
  const { error_subcode: subcode, is_transient: isTransient, fbtrace_id: traceId } = error;
  return {
    kind: 'error',
    error: {
      code,
      subcode: toCode(subcode),
      isTransient: isTransient === true || isTransient === 'true',
      traceId: typeof traceId === 'string' && TRACE_ID.test(traceId) ? traceId : undefined,
      asksForLess: asksForLess(error.message),
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
function asksForLess(message: unknown): boolean {
  if (typeof message !== 'string') return false;
  const words = message.slice(0, TEXT_MAX_CHARS).toLowerCase();
  return (
    (words.includes('reduce') && words.includes('data')) ||
    words.includes('too much data') ||
    words.includes('response too large')
  );
}

/** Control characters end a line or hide what follows; bidirectional ones turn the text around. */
const CONTROLS = /[\p{Cc}\p{Z}\u202A-\u202E\u2066-\u2069]+/gu;
/** A run so long is no word: it could be a token that Meta quotes. */
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
