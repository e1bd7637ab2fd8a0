import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { isLoopback } from '../common/loopback.js';
import { Secret } from '../common/secret.js';
import type { CredentialsKey } from './configuration.js';
import { Fault, type Parse } from './environment-reader.js';

/** A256GCM takes a key of 256 bits (RFC 7518, section 5.3). */
const KEY_BYTES = 32;
/** Key ids stand in every seal, so they are kept short. */
const KID = /^[A-Za-z0-9_-]{1,16}$/;
/** SHA-256 of the sandbox's key. It is published with the source, so whoever has the source opens what it seals. */
const SANDBOX_KEY_SHA256 = 'v6ZpqpGSRv2e17OxULmMeV5uNX4GcNQtkNpKn4CEqpE';

export function integer(min: number, max: number): Parse<number> {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < min || value > max) {
      throw new Fault(`must be a whole number from ${String(min)} to ${String(max)}`);
    }
    return value;
  };
}

export function oneOf<const T extends readonly string[]>(choices: T): Parse<T[number]> {
  return (text) => {
    const choice = choices.find((each) => each === text);
    if (choice === undefined) throw new Fault(`must be one of: ${choices.join(', ')}`);
    return choice;
  };
}

/** A comma-separated list of choices, or `none`; an empty variable means the default. */
export function someOf<const T extends readonly string[]>(
  choices: T,
): Parse<ReadonlySet<T[number]>> {
  return (text) => {
    const names = text === 'none' ? [] : text.split(',').map((name) => name.trim());
    if (!names.every((name) => choices.includes(name))) {
      throw new Fault(`must be none, or a comma-separated list of: ${choices.join(', ')}`);
    }
    return new Set(names);
  };
}

export function matching(pattern: RegExp, description: string): Parse<string> {
  return (text) => {
    if (!pattern.test(text)) throw new Fault(`must be ${description}`);
    return text;
  };
}

/** An https origin. A path is refused, so that `/like` and `like` name the same route for Zendesk. */
export function httpsOrigin(text: string): string {
  const url = webUrl(text);
  if (url.protocol !== 'https:') throw new Fault('must start with https://');
  if (url.pathname !== '/') throw new Fault('must be an origin without a path');
  return url.origin;
}

/** The base of an address at Meta: https, or plain http to a loopback address. */
export function webBase(text: string): string {
  const url = webUrl(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new Fault('must start with https:// (http:// is taken only for a loopback address)');
  }
  let base = url.href;
  while (base.endsWith('/')) base = base.slice(0, -1);
  return base;
}

/** The origin of a server on this machine itself. */
export function loopbackOrigin(text: string): string {
  const url = webUrl(text);
  if (!isLoopback(url.hostname) || !/^https?:$/.test(url.protocol) || url.pathname !== '/') {
    throw new Fault('must be the origin of a loopback address, such as http://127.0.0.1:4000');
  }
  return url.origin;
}

/** `kid:key,kid:key`; the first seals, all open. */
export function credentialsKeys(text: string): readonly CredentialsKey[] {
  const faults: string[] = [];
  const keys = text.split(',').map((entry, index): CredentialsKey => {
    const [kid = '', key = '', ...more] = entry.trim().split(':');
    const place = `entry ${String(index + 1)}`;
    if (!KID.test(kid) || more.length > 0) {
      faults.push(`${place} is not kid:key, with a kid of 1 to 16 letters, digits, _ or -`);
    } else if (
      !/^[A-Za-z0-9_-]+$/.test(key) ||
      Buffer.from(key, 'base64url').length !== KEY_BYTES
    ) {
      faults.push(`the key of ${place} is not ${String(KEY_BYTES)} bytes in base64url`);
    }
    return { kid, key: new Secret(key) };
  });
  const kids = new Set(keys.map(({ kid }) => kid));
  if (faults.length === 0 && kids.size < keys.length) faults.push('a kid stands there twice');
  if (faults.length > 0) throw new Fault(`is not usable: ${faults.join('; ')}`);
  return keys;
}

/** Whether one of the keys is the sandbox's, which everybody can read. */
export function includeSandboxKey(keys: readonly CredentialsKey[]): boolean {
  return keys.some(
    ({ key }) =>
      createHash('sha256').update(key.reveal()).digest('base64url') === SANDBOX_KEY_SHA256,
  );
}

/** `off`, a number of hops, or a comma-separated list of addresses and CIDR ranges. */
export function trustProxy(text: string): false | number | string[] {
  if (text === 'off') return false;
  if (/^[1-9]$/.test(text)) return Number(text);
  const ranges = text.split(',').map((range) => range.trim());
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const bits = isIP(address) === 4 ? 32 : 128;
    const prefixFits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
    if (isIP(address) === 0 || !prefixFits) {
      throw new Fault(
        'must be off, a number of hops from 1 to 9, or a list of addresses and CIDRs',
      );
    }
  }
  return ranges;
}

function webUrl(text: string): URL {
  if (!URL.canParse(text)) throw new Fault('must be a URL');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    throw new Fault('must not hold a user or password');
  if (url.search !== '' || url.hash !== '') throw new Fault('must not have a query or a fragment');
  return url;
}
