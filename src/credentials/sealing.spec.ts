import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../domain/secret.js';
import { toKeyring, type SealType } from './seal-keys.js';
import { unseal } from './sealing.js';

/**
 * No text may take longer than a hash of this many bytes right before. One of several tries is
 * enough, because other processes may slow the machine down.
 */
const REFERENCE = Buffer.alloc(20_000_000);
const TRIES = 10;

const TYPES: readonly SealType[] = ['ig-account+jwe', 'ig-set-up+jwe', 'ig-log-in+jwe'];
const key = new Secret(createHash('sha256').update('k1').digest('base64url'));
const keyring = toKeyring([{ kid: 'k1', key }]);
const encode = (text: string | Uint8Array): string => Buffer.from(text).toString('base64url');

const measureTime = async (work: () => unknown): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

describe('an invalid seal', () => {
  it('is rejected quickly, with any hostile header', async () => {
    const base = { alg: 'dir', enc: 'A256GCM', kid: 'k1', typ: 'ig-account+jwe' };
    const bomb = encode(deflateRawSync(Buffer.alloc(60_000_000)).subarray(0, 40_000));
    const long = 'x'.repeat(60_000);
    const headers = [
      '',
      '{',
      'null',
      '[]',
      '"text"',
      long,
      '['.repeat(40_000),
      '{"a":'.repeat(40),
      '{"a":'.repeat(12_000),
      '{"__proto__":{"kid":"k1"}}',
      '{"kid":"k1","constructor":{"prototype":{"x":1}}}',
      ...[
        { ...base, crit: ['b64'], b64: false },
        { ...base, crit: [] },
        { ...base, alg: 'PBES2-HS512+A256KW', p2c: Number.MAX_SAFE_INTEGER, p2s: 'AA' },
        { ...base, p2c: 2_147_483_647 },
        { ...base, kid: long },
        { ...base, kid: ['k1'] },
        { ...base, kid: { toString: 'k1' } },
        { ...base, zip: 'DEF' },
        { ...base, kdf: 'HKDF-SHA256', zip: 'DEF' },
        { ...base, iat: -0.5 },
        { ...base, iat: 1e300 },
        { ...base, typ: 'ig-set-up+jwe', kdf: 'HKDF-SHA256' },
        {
          ...base,
          ...Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`n${String(at)}`, at])),
        },
      ].map((header) => JSON.stringify(header)),
    ];
    const texts = [
      ...headers.flatMap((header) => [
        `${encode(header)}..${encode(Buffer.alloc(12))}.${bomb}.${encode(Buffer.alloc(16))}`,
        `${encode(header)}.${bomb}...`,
      ]),
      '.'.repeat(65_536),
      'A'.repeat(65_536),
      'A'.repeat(10_000_000),
      `${'.'.repeat(4)}${'A'.repeat(60_000)}`,
      '\ud800..\udfff.\0.\u{1f600}',
    ];
    for (const text of texts) {
      for (const type of TYPES) {
        const ratios: number[] = [];
        do {
          const reference = await measureTime(() =>
            createHash('sha256').update(REFERENCE).digest(),
          );
          const taken = await measureTime(async () => {
            expect(await unseal(text, type, keyring)).toBeUndefined();
          });
          ratios.push(taken / reference);
        } while (Math.min(...ratios) > 1 && ratios.length < TRIES);
        expect(Math.min(...ratios)).toBeLessThan(1);
      }
    }
  }, 60_000);
});
