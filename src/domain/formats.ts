/** Meta's ids have 17 digits today. They stay strings: JavaScript's numbers would round them. */
export const META_ID = /^\d{1,30}$/;
export const NOT_A_META_ID = 'must be a string of 1 to 30 digits';

/** Meta documents no length; known tokens have up to 300 characters. */
export const TOKEN_MAX_CHARS = 3000;
/** Visible ASCII, since a token travels in an HTTP header. */
export const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

/** Instagram allows 30 characters: letters, digits, dots and underscores. */
export const USERNAME = /^[A-Za-z0-9._]{1,30}$/;

/** The name of a Meta permission, such as `instagram_basic`. */
export const SCOPE = /^[a-z0-9_]{1,64}$/;

/** A Zendesk subdomain is a DNS label. */
export const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The end of 2099. A later value is most likely milliseconds by mistake. */
export const EPOCH_SECONDS_MAX = 4_102_444_799;

export function isToken(value: unknown): value is string {
  return isVisibleAscii(value, TOKEN_MAX_CHARS);
}

export function isVisibleAscii(value: unknown, maxChars: number): value is string {
  return typeof value === 'string' && value.length <= maxChars && VISIBLE_ASCII.test(value);
}

export function isMetaId(value: unknown): value is string {
  return typeof value === 'string' && META_ID.test(value);
}

/** Converts Unix time from seconds to milliseconds. Meta writes 0 for "never". */
export function toMilliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined || seconds === 0 ? undefined : seconds * 1000;
}
