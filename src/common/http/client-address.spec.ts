import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FastifyRequest } from 'fastify';
import {
  clientAddress,
  FORWARDED_FOR_MAX,
  toNetworks,
  normaliseForwardedFor,
} from './client-address.js';

/** The parts of a request that `clientAddress` reads, as Fastify gives them. */
function request(ip: string, remoteAddress: string | undefined): FastifyRequest {
  return { ip, socket: { remoteAddress } } as unknown as FastifyRequest;
}

describe('the client address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:201', '192.0.2.1'],
    ['192.0.2.1:5678', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['[2001:db8::1]:80', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['fe80::1%br-lan', 'fe80::1'],
  ])('of %s is written as %s', (ip, expected) => {
    expect(clientAddress(request(ip, '127.0.0.1'))).toBe(expected);
  });

  it.each([
    'unknown',
    '',
    'localhost',
    '<script>',
    '192.0.2',
    '192.0.2.1.5',
    '192.0.2.256',
    '192.0.2.1:123456',
    '192.0.2.1:80:80',
    '192.0.2.1%eth0',
    '192.0.2.1/24',
    '3221225985',
    '0xc0.0.2.1',
    '0300.0.2.1',
    '[192.0.2.1]',
    '[2001:db8::1',
    '2001:db8::1]:80',
    '[[2001:db8::1]]',
    '2001:db8::1::2',
    ':80',
    '%eth0',
  ])('is the address of the peer where %j is reported', (ip) => {
    expect(clientAddress(request(ip, '::ffff:10.0.0.7'))).toBe('10.0.0.7');
  });

  it('is "unknown" without a socket', () => {
    expect(clientAddress(request('', undefined))).toBe('unknown');
  });

  it('keeps the value of the first hook, also after the connection is closed', () => {
    const closed = { ...request('', undefined), knownClientAddress: '192.0.2.1' };
    expect(clientAddress(closed as unknown as FastifyRequest)).toBe('192.0.2.1');
  });

  it('is never text that a proxy copied from a client', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV6(), fc.ipV4Extended()), (ip) => {
        const address = clientAddress(request(ip, '10.0.0.7'));
        expect(address).toMatch(/^[\da-f.:]+$/);
        expect(clientAddress(request(address, undefined))).toBe(address);
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});

describe('X-Forwarded-For', () => {
  it.each([
    ['192.0.2.1:5678', '192.0.2.1'],
    ['[2001:db8::1]:80,192.0.2.1', '2001:db8::1, 192.0.2.1'],
    ['[2001:db8::1]', '2001:db8::1'],
    [' \t192.0.2.1 ,  10.0.0.1\t', '192.0.2.1, 10.0.0.1'],
    ['2001:db8::1:80', '2001:db8::1:80'],
    ['hidden, 10.0.0.1', 'hidden, 10.0.0.1'],
    ['192.0.2.1, , 10.0.0.1', '192.0.2.1, unknown, 10.0.0.1'],
    ['192.0.2.1,', '192.0.2.1, unknown'],
    ['', 'unknown'],
  ])('%j is read as %j', (header, expected) => {
    expect(normaliseForwardedFor(header)).toBe(expected);
  });

  it('keeps the number of entries for any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 6 }), (entries) => {
        const header = entries.join(',');
        const places = header.split(',').length;
        const read = normaliseForwardedFor(header).split(', ');
        expect(read).toHaveLength(Math.min(places, FORWARDED_FOR_MAX));
      }),
      { seed: 11 },
    );
  });

  it('counts its last entries only', () => {
    const entries = Array.from({ length: 1000 }, (_, index) => `10.0.${String(index % 256)}.1`);
    expect(normaliseForwardedFor(entries.join(',')).split(', ')).toEqual(
      entries.slice(-FORWARDED_FOR_MAX),
    );
  });

  it('may come as several lines', () => {
    expect(normaliseForwardedFor(['192.0.2.1:1', '10.0.0.1'])).toBe('192.0.2.1, 10.0.0.1');
  });
});

describe('the networks of an address', () => {
  it.each([
    ['192.0.2.77', '192.0.2.77/32', '192.0.2.0/24'],
    ['192.0.2.77:5678', '192.0.2.77/32', '192.0.2.0/24'],
    ['::ffff:192.0.2.77', '192.0.2.77/32', '192.0.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['fe80::1%eth0', 'fe80::/64', 'fe80::/48'],
    ['::1', '::/64', '::/48'],
    ['unknown', 'unknown', 'unknown'],
    ['192.0.2.1/8', '192.0.2.1/8', '192.0.2.1/8'],
  ])('%s is in %s and %s', (address, network, site) => {
    expect(toNetworks(address)).toEqual({ network, site });
  });
});
