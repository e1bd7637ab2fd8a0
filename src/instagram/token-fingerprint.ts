import { createHash } from 'node:crypto';
import type { Secret } from '../domain/secret.js';

/** 66 bits distinguish any number of tokens and say nothing about one. */
const FINGERPRINT_CHARS = 11;

const known = new WeakMap<Secret, string>();

/** Identifies a token without revealing it. */
export function fingerprint(token: Secret): string {
  const before = known.get(token);
  if (before !== undefined) return before;
  const hash = createHash('sha256').update(token.reveal()).digest('base64url');
  const text = hash.slice(0, FINGERPRINT_CHARS);
  known.set(token, text);
  return text;
}
