import { hkdfSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeProtectedHeader } from 'jose';
import {
  ACCOUNT,
  createService,
  HEADER,
  key,
  NOW,
  sealByHand,
  toBytes,
} from '../../test/support/seals.js';

const LETTER = fc.constantFrom(...Array.from('ABCabc0129_-'));

describe('CredentialsService', () => {
  it('seals as a compact JWE of its own type with the first key', async () => {
    const sealed = await createService(key('new', 1), key('old', 2)).seal(ACCOUNT);
    expect(decodeProtectedHeader(sealed)).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: 'new',
      typ: 'ig-account+jwe',
      kdf: 'HKDF-SHA256',
      iat: NOW / 1000,
    });
  });

  it('seals with a key that HKDF derives from the configured key for this purpose', async () => {
    const info = 'instagram-authenticating-proxy/seal/v1/';
    const derived = (type: string): Uint8Array =>
      new Uint8Array(hkdfSync('sha256', toBytes(1), '', `${info}${type}`, 32));
    const header = { ...HEADER, kdf: 'HKDF-SHA256', iat: NOW / 1000 };
    const open = (bytes: Uint8Array): Promise<unknown> =>
      createService(key('a', 1)).open(sealByHand(header, bytes, ACCOUNT));
    await expect(open(derived('ig-account+jwe'))).resolves.toMatchObject({ username: 'omniwear' });
    for (const bytes of [derived('ig-set-up+jwe'), derived('ig-log-in+jwe'), toBytes(1)]) {
      await expect(open(bytes)).rejects.toMatchObject({ code: 'metadata_invalid' });
    }
  });

  it('opens what it sealed', async () => {
    const credentials = createService(key('a', 1));
    const account = await credentials.open(
      await credentials.seal({ ...ACCOUNT, expires_at: '2027-01-20T00:00:00Z' }),
    );
    expect(account).toMatchObject({
      dialect: 'facebook_login',
      igUserId: '17841405309211844',
      username: 'omniwear',
      pageToken: undefined,
      expiresAt: Date.UTC(2027, 0, 20),
    });
    expect(account.userToken.reveal()).toBe('planted-user-token');
    expect(JSON.stringify(account).includes('planted')).toBe(false);
  });

  it('opens the seals of an older key until that key is removed', async () => {
    const sealed = await createService(key('old', 1)).seal(ACCOUNT);
    const rotated = createService(key('new', 2), key('old', 1));
    await expect(rotated.open(sealed)).resolves.toMatchObject({ username: 'omniwear' });
    await expect(createService(key('new', 2)).open(sealed)).rejects.toMatchObject({
      code: 'metadata_invalid',
    });
  });

  it('accepts a token without an end', async () => {
    const credentials = createService(key('a', 1));
    for (const account of [ACCOUNT, { ...ACCOUNT, expires_at: 0 }]) {
      const opened = await credentials.open(await credentials.seal(account));
      expect(opened.expiresAt).toBeUndefined();
    }
  });

  it('decrypts the same metadata once', async () => {
    const credentials = createService(key('a', 1));
    const sealed = await credentials.seal(ACCOUNT);
    expect(await credentials.open(sealed)).toBe(await credentials.open(sealed));
  });

  it.each([
    ['dialect', 'twitter'],
    ['ig_user_id', 17841405309211844],
    ['ig_user_id', '1'.repeat(31)],
    ['username', 'omni wear'],
    ['page_id', null],
    ['user_token', ''],
    ['user_token', 'a b'],
    ['page_token', 'a\nb'],
    ['scopes', []],
    ['scopes', 'instagram_basic'],
    ['scopes', ['instagram basic']],
    ['expires_at', -1],
    ['expires_at', 'tomorrow'],
    ['expires_at', '2027-99-99'],
    ['expires_at', '2027-01-20T00:00:00'],
    ['expires_at', 1_800_000_000_000],
    ['subdomain', 'omniwear.zendesk.com'],
    ['subdomain', undefined],
    ['subdomain', null],
    ['extra', 1],
  ])('does not seal an account whose %s is %j', async (field, value) => {
    const refused = createService(key('a', 1)).seal({ ...ACCOUNT, [field]: value });
    await expect(refused).rejects.toThrow(new RegExp(`- ${field} `));
    await expect(refused).rejects.not.toThrow(/planted/);
  });

  it('makes seals whose length depends only on the lengths of the fields', async () => {
    const credentials = createService(key('a', 1));
    const token = 'EAAB7wq3plantedTokenZC0ab9xQZDZD';
    const sealedLength = async (user_token: string, page_token: string): Promise<number> =>
      (await credentials.seal({ ...ACCOUNT, user_token, page_token })).length;
    const length = await sealedLength(token, 'x'.repeat(token.length));
    const guess = fc
      .tuple(fc.nat(token.length), fc.string({ minLength: 40, maxLength: 40, unit: LETTER }))
      .map(([shared, others]) => `${token.slice(0, shared)}${others}`.slice(0, token.length));
    await fc.assert(
      fc.asyncProperty(guess, async (text) => {
        expect(await sealedLength(token, text)).toBe(length);
      }),
      { seed: 1, numRuns: 500 },
    );
    expect(await sealedLength(token, token)).toBe(length);
  });
});
