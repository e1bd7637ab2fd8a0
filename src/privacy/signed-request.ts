import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';
import { isMetaId } from '../domain/formats.js';
import type { Secret } from '../domain/secret.js';

/** Meta's requests have about 300 characters. */
export const SIGNED_REQUEST_MAX_CHARS = 4096;
const ALGORITHM = 'HMAC-SHA256';
/** A request is valid for a day, in which Meta may retry. After that it may be a stolen copy. */
const AGE_MAX_MS = 86_400_000;
/** How far this machine's clock may be behind Meta's. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** 128 bits, so the code of another person's request cannot be guessed. */
const CODE_BYTES = 16;
/** A numeric `user_id` in the text of the payload. */
const NUMERIC_USER_ID = /"user_id"\s*:\s*(\d{1,30})(?=\s*[,}])/g;
/** `signature.payload`, each base64url; some senders pad it. */
const FORM = /^([A-Za-z0-9_-]{43})=?\.([A-Za-z0-9_-]+={0,2})$/;

/** The content of a `signed_request`. */
export interface PersonRequest {
  /** The person, by the id that Meta gives the person in this app. */
  readonly userId: string;
  /** Identifies the request, base64url. Only the request itself reveals it. */
  readonly code: string;
}

/**
 * Reads Meta's `signed_request` (Meta, "Data deletion callback"). The signature covers the encoded
 * payload.
 *
 * @param now as `Clock.now`.
 * @returns undefined if the request is malformed, too old or not signed with the app's secret.
 */
export function readSignedRequest(
  signedRequest: string,
  appSecret: Secret,
  now: number,
): PersonRequest | undefined {
  const [, signature = '', payload = ''] = FORM.exec(signedRequest) ?? [];
  const right = createHmac('sha256', appSecret.reveal()).update(payload).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const text = Buffer.from(payload, 'base64url').toString();
  const json: unknown = sjson.safeParse(text);
  if (!isJsonObject(json) || json.algorithm !== ALGORITHM) return undefined;
  const { user_id: id, issued_at: issuedAt } = json;
  const userId = typeof id === 'number' ? pickDigits(id, text) : id;
  if (!isMetaId(userId)) return undefined;
  if (typeof issuedAt !== 'number' || !isRecent(issuedAt * 1000, now)) return undefined;
  const code = createHash('sha256').update(right).digest().subarray(0, CODE_BYTES);
  return { userId, code: code.toString('base64url') };
}

/**
 * Picks the digits of a `user_id` from the text, because JavaScript rounds numbers above 2^53 and
 * a rounded id belongs to another person.
 */
function pickDigits(id: number, text: string): string | undefined {
  const found = [...text.matchAll(NUMERIC_USER_ID)].map(([, digits = '']) => digits);
  const [digits, ...others] = new Set(found.filter((each) => Number(each) === id));
  return others.length === 0 ? digits : undefined;
}

function isRecent(at: number, now: number): boolean {
  return now - AGE_MAX_MS <= at && at <= now + CLOCK_SKEW_MS;
}
