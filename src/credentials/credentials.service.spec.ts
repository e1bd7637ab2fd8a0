import { createCipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeProtectedHeader } from 'jose';
import { Secret } from '../domain/secret.js';
import { CredentialsService } from './credentials.service.js';
import { SANDBOX_METADATA } from './sandbox-metadata.js';

const ACCOUNT = {
  dialect: 'facebook_login',
  ig_user_id: '17841405309211844',
  username: 'omniwear',
  user_token: 'planted-user-token',
  scopes: ['instagram_basic'],
  subdomain: 'omniwear',
};
const LETTER = fc.constantFrom(...Array.from('ABCabc0129_-'));
const NOW = Date.UTC(2026, 10, 20, 9);
const DAY_MS = 86_400_000;
/** Sealed by an earlier version, whose headers had neither `kdf` nor `iat`. */
const SANDBOX_KEY = 'xvuf5f-DFdeUoll7QeUM5VIpnYjX1_lpVPtNOBjxoH8';
const EARLIER_METADATA =
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIiwia2lkIjoic2FuZGJveCIsInR5cCI6ImlnLWFjY291bnQrandlIn0..BI71yycnf0n_cVWJ.ZW907s8y1ilTJOX0d5qBhrHnkeEHnJJ1Uup3xX8DtFBClaBBX_PAj1Mdzn4qSuC2WjGjxjZJwb7_TN3bGfpps40toLydWOjleihUn05fAilsifvB0kFqs5mus68pEbuuk92fZjrzYH1C8QHRLPn2ubcEUVMCDa2pWjjEAAwqLJvm1wEsAGo2zyrahnkV1u90Z0iN1wp0obBHJdK8LwBH6fLQXOmxqHF9zEycVRNDI30grgbfhQ.X_7gpFx_yZkWZLk_JvdKSg';

const bytesOf = (seed: number): Buffer =>
  createHash('sha256')
    .update(`key ${String(seed)}`)
    .digest();
const key = (kid: string, seed: number): { kid: string; key: Secret } => ({
  kid,
  key: new Secret(bytesOf(seed).toString('base64url')),
});
const service = (...credentialsKeys: ReturnType<typeof key>[]): CredentialsService =>
  at(NOW, {}, ...credentialsKeys);
const at = (
  now: number,
  { notBefore }: { notBefore?: number },
  ...credentialsKeys: ReturnType<typeof key>[]
): CredentialsService =>
  new CredentialsService(
    { credentialsKeys, credentialsPlaintext: false, credentialsNotBefore: notBefore },
    { now: () => now },
  );
/** A seal made by hand: any header, under any key. */
const sealByHand = (header: object, bytes: Uint8Array, account: object): string => {
  const text = Buffer.from(JSON.stringify({ v: 1, ...account }));
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', bytes, iv);
  const encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
  cipher.setAAD(Buffer.from(encoded));
  const isDeflated = 'zip' in header && header.zip === 'DEF';
  const ciphertext = cipher.update(isDeflated ? deflateRawSync(text) : text);
  const parts = [iv, Buffer.concat([ciphertext, cipher.final()]), cipher.getAuthTag()];
  return [encoded, '', ...parts.map((part) => part.toString('base64url'))].join('.');
};
const HEADER = { alg: 'dir', enc: 'A256GCM', kid: 'a', typ: 'ig-account+jwe' };
/** An account sealed under the configured key itself, as earlier versions did. */
const sealedEarlier = (header: object, account: object = ACCOUNT): string =>
  sealByHand({ ...HEADER, ...header }, bytesOf(1), account);

describe('CredentialsService', () => {
  it('seals as a compact JWE of its own type, under the first key', async () => {
    const sealed = await service(key('new', 1), key('old', 2)).seal(ACCOUNT);
    expect(decodeProtectedHeader(sealed)).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: 'new',
      typ: 'ig-account+jwe',
      kdf: 'HKDF-SHA256',
      iat: NOW / 1000,
    });
  });

  it('seals under a key of its purpose, derived with HKDF from the configured one', async () => {
    const info = 'instagram-authenticating-proxy/seal/v1/';
    const derived = (type: string): Uint8Array =>
      new Uint8Array(hkdfSync('sha256', bytesOf(1), '', `${info}${type}`, 32));
    const header = { ...HEADER, kdf: 'HKDF-SHA256', iat: NOW / 1000 };
    const open = (bytes: Uint8Array): Promise<unknown> =>
      service(key('a', 1)).open(sealByHand(header, bytes, ACCOUNT));
    await expect(open(derived('ig-account+jwe'))).resolves.toMatchObject({ username: 'omniwear' });
    for (const bytes of [derived('ig-set-up+jwe'), derived('ig-log-in+jwe'), bytesOf(1)]) {
      await expect(open(bytes)).rejects.toMatchObject({ code: 'metadata_invalid' });
    }
  });

  it('opens what it sealed', async () => {
    const credentials = service(key('a', 1));
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

  it('still opens what an older key sealed, until that key is taken away', async () => {
    const sealed = await service(key('old', 1)).seal(ACCOUNT);
    const rotated = service(key('new', 2), key('old', 1));
    await expect(rotated.open(sealed)).resolves.toMatchObject({ username: 'omniwear' });
    await expect(service(key('new', 2)).open(sealed)).rejects.toMatchObject({
      code: 'metadata_invalid',
    });
  });

  it('knows a token without an end', async () => {
    const credentials = service(key('a', 1));
    for (const account of [ACCOUNT, { ...ACCOUNT, expires_at: 0 }]) {
      const opened = await credentials.open(await credentials.seal(account));
      expect(opened.expiresAt).toBeUndefined();
    }
  });

  it('opens the same metadata once', async () => {
    const credentials = service(key('a', 1));
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
    const refused = service(key('a', 1)).seal({ ...ACCOUNT, [field]: value });
    await expect(refused).rejects.toThrow(new RegExp(`- ${field} `));
    await expect(refused).rejects.not.toThrow(/planted/);
  });

  it('makes a seal whose length depends on the lengths of the fields alone', async () => {
    const credentials = service(key('a', 1));
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

  describe('with a seal of an earlier version', () => {
    const sandbox = { kid: 'sandbox', key: new Secret(SANDBOX_KEY) };

    it('opens the example of an earlier version, and the one of this version', async () => {
      const credentials = service(sandbox);
      for (const metadata of [EARLIER_METADATA, SANDBOX_METADATA]) {
        await expect(credentials.open(metadata)).resolves.toMatchObject({ username: 'omniwear' });
      }
    });

    it.each([
      ['deflated', { zip: 'DEF' }],
      ['not deflated', {}],
    ])('opens one that was %s, and renews it', async (_, header) => {
      const credentials = service(key('a', 1));
      const earlier = sealedEarlier(header);
      await expect(credentials.open(earlier)).resolves.toMatchObject({ username: 'omniwear' });
      const renewed = (await credentials.reseal(earlier)) ?? '';
      expect(decodeProtectedHeader(renewed)).toMatchObject({ kdf: 'HKDF-SHA256', iat: NOW / 1000 });
      await expect(credentials.openFields(renewed)).resolves.toEqual(
        await credentials.openFields(earlier),
      );
      expect(await credentials.reseal(renewed)).toBeUndefined();
    });

    it('opens one without a Zendesk, as the command could make it', async () => {
      const { subdomain, ...rest } = ACCOUNT;
      expect(subdomain).toBe('omniwear');
      const opened = service(key('a', 1)).open(sealedEarlier({}, rest));
      await expect(opened).resolves.toMatchObject({ subdomain: undefined });
    });

    it('leaves one as it is whose new seal would be longer than Zendesk keeps', async () => {
      const credentials = service(key('a', 1));
      const token = 'long'.repeat(700);
      const long = { ...ACCOUNT, user_token: token, page_token: token };
      const earlier = sealedEarlier({ zip: 'DEF' }, long);
      expect((await credentials.open(earlier)).userToken.reveal()).toBe(token);
      expect(await credentials.reseal(earlier)).toBeUndefined();
    });

    it('does not inflate more than an account can have', async () => {
      const credentials = service(key('a', 1));
      const bomb = sealedEarlier({ zip: 'DEF' }, { ...ACCOUNT, x: ' '.repeat(3_000_000) });
      expect(bomb.length).toBeLessThan(5000);
      await expect(credentials.open(bomb)).rejects.toMatchObject({ code: 'metadata_invalid' });
    });

    it.each([
      ['another algorithm name', { kdf: 'HKDF-SHA512' }],
      ['a derived key that did not seal it', { kdf: 'HKDF-SHA256' }],
      ['another compression', { zip: 'def' }],
      ['another purpose', { typ: 'ig-log-in+jwe' }],
      ['a time that is a text', { iat: '1700000000' }],
      ['a time before 1970', { iat: -1 }],
      ['a time past the year 2286', { iat: 10_000_000_000 }],
      ['a header of no seal', { cty: 'json' }],
    ])('does not open one that says %s', async (_, header) => {
      const metadata = sealedEarlier(header);
      await expect(service(key('a', 1)).open(metadata)).rejects.toMatchObject({
        code: 'metadata_invalid',
      });
    });
  });

  describe('with an old seal', () => {
    it.each([
      [7 * DAY_MS - 1000, false],
      [7 * DAY_MS, true],
      [400 * DAY_MS, true],
      [-300_000, false],
      // The clock that made it was wrong.
      [-301_000, true],
    ])('renews one that is %d ms old: %s', async (ageMs, isRenewed) => {
      const metadata = await service(key('a', 1)).seal(ACCOUNT);
      const later = at(NOW + ageMs, {}, key('a', 1));
      const renewed = await later.reseal(metadata);
      expect(renewed !== undefined).toBe(isRenewed);
      expect(later.sealedAt(renewed ?? metadata)).toBe(isRenewed ? NOW + ageMs : NOW);
      await expect(later.open(renewed ?? metadata)).resolves.toMatchObject({
        igUserId: ACCOUNT.ig_user_id,
      });
    });

    it('reports one from before CREDENTIALS_NOT_BEFORE as one that cannot open', async () => {
      const old = await service(key('a', 1)).seal(ACCOUNT);
      const young = await at(NOW + 1000, {}, key('a', 1)).seal(ACCOUNT);
      const strict = at(NOW + DAY_MS, { notBefore: NOW + 1000 }, key('a', 1));
      await expect(strict.open(young)).resolves.toMatchObject({ username: 'omniwear' });
      const message = await strict.open('nonsense').catch(String);
      for (const metadata of [old, sealedEarlier({}), sealedEarlier({ zip: 'DEF' })]) {
        for (const call of [strict.open(metadata), strict.openFields(metadata)]) {
          expect(await call.catch(String)).toBe(message);
        }
      }
    });

    it('opens seals made after CREDENTIALS_NOT_BEFORE within its second', async () => {
      const notBefore = NOW + 500;
      const before = await service(key('a', 1)).seal(ACCOUNT);
      const strict = at(NOW + 600, { notBefore }, key('a', 1));
      await expect(strict.open(before)).rejects.toMatchObject({ code: 'metadata_invalid' });
      const metadata = await strict.seal(ACCOUNT);
      await expect(strict.open(metadata)).resolves.toMatchObject({ username: 'omniwear' });
      expect(await strict.reseal(metadata)).toBeUndefined();
    });
  });
});
