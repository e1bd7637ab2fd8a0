import { isIP } from 'node:net';
import { SCOPE, VISIBLE_ASCII } from '../domain/formats.js';
import { Secret } from '../domain/secret.js';
import ipaddr from 'ipaddr.js';
import { isLoopback } from '../common/loopback.js';
import { SettingError, type Parse } from './environment-reader.js';

/** A date, or a time with its zone. The meaning of a time without one depends on the machine. */
const ISO_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;

export function integer(min: number, max: number): Parse<number> {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < min || value > max) {
      throw new SettingError(`must be a whole number from ${String(min)} to ${String(max)}`);
    }
    return value;
  };
}

export function oneOf<const T extends readonly string[]>(choices: T): Parse<T[number]> {
  return (text) => {
    const choice = choices.find((each) => each === text);
    if (choice === undefined) throw new SettingError(`must be one of: ${choices.join(', ')}`);
    return choice;
  };
}

/** A comma-separated list of choices, or `none`. */
export function someOf<const T extends readonly string[]>(
  choices: T,
): Parse<ReadonlySet<T[number]>> {
  return (text) => {
    const names = text === 'none' ? [] : text.split(',').map((name) => name.trim());
    if (!names.every((name) => choices.includes(name))) {
      throw new SettingError(`must be none, or a comma-separated list of: ${choices.join(', ')}`);
    }
    return new Set(names);
  };
}

export function matching(pattern: RegExp, description: string): Parse<string> {
  return (text) => {
    if (!pattern.test(text)) throw new SettingError(`must be ${description}`);
    return text;
  };
}

export const host = matching(/^[\w.:-]+$/, 'a host name or an address');

/** The compact form of a JWE (RFC 7516, section 7.1), at most as long as Zendesk's metadata. */
export const seal = matching(/^(?=.{1,5000}$)[\w-]+(?:\.[\w-]*){4}$/, 'a sealed account');

/** A secret that travels in a header of HTTP. The error contains no part of it. */
export function headerSecret(text: string): Secret {
  if (!VISIBLE_ASCII.test(text)) {
    throw new SettingError('must be visible ASCII characters without spaces or line breaks');
  }
  return new Secret(text);
}

/** An https origin. It has no path, so `/like` and `like` are the same route for Zendesk. */
export function httpsOrigin(text: string): string {
  const url = webUrl(text);
  if (url.protocol !== 'https:') throw new SettingError('must start with https://');
  if (url.pathname !== '/') throw new SettingError('must be an origin without a path');
  return url.origin;
}

/** The base of an address at Meta: https, or plain http to a loopback address. */
export function webBase(text: string): string {
  const url = webUrl(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new SettingError(
      'must start with https:// (http:// is accepted only for a loopback address)',
    );
  }
  let base = url.href;
  while (base.endsWith('/')) base = base.slice(0, -1);
  return base;
}

/** The origin of a server on this machine. */
export function loopbackOrigin(text: string): string {
  const url = webUrl(text);
  if (!isLoopback(url.hostname) || !/^https?:$/.test(url.protocol) || url.pathname !== '/') {
    throw new SettingError(
      'must be the origin of a loopback address, such as http://127.0.0.1:4000',
    );
  }
  return url.origin;
}

/**
 * A past time, as an ISO 8601 date, a time with its zone, or seconds since 1970.
 *
 * @returns milliseconds since 1970.
 */
export function pastMoment(text: string): number {
  const moment = /^\d{1,10}$/.test(text) ? Number(text) * 1000 : isoMoment(text);
  if (Number.isNaN(moment)) {
    throw new SettingError(
      'must be a date, a time with its zone such as 2026-11-20T09:00:00Z, or seconds',
    );
  }
  if (moment > Date.now()) throw new SettingError('must not be in the future');
  return moment;
}

/** `none`, or a comma-separated list of Meta's permissions. */
export function scopes(text: string): readonly string[] {
  if (text === 'none') return [];
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => SCOPE.test(name))) return names;
  throw new SettingError('must be none, or permissions such as business_management,ads_read');
}

/** `off`, a number of hops, or a comma-separated list of addresses and CIDR ranges. */
export function trustProxy(text: string): false | number | string[] {
  if (text === 'off') return false;
  if (/^[1-9]$/.test(text)) return Number(text);
  const ranges = text.split(',').map((range) => range.trim());
  for (const range of ranges) {
    const [address = '', prefix, ...rest] = range.split('/');
    const bits = isIP(address) === 4 ? 32 : 128;
    // Fastify rejects /0, which would trust every client, and zone ids with punctuation.
    const prefixFits =
      prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits);
    if (isIP(address) === 0 || !ipaddr.isValid(address) || !prefixFits || rest.length > 0) {
      throw new SettingError(
        'must be off, a number of hops from 1 to 9, or a list of addresses and CIDRs',
      );
    }
  }
  return ranges;
}

function webUrl(text: string): URL {
  if (!URL.canParse(text)) throw new SettingError('must be a URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    throw new SettingError('must not contain a user or password');
  if (url.search !== '' || url.hash !== '')
    throw new SettingError('must not have a query or a fragment');
  return url;
}

function isoMoment(text: string): number {
  const [, date] = ISO_TIME.exec(text) ?? [];
  // Date.parse reads 30 February as 2 March.
  const day = new Date(date ?? Number.NaN);
  const isDay = !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === date;
  return isDay ? Date.parse(text) : Number.NaN;
}
