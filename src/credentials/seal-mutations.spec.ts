import { createCipheriv, createHash } from 'node:crypto';
import process from 'node:process';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Secret } from '../domain/secret.js';
import { type Keyring, toKeyring, type SealType } from './seal-keys.js';
import { seal, unseal } from './sealing.js';

/** The number of changed seals to try. `SEAL_MUTATIONS=1000000` takes about two minutes. */
const MUTATIONS = Number(process.env.SEAL_MUTATIONS ?? 20_000);
const MUTATIONS_TIMEOUT_MS = 60_000 + MUTATIONS;

const TYPES: readonly SealType[] = ['ig-account+jwe', 'ig-set-up+jwe', 'ig-log-in+jwe'];
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const LETTERS = Array.from(ALPHABET);
const toBytes = (kid: string): Buffer => createHash('sha256').update(kid).digest();
const keyring: Keyring = toKeyring(
  ['k1', 'k2'].map((kid) => ({ kid, key: new Secret(toBytes(kid).toString('base64url')) })),
);
const other: Keyring = toKeyring([
  { kid: 'k2', key: new Secret(toBytes('k2').toString('base64url')) },
]);

const encode = (text: string | Uint8Array): string => Buffer.from(text).toString('base64url');
/** A seal's header; empty if a change broke it. */
const readHeader = (part: string): object => {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
  } catch {
    return {};
  }
};

/** Seals under the configured key itself, as earlier versions did. */
const sealAsEarlier = (text: string, isDeflated: boolean): string => {
  const header = { alg: 'dir', enc: 'A256GCM', ...(isDeflated ? { zip: 'DEF' } : {}) };
  const encoded = encode(JSON.stringify({ ...header, kid: 'k1', typ: 'ig-account+jwe' }));
  const iv = Buffer.alloc(12, text);
  const cipher = createCipheriv('aes-256-gcm', toBytes('k1'), iv).setAAD(Buffer.from(encoded));
  const first = cipher.update(isDeflated ? deflateRawSync(text) : text);
  const ciphertext = Buffer.concat([first, cipher.final()]);
  return [encoded, '', encode(iv), encode(ciphertext), encode(cipher.getAuthTag())].join('.');
};

/** Seals of each type, key and age, with each length of the last base64url group. */
const makeRealSeals = async (): Promise<string[]> => [
  ...(await Promise.all(
    TYPES.flatMap((type) =>
      ['', 'a', 'ab', 'abc', '{"user_token":"planted"}'].flatMap((text) => [
        seal(text, type, keyring),
        seal(text, type, other, 1_790_000_000),
      ]),
    ),
  )),
  sealAsEarlier('{"user_token":"planted"}', true),
  sealAsEarlier('{"user_token":"plant"}', false),
];

/** A change of a seal that an attacker might try. */
type Mutation = (sealed: string) => string;

const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const toIndex = (text: string, at: number): number => Math.floor(at * text.length);
const changePart =
  (index: number, change: (part: string) => string): Mutation =>
  (sealed) =>
    sealed
      .split('.')
      .map((part, at) => (at === index ? change(part) : part))
      .join('.');

/** Flips one bit of a part's bytes. */
const bitFlip = fc.tuple(fc.constantFrom(0, 2, 3, 4), position, fc.nat(7)).map(([part, at, bit]) =>
  changePart(part, (text) => {
    const bytes = Buffer.from(text, 'base64url');
    const index = Math.floor(at * bytes.length);
    bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
    return encode(bytes);
  }),
);
/** Replaces one character by any other. */
const replaced = fc
  .tuple(
    position,
    fc.oneof(fc.constantFrom(...LETTERS), fc.string({ unit: 'binary', size: 'small' })),
  )
  .map(([at, text]): Mutation => (sealed) => {
    const index = toIndex(sealed, at);
    return `${sealed.slice(0, index)}${text}${sealed.slice(index + 1)}`;
  });
/** Decoders skip these characters or read them as letters of another alphabet. */
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
  const [start, end] = [toIndex(sealed, from), toIndex(sealed, to)].sort((a, b) => a - b);
  return sealed.slice(0, start) + sealed.slice((end ?? 0) + 1);
});
/** Spells the same bytes in another way: spare bits of the last letter, padding, plain base64. */
const respelled = fc
  .tuple(fc.constantFrom(0, 2, 3, 4), fc.constantFrom(1, 2, 3, 4, 8, 15, 16, 32), fc.nat(2))
  .map(([index, bits, way]) =>
    changePart(index, (part) => {
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
/** Adds or replaces names and values in the header, or spells the same JSON in another way. */
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
      changePart(0, (part) => encode(JSON.stringify({ ...readHeader(part), ...change }))),
      changePart(0, (part) => encode(JSON.stringify({ ...change, ...readHeader(part) }))),
      changePart(0, (part) => encode(`${JSON.stringify(readHeader(part))} `)),
      changePart(0, () => encode(JSON.stringify(change))),
    ),
  );
const mutation = fc.oneof(bitFlip, replaced, inserted, cut, respelled, restructured, reheaded);

describe('a seal', () => {
  it(
    `does not open after any of ${String(MUTATIONS)} random changes`,
    async () => {
      const seals = await makeRealSeals();
      const known = new Set(seals);
      const opened: string[] = [];
      let tried = 0;
      /** Replaces a part with that of another seal. */
      const swapped = fc
        .tuple(fc.nat(4), fc.constantFrom(...seals))
        .map(([index, donor]) => changePart(index, () => donor.split('.')[index] ?? ''));
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

  it('opens unchanged, for its own purpose only', async () => {
    for (const sealed of await makeRealSeals()) {
      const [header = ''] = sealed.split('.');
      for (const type of TYPES) {
        const { typ } = readHeader(header) as { typ?: string };
        expect((await unseal(sealed, type, keyring)) !== undefined).toBe(typ === type);
      }
    }
  });
});
