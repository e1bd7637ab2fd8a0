import { isIP } from 'node:net';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import type { Clock } from '../clock.js';
import type { EventLog } from '../logging/event-log.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the first hook. Fastify rejects malformed paths before its hooks. */
    knownClientAddress: string | null | undefined;
  }
}

/** `X-Forwarded-For` entries that count, from the right. `TRUST_PROXY` allows 9 hops. */
export const FORWARDED_FOR_MAX = 32;
/** Replaces an empty entry, which proxy-addr would skip. RFC 7239, section 6.2, has the word. */
const UNKNOWN = 'unknown';
/** One IPv6 customer gets at least a /64, often a /48 (RFC 6177). */
const NETWORK_BITS = { ipv4: 32, ipv6: 64 };
const SITE_BITS = { ipv4: 24, ipv6: 48 };
const WARNING_INTERVAL_MS = 3_600_000;
/** Ranges of proxies on the same machine or network, by ipaddr.js's names. */
const NEARBY = new Set(['loopback', 'private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat']);

type Address = ReturnType<typeof ipaddr.process>;

/** Reads the client's address once, before any other hook needs it. Register this hook first. */
export function readClientAddresses(
  fastify: FastifyInstance,
  { trustsProxy, log, clock }: { trustsProxy: boolean; log: EventLog; clock: Clock },
): void {
  const warning = new UntrustedProxyWarning(log, clock);
  fastify.decorateRequest('knownClientAddress', null);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const forwarded = headers['x-forwarded-for'];
    if (forwarded !== undefined) headers['x-forwarded-for'] = normaliseForwardedFor(forwarded);
    request.knownClientAddress = clientAddress(request);
    if (!trustsProxy) warning.check(request);
    done();
  });
}

/**
 * The client's address in canonical form, or `unknown` without a socket.
 * Falls back to the peer's address where a proxy reported something that is no address.
 */
export function clientAddress(request: FastifyRequest): string {
  if (typeof request.knownClientAddress === 'string') return request.knownClientAddress;
  // Node accepts an IPv4 address in its canonical form only.
  if (isIP(request.ip) === 4) return request.ip;
  const address = parse(request.ip) ?? parse(request.socket.remoteAddress);
  return address?.toString() ?? UNKNOWN;
}

/** The client's address as a parameter of a controller's method. */
export const ClientAddress = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  clientAddress(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** An address's network and site, as CIDRs. Another text is its own network and site. */
export function toNetworks(address: string): { network: string; site: string } {
  const parsed = parse(address);
  return parsed === undefined
    ? { network: address, site: address }
    : { network: cidr(parsed, NETWORK_BITS), site: cidr(parsed, SITE_BITS) };
}

/**
 * `X-Forwarded-For` without ports and brackets. Other text keeps its place: proxies are counted
 * from the right, so removing an entry would move a client's own entry into a trusted place.
 */
export function normaliseForwardedFor(header: string | readonly string[]): string {
  const entries = (typeof header === 'string' ? header : header.join(',')).split(',');
  return entries
    .slice(-FORWARDED_FOR_MAX)
    .map((entry) => withoutPort(entry.trim()) || UNKNOWN)
    .join(', ');
}

function withoutPort(entry: string): string {
  const bracketed = /^\[([^[\]]*)\](?::\d{1,5})?$/.exec(entry)?.[1];
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? bracketed : entry;
  const host = /^([\d.]+):\d{1,5}$/.exec(entry)?.[1];
  return host !== undefined && isIP(host) === 4 ? host : entry;
}

/** Node's rules come first: ipaddr.js also accepts `127.1` and `0x7f.1`, which no proxy writes. */
function parse(text: string | undefined): Address | undefined {
  const host = withoutPort(text ?? '');
  if (isIP(host) === 0) return undefined;
  const [withoutZone = ''] = host.split('%');
  return ipaddr.process(withoutZone);
}

function cidr(address: Address, bits: typeof NETWORK_BITS): string {
  const length = bits[address.kind()];
  const masked = address.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, length - index * 8));
    return byte & (0xff << (8 - kept));
  });
  return `${ipaddr.fromByteArray(masked).toString()}/${String(length)}`;
}

/** Without it, a shared budget would be the first sign of a missing `TRUST_PROXY`. */
class UntrustedProxyWarning {
  private nextAt = 0;

  constructor(
    private readonly log: EventLog,
    private readonly clock: Clock,
  ) {}

  check(request: FastifyRequest): void {
    const { 'x-forwarded-for': forwardedFor, forwarded } = request.raw.headers;
    if (forwardedFor === undefined && forwarded === undefined) return;
    const peer = parse(request.socket.remoteAddress);
    const now = this.clock.now();
    if (peer === undefined || !NEARBY.has(peer.range()) || now < this.nextAt) return;
    this.nextAt = now + WARNING_INTERVAL_MS;
    this.log.warn('proxy.not_trusted', {
      ip: peer.toString(),
      fix:
        'A proxy forwards requests, but TRUST_PROXY is off, so all clients share its address. ' +
        'Set TRUST_PROXY=1 for one proxy, and let the proxy send X-Forwarded-For.',
    });
  }
}
