import { describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { Secret } from '../common/secret.js';
import { CredentialsService } from './credentials.service.js';

const ACCOUNT = {
  dialect: 'facebook_login',
  ig_user_id: '17841405309211844',
  username: 'omniwear',
  user_token: 'planted-user-token',
  scopes: ['instagram_basic'],
};

const key = (kid: string, byte: number): { kid: string; key: Secret } => ({
  kid,
  key: new Secret(Buffer.alloc(32, byte).toString('base64url')),
});
const service = (...credentialsKeys: ReturnType<typeof key>[]): CredentialsService =>
  new CredentialsService({ credentialsKeys, credentialsPlaintext: false });

describe('CredentialsService', () => {
  it('seals as a compact JWE of its own type, under the first key', async () => {
    const sealed = await service(key('new', 1), key('old', 2)).seal(ACCOUNT);
    expect(decodeProtectedHeader(sealed)).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      zip: 'DEF',
      kid: 'new',
      typ: 'ig-account+jwe',
    });
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
    ['extra', 1],
  ])('does not seal an account whose %s is %j', async (field, value) => {
    const refused = service(key('a', 1)).seal({ ...ACCOUNT, [field]: value });
    await expect(refused).rejects.toThrow(new RegExp(`- ${field} `));
    await expect(refused).rejects.not.toThrow(/planted/);
  });
});
