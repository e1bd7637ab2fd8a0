import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ACCOUNT, createService, key, NOW, sealAsEarlier } from '../../test/support/seals.js';
import { toKeyring } from './seal-keys.js';
import { seal } from './sealing.js';

const KEY = key('a', 1);
const credentials = createService(KEY);

/** Seals fields as a later version does. */
const sealed = (fields: object): Promise<string> =>
  seal(
    JSON.stringify({ v: 1, ...ACCOUNT, ...fields }),
    'ig-account+jwe',
    toKeyring([KEY]),
    NOW / 1000,
  );
const codeOf = async (metadata: string): Promise<unknown> => {
  try {
    await credentials.open(metadata);
    return 'ok';
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe('the seal of a newer version', () => {
  it.each([
    ['a later version of the fields', { v: 2 }],
    ['a later version without the fields of today', { v: 3, scopes: undefined, user_token: null }],
    ['a new login product', { dialect: 'threads_login' }],
    ['a new kind of thread', { threads: 'story' }],
    ['more days of backfill', { backfill_days: 5000 }],
    ['a new form of user names', { username: 'omni-wear' }],
    ['a list where a text was', { subdomain: ['omniwear'] }],
  ])('with %s is a failure of this service, not of the account', async (_, fields) => {
    expect(await codeOf(await sealed(fields))).toBe('internal');
  });

  it('opens if it only has fields that are unknown here', async () => {
    expect(await codeOf(await sealed({ colour: 'red', limits: { likes: 5 } }))).toBe('ok');
  });

  it('is renewed with its unknown fields', async () => {
    const old = sealAsEarlier({}, { ...ACCOUNT, colour: 'red' });
    const renewed = await credentials.reseal(old);
    expect(renewed?.length).toBe((await sealed({ colour: 'red' })).length);
  });

  it.each([
    ['an earlier version of the fields', { v: 0 }],
    ['no version', { v: undefined }],
    ['no token', { user_token: undefined }],
    ['an empty token', { user_token: '' }],
    ['no scopes', { scopes: undefined }],
  ])('is no explanation for an account with %s', async (_, fields) => {
    expect(await codeOf(await sealed(fields))).toBe('metadata_invalid');
  });

  it('is no explanation for odd values in a seal without a time', async () => {
    const odd = { ...ACCOUNT, username: 'omni-wear' };
    expect(await codeOf(sealAsEarlier({}, odd))).toBe('metadata_invalid');
    expect(await codeOf(sealAsEarlier({}, { ...odd, v: 2 }))).toBe('internal');
  });

  it('must open: nobody gets this answer without a key', async () => {
    const fields = fc.record({
      v: fc.constantFrom(1, 2, 99),
      dialect: fc.constantFrom('facebook_login', 'threads_login'),
    });
    const part = fc.nat(4);
    await fc.assert(
      fc.asyncProperty(fields, part, fc.nat(1_000_000), async (account, index, position) => {
        const parts = (await sealed(account)).split('.');
        const text = parts[index] ?? '';
        const at = text === '' ? 0 : position % text.length;
        parts[index] = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
        expect(await codeOf(parts.join('.'))).toBe('metadata_invalid');
        const other = createService(key('a', 2));
        await expect(other.open(await sealed(account))).rejects.toMatchObject({
          code: 'metadata_invalid',
        });
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('with a header that is unknown here does not open, because nothing proves it', async () => {
    for (const change of [{ kdf: 'HKDF-SHA512' }, { typ: 'ig-account+jwe;v=2' }, { zip: 'NEW' }]) {
      const [header = '', ...rest] = (await sealed({ v: 2 })).split('.');
      const fields = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
      const other = Buffer.from(JSON.stringify({ ...fields, ...change })).toString('base64url');
      expect(await codeOf([other, ...rest].join('.'))).toBe('metadata_invalid');
    }
  });
});
