import { createHmac, timingSafeEqual } from 'node:crypto';
import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';
import type { Secret } from '../common/secret.js';

/** Those seen have some 300 characters. */
export const SIGNED_REQUEST_MAX_CHARS = 4096;
const ALGORITHM = 'HMAC-SHA256';
const USER_ID = /^\d{1,30}$/;
/** `signature.payload`, each base64url; some senders pad it. */
const FORM = /^([A-Za-z0-9_-]{43})=?\.([A-Za-z0-9_-]+={0,2})$/;

/**
 * The person that a `signed_request` of Meta's is about, by the id that Meta gives the person in this app; undefined where it was not signed with the app's
 * secret or is no such request (Meta, "Data deletion callback"). What is signed is the payload as it came, still encoded.
 */
export function userIdOf(signedRequest: string, appSecret: Secret): string | undefined {
  const [, signature = '', payload = ''] = FORM.exec(signedRequest) ?? [];
  const right = createHmac('sha256', appSecret.reveal()).update(payload).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const json: unknown = sjson.safeParse(Buffer.from(payload, 'base64url').toString());
  if (!isJsonObject(json) || json.algorithm !== ALGORITHM) return undefined;
  const { user_id: userId } = json;
  return typeof userId === 'string' && USER_ID.test(userId) ? userId : undefined;
}
