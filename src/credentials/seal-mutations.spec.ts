import { createCipheriv, createHash } from 'node:crypto';
import process from 'node:process';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Secret } from '../domain/secret.js';
import { type Keyring, toKeyring, type SealType } from './seal-keys.js';
import { seal, unseal } from './sealing.js';

/** How many changed seals are tried. `SEAL_MUTATIONS=1000000` takes about two minutes. */
const MUTATIONS = Number(process.env.SEAL_MUTATIONS ?? 20_000);
const MUTATIONS_TIMEOUT_MS = 60_000 + MUTATIONS;

const TYPES: readonly SealType[] = ['ig-account+jwe', 'ig-set-up+jwe', 'ig-log-in+jwe'];
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const LETTERS = Array.from(ALPHABET);
const bytesOf = (kid: string): Buffer => createHash('sha256').update(kid).digest();
const keyring: Keyring = toKeyring(
  ['k1', 'k2'].map((kid) => ({ kid, key: new Secret(bytesOf(kid).toString('base64url')) })),
);
const other: Keyring = toKeyring([
  { kid: 'k2', key: new Secret(bytesOf('k2').toString('base64url')) },
]);

const encode = (text: string | Uint8Array): string => Buffer.from(text).toString('base64url');
/** A seal's header; none where a change broke it. */
const headerOf = (part: string): object => {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
  } catch {
    return {};
  }
};

/** A seal of an earlier version: under the configured key itself. */
const sealEarlier = (text: string, isDeflated: boolean): string => {
  const header = { alg: 'dir', enc: 'A256GCM', ...(isDeflated ? { zip: 'DEF' } : {}) };
  const encoded = encode(JSON.stringify({ ...header, kid: 'k1', typ: 'ig-account+jwe' }));
  const iv = Buffer.alloc(12, text);
  const cipher = createCipheriv('aes-256-gcm', bytesOf('k1'), iv).setAAD(Buffer.from(encoded));
  const first = cipher.update(isDeflated ? deflateRawSync(text) : text);
  const ciphertext = Buffer.concat([first, cipher.final()]);
  return [encoded, '', encode(iv), encode(ciphertext), encode(cipher.getAuthTag())].join('.');
};

/** Seals of each type, key, age and length of the last base64url group. */
const realSeals = async (): Promise<string[]> => [
  ...(await Promise.all(
    TYPES.flatMap((type) =>
      ['', 'a', 'ab', 'abc', '{"user_token":"planted"}'].flatMap((text) => [
        seal(text, type, keyring),
        seal(text, type, other, 1_790_000_000),
      ]),
    ),
  )),
  sealEarlier('{"user_token":"planted"}', true),
  sealEarlier('{"user_token":"plant"}', false),
];

/** One change of a seal, of a kind that attackers try. */
type Mutation = (sealed: string) => string;

const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const indexIn = (text: string, at: number): number => Math.floor(at * text.length);
const inPart =
  (index: number, change: (part: string) => string): Mutation =>
  (sealed) =>
    sealed
      .split('.')
      .map((part, at) => (at === index ? change(part) : part))
      .join('.');

/** Flips one bit of a part's bytes. */
const bitFlip = fc.tuple(fc.constantFrom(0, 2, 3, 4), position, fc.nat(7)).map(([part, at, bit]) =>
  inPart(part, (text) => {
    const bytes = Buffer.from(text, 'base64url');
    const index = Math.floor(at * bytes.length);
    bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
    return encode(bytes);
  }),
);
/** Replaces one character, by one of the alphabet or by any other. */
const replaced = fc
  .tuple(
    position,
    fc.oneof(fc.constantFrom(...LETTERS), fc.string({ unit: 'binary', size: 'small' })),
  )
  .map(([at, text]): Mutation => (sealed) => {
    const index = indexIn(sealed, at);
    return `${sealed.slice(0, index)}${text}${sealed.slice(index + 1)}`;
  });
/** Decoders skip these, or read them as another alphabet's letters. */
const inserted = fc
  .tuple(
    position,
    fc.constantFrom('=', '==', ' ', '\n', '\t', '.', '+', '/', '\0', 'A', '%3D', 'é'),
  )
  .map(([at, text]): Mutation => (sealed) => {
    const index = Math.floor(at * (sealed.length + 1));
    return `${sealed.slice(0, index)}${text}${sealed.slice(index)}`;
  });
const cut = fc.tuple(position, position).map(([from, to]): Mutation => (sealed) => {
  const [start, end] = [indexIn(sealed, from), indexIn(sealed, to)].sort((a, b) => a - b);
  return sealed.slice(0, start) + sealed.slice((end ?? 0) + 1);
});
/**
 * The same bytes in another spelling: the spare bits of a part's last letter, padding, standard
 * base64.
 */
const respelled = fc
  .tuple(fc.constantFrom(0, 2, 3, 4), fc.constantFrom(1, 2, 3, 4, 8, 15, 16, 32), fc.nat(2))
  .map(([index, bits, way]) =>
    inPart(index, (part) => {
      if (way === 0) {
        const last = ALPHABET.charAt(ALPHABET.indexOf(part.slice(-1)) ^ bits);
        return `${part.slice(0, -1)}${last}`;
      }
      return way === 1
        ? `${part}${'='.repeat(bits % 4)}`
        : Buffer.from(part, 'base64url').toString('base64');
    }),
  );
const restructured = fc
  .tuple(fc.nat(4), fc.nat(4), fc.nat(3))
  .map(([one, two, way]): Mutation => (sealed) => {
    const parts = sealed.split('.');
    const [first = '', second = ''] = [parts[one], parts[two]];
    if (way === 0) parts.splice(one, 0, second);
    else if (way === 1) parts.splice(one, 1);
    else if (way === 2) parts[one] = `${first}${second}`;
    else [parts[one], parts[two]] = [second, first];
    return parts.join('.');
  });
/** Other names and values in the header, written as JSON of the same meaning or another. */
const reheaded = fc
  .oneof(
    fc.constantFrom<object>(
      { alg: 'none' },
      { alg: 'A256KW' },
      { alg: 'PBES2-HS256+A128KW', p2c: 2_000_000_000, p2s: 'AA' },
      { alg: 'ECDH-ES', epk: {} },
      { enc: 'A128CBC-HS256' },
      { enc: 'A128GCM' },
      { zip: 'DEF' },
      { zip: 'GZ' },
      { zip: null },
      { kid: 'k1' },
      { kid: 'k2' },
      { kid: '__proto__' },
      { kid: 1 },
      { kid: undefined },
      { typ: 'ig-account+jwe' },
      { typ: 'ig-set-up+jwe' },
      { typ: 'ig-log-in+jwe' },
      { typ: 'JWE' },
      { kdf: undefined },
      { kdf: 'HKDF-SHA256' },
      { kdf: 'HKDF-SHA512' },
      { kdf: '' },
      { iat: undefined },
      { iat: 0 },
      { iat: 1_790_000_001 },
      { iat: 1e300 },
      { iat: '1790000000' },
      { crit: ['exp'], exp: 1 },
      { b64: false, crit: ['b64'] },
      { jwk: {} },
      { jku: 'https://evil.example' },
      { cty: 'JWT' },
    ),
    fc.object({ maxDepth: 2, maxKeys: 3 }),
  )
  .chain((change) =>
    fc.constantFrom<Mutation>(
      inPart(0, (part) => encode(JSON.stringify({ ...headerOf(part), ...change }))),
      inPart(0, (part) => encode(JSON.stringify({ ...change, ...headerOf(part) }))),
      inPart(0, (part) => encode(`${JSON.stringify(headerOf(part))} `)),
      inPart(0, () => encode(JSON.stringify(change))),
    ),
  );
const mutation = fc.oneof(bitFlip, replaced, inserted, cut, respelled, restructured, reheaded);

describe('a seal', () => {
  it(
    `does not open after any of ${String(MUTATIONS)} changes`,
    async () => {
      const seals = await realSeals();
      const known = new Set(seals);
      const opened: string[] = [];
      let tried = 0;
      /** A part of another seal in place of the own one. */
      const swapped = fc
        .tuple(fc.nat(4), fc.constantFrom(...seals))
        .map(([index, donor]) => inPart(index, () => donor.split('.')[index] ?? ''));
      const changed = fc
        .tuple(
          fc.constantFrom(...seals),
          fc.array(fc.oneof(mutation, swapped), { minLength: 1, maxLength: 3 }),
        )
        .map(([sealed, changes]) => changes.reduce((text, change) => change(text), sealed));
      await fc.assert(
        fc.asyncProperty(changed, fc.constantFrom(...TYPES), async (text, type) => {
          if (known.has(text)) return;
          tried += 1;
          if ((await unseal(text, type, keyring)) !== undefined) opened.push(text);
        }),
        { seed: 11, numRuns: MUTATIONS },
      );
      expect(opened).toEqual([]);
      expect(tried).toBeGreaterThan(MUTATIONS * 0.9);
    },
    MUTATIONS_TIMEOUT_MS,
  );

  it('opens for its own purpose only, while its text is the one that was sealed', async () => {
    for (const sealed of await realSeals()) {
      const [header = ''] = sealed.split('.');
      for (const type of TYPES) {
        const { typ } = headerOf(header) as { typ?: string };
        expect((await unseal(sealed, type, keyring)) !== undefined).toBe(typ === type);
      }
    }
  });
});
