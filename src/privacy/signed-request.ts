import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';
import { isMetaId } from '../domain/formats.js';
import type { Secret } from '../domain/secret.js';

/** Those seen have some 300 characters. */
export const SIGNED_REQUEST_MAX_CHARS = 4096;
const ALGORITHM = 'HMAC-SHA256';
/** So long after it was made, a request is not taken any more, in milliseconds: a day, in which Meta may try again; after that, it is somebody else's copy. */
const AGE_MAX_MS = 86_400_000;
/** So far this machine's clock may be behind Meta's, in milliseconds. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** 128 bits, so that nobody finds another person's request. */
const CODE_BYTES = 16;
/** A `user_id` that is a number, in the text of the payload. */
const NUMERIC_USER_ID = /"user_id"\s*:\s*(\d{1,30})(?=\s*[,}])/g;
/** `signature.payload`, each base64url; some senders pad it. */
const FORM = /^([A-Za-z0-9_-]{43})=?\.([A-Za-z0-9_-]+={0,2})$/;

/** What a `signed_request` of Meta's says. */
export interface PersonRequest {
  /** The person that it is about, by the id that Meta gives the person in this app. */
  readonly userId: string;
  /** The same for the same request, base64url, and told to nobody by anything but the request. */
  readonly code: string;
}

/**
 * Reads a `signed_request` of Meta's; undefined where it was not signed with the app's secret, is too old or is no such request (Meta, "Data deletion
 * callback"). What is signed is the payload as it came, still encoded.
 *
 * @param now milliseconds since 1970.
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
  const userId = typeof id === 'number' ? digitsOf(id, text) : id;
  if (!isMetaId(userId)) return undefined;
  if (typeof issuedAt !== 'number' || !isRecent(issuedAt * 1000, now)) return undefined;
  const code = createHash('sha256').update(right).digest().subarray(0, CODE_BYTES);
  return { userId, code: code.toString('base64url') };
}

/**
 * The digits of a `user_id`. JavaScript rounds larger numbers than 2^53, and a rounded id is
 * another person's.
 */
function digitsOf(id: number, text: string): string | undefined {
  const found = [...text.matchAll(NUMERIC_USER_ID)].map(([, digits = '']) => digits);
  const [digits, ...others] = new Set(found.filter((each) => Number(each) === id));
  return others.length === 0 ? digits : undefined;
}

function isRecent(at: number, now: number): boolean {
  return now - AGE_MAX_MS <= at && at <= now + CLOCK_SKEW_MS;
}
