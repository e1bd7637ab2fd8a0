import { describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import {
  ACCOUNT,
  createService,
  createServiceAt,
  key,
  NOW,
  sealAsEarlier,
} from '../../test/support/seals.js';
import { Secret } from '../domain/secret.js';

const DAY_MS = 86_400_000;
/** The key of the two seals that follow. */
const OLD_KEY = 'xvuf5f-DFdeUoll7QeUM5VIpnYjX1_lpVPtNOBjxoH8';
/** From an earlier version, whose headers had neither `kdf` nor `iat`. */
const EARLIER_METADATA = [
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIiwia2lkIjoic2FuZGJveCIsInR5cCI6ImlnLW',
  'FjY291bnQrandlIn0..BI71yycnf0n_cVWJ.ZW907s8y1ilTJOX0d5qBhrHnkeEHnJJ1Uup3xX8DtFBClaBBX_PAj1',
  'Mdzn4qSuC2WjGjxjZJwb7_TN3bGfpps40toLydWOjleihUn05fAilsifvB0kFqs5mus68pEbuuk92fZjrzYH1C8QHR',
  'LPn2ubcEUVMCDa2pWjjEAAwqLJvm1wEsAGo2zyrahnkV1u90Z0iN1wp0obBHJdK8LwBH6fLQXOmxqHF9zEycVRNDI3',
  '0grgbfhQ.X_7gpFx_yZkWZLk_JvdKSg',
].join('');

/** From version 0.1.0. */
const RELEASED_METADATA = [
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoic2FuZGJveCIsInR5cCI6ImlnLWFjY291bnQrandlIi',
  'wia2RmIjoiSEtERi1TSEEyNTYiLCJpYXQiOjE3OTU1NjQ4MDB9..9teYXpHdRDUrjtsa.N2Mnq65wjzWjx8sXn1cig',
  'hFtC3GNtL9NnucUW1hz9u9Y6z-4fyfFU82tUk-iGQZgiZe475QsMaEWhGPsNg9xJTMtiIqVD8eLfp3MUIhWmaGfg19',
  'gUViOjEvyOEf4CVx2fWERgw6pOK3yp0LPO3z0-_ANvzyytxU37JcRK3DWdh9SVmTXSnb1cW9dfAl88S_Bg852a4q_f',
  'WDKqDcYgQiQsGOFGSHJd4cEmCT3w6hcrfZremG7ugFyYthdaBziPIjGqkB5OdtfLeBYz5ZW3Bm1TUgboPV2FbubZsn',
  'UvfeJjPwpk57-GE2JxPQoAcJl99qmJNGWDvh8NVc2jkJwTPz6Gr5v5ZJas4Ai20PjKlMfY6CW1-8Ja6j3YkQHFDcoP',
  'gptSOZmc7jrOCX7gG_MqnrunyyT2PhFdTucag.yaJ-9FqXjVS2meDYY8ubaQ',
].join('');

describe('a seal of an earlier version', () => {
  const sandbox = { kid: 'sandbox', key: new Secret(OLD_KEY) };

  it('opens what the earliest version and version 0.1.0 sealed', async () => {
    const credentials = createService(sandbox);
    for (const metadata of [EARLIER_METADATA, RELEASED_METADATA]) {
      await expect(credentials.open(metadata)).resolves.toMatchObject({ username: 'omniwear' });
    }
  });

  it.each([
    ['deflated', { zip: 'DEF' }],
    ['not deflated', {}],
  ])('opens a seal that was %s, and renews it', async (_, header) => {
    const credentials = createService(key('a', 1));
    const earlier = sealAsEarlier(header);
    await expect(credentials.open(earlier)).resolves.toMatchObject({ username: 'omniwear' });
    const renewed = (await credentials.reseal(earlier)) ?? '';
    expect(decodeProtectedHeader(renewed)).toMatchObject({ kdf: 'HKDF-SHA256', iat: NOW / 1000 });
    await expect(credentials.openFields(renewed)).resolves.toEqual(
      await credentials.openFields(earlier),
    );
    expect(await credentials.reseal(renewed)).toBeUndefined();
  });

  it('opens a seal without a subdomain, as the command could make it', async () => {
    const { subdomain, ...rest } = ACCOUNT;
    expect(subdomain).toBe('omniwear');
    const opened = createService(key('a', 1)).open(sealAsEarlier({}, rest));
    await expect(opened).resolves.toMatchObject({ subdomain: undefined });
  });

  it('does not renew a seal if the new one would be too long for Zendesk', async () => {
    const credentials = createService(key('a', 1));
    const token = 'long'.repeat(700);
    const long = { ...ACCOUNT, user_token: token, page_token: token };
    const earlier = sealAsEarlier({ zip: 'DEF' }, long);
    expect((await credentials.open(earlier)).userToken.reveal()).toBe(token);
    expect(await credentials.reseal(earlier)).toBeUndefined();
  });

  it('does not inflate more than the longest account', async () => {
    const credentials = createService(key('a', 1));
    const bomb = sealAsEarlier({ zip: 'DEF' }, { ...ACCOUNT, x: ' '.repeat(3_000_000) });
    expect(bomb.length).toBeLessThan(5000);
    await expect(credentials.open(bomb)).rejects.toMatchObject({ code: 'metadata_invalid' });
  });

  it.each([
    ['another algorithm name', { kdf: 'HKDF-SHA512' }],
    ['a derived key, which did not seal it', { kdf: 'HKDF-SHA256' }],
    ['another compression', { zip: 'def' }],
    ['another purpose', { typ: 'ig-log-in+jwe' }],
    ['a time in a string', { iat: '1700000000' }],
    ['a time before 1970', { iat: -1 }],
    ['a time past the year 2286', { iat: 10_000_000_000 }],
    ['an unknown header', { cty: 'json' }],
  ])('does not open a seal that names %s', async (_, header) => {
    const metadata = sealAsEarlier(header);
    await expect(createService(key('a', 1)).open(metadata)).rejects.toMatchObject({
      code: 'metadata_invalid',
    });
  });
});

describe('an old seal', () => {
  it.each([
    [7 * DAY_MS - 1000, false],
    [7 * DAY_MS, true],
    [400 * DAY_MS, true],
    [-300_000, false],
    // The clock at the time of sealing was wrong.
    [-301_000, true],
  ])('renews a seal that is %d ms old: %s', async (ageMs, isRenewed) => {
    const metadata = await createService(key('a', 1)).seal(ACCOUNT);
    const later = createServiceAt(NOW + ageMs, {}, key('a', 1));
    const renewed = await later.reseal(metadata);
    expect(renewed !== undefined).toBe(isRenewed);
    expect(later.readSealTime(renewed ?? metadata)).toBe(isRenewed ? NOW + ageMs : NOW);
    await expect(later.open(renewed ?? metadata)).resolves.toMatchObject({
      igUserId: ACCOUNT.ig_user_id,
    });
  });

  it('rejects a seal from before CREDENTIALS_NOT_BEFORE like an invalid one', async () => {
    const old = await createService(key('a', 1)).seal(ACCOUNT);
    const young = await createServiceAt(NOW + 1000, {}, key('a', 1)).seal(ACCOUNT);
    const strict = createServiceAt(NOW + DAY_MS, { notBefore: NOW + 1000 }, key('a', 1));
    await expect(strict.open(young)).resolves.toMatchObject({ username: 'omniwear' });
    const message = await strict.open('nonsense').catch(String);
    for (const metadata of [old, sealAsEarlier({}), sealAsEarlier({ zip: 'DEF' })]) {
      expect(await strict.open(metadata).catch(String)).toBe(message);
      expect(await strict.openFields(metadata).catch(String)).toBe(message);
    }
  });

  it('opens seals made after CREDENTIALS_NOT_BEFORE within its second', async () => {
    const notBefore = NOW + 500;
    const before = await createService(key('a', 1)).seal(ACCOUNT);
    const strict = createServiceAt(NOW + 600, { notBefore }, key('a', 1));
    await expect(strict.open(before)).rejects.toMatchObject({ code: 'metadata_invalid' });
    const metadata = await strict.seal(ACCOUNT);
    await expect(strict.open(metadata)).resolves.toMatchObject({ username: 'omniwear' });
    expect(await strict.reseal(metadata)).toBeUndefined();
  });
});
