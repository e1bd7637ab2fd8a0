import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../domain/secret.js';
import { readSignedRequest } from './signed-request.js';

const NOW = 1_795_000_000_000;
const SECRET = new Secret('app-secret');
const encode = (text: string): string => Buffer.from(text).toString('base64url');
const sign = (payload: string, secret = 'app-secret', hash = 'sha256'): string =>
  createHmac(hash, secret).update(payload).digest('base64url');
const PAYLOAD = { algorithm: 'HMAC-SHA256', issued_at: 1_795_000_000, user_id: '1220933' };
const request = (payload: unknown = PAYLOAD, secret?: string): string => {
  const encoded = encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return `${sign(encoded, secret)}.${encoded}`;
};
const readUserId = (signedRequest: string): string | undefined =>
  readSignedRequest(signedRequest, SECRET, NOW)?.userId;

describe('readSignedRequest', () => {
  it('returns the id of the person', () => {
    expect(readUserId(request())).toBe('1220933');
    expect(readUserId(request({ ...PAYLOAD, expires: 0, oauth_token: 'x' }))).toBe('1220933');
  });

  it('accepts base64url with padding', () => {
    const payload = encode(JSON.stringify({ ...PAYLOAD, x: 1 }));
    const padded = payload.padEnd(Math.ceil(payload.length / 4) * 4, '=');
    expect(readUserId(`${sign(padded)}=.${padded}`)).toBe('1220933');
  });

  it.each([
    ['1220933', '{"algorithm":"HMAC-SHA256","issued_at":1795000000,"user_id":1220933}'],
    [
      '9007199254740993',
      '{"user_id" : 9007199254740993 ,"algorithm":"HMAC-SHA256","issued_at":1795000000}',
    ],
    [
      '122093311482000001',
      '{"algorithm":"HMAC-SHA256","user":{"user_id":7},"issued_at":1795000000,' +
        '"user_id":122093311482000001}',
    ],
  ])('reads every digit of the numeric user id %s', (userId, payload) => {
    expect(readUserId(request(payload))).toBe(userId);
  });

  const encoded = encode(JSON.stringify(PAYLOAD));
  it.each<[string, string]>([
    ['another secret', request(PAYLOAD, 'other')],
    ['another algorithm', request({ ...PAYLOAD, algorithm: 'HMAC-SHA1' })],
    ['no algorithm', request({ ...PAYLOAD, algorithm: undefined })],
    ['algorithm none, unsigned', `.${encode(JSON.stringify({ ...PAYLOAD, algorithm: 'none' }))}`],
    ['SHA-1', `${sign(encoded, 'app-secret', 'sha1')}.${encoded}`],
    ['a signature of the decoded payload', `${sign(JSON.stringify(PAYLOAD))}.${encoded}`],
    ['another payload', `${sign(encoded)}.${encode(JSON.stringify({ ...PAYLOAD, user_id: '2' }))}`],
    ['a cut signature', `${sign(encoded).slice(0, 42)}.${encoded}`],
    ['a longer signature', `${sign(encoded)}AA.${encoded}`],
    ['no signature', `.${encoded}`],
    ['no payload', `${sign('')}.`],
    ['three parts', `${request()}.x`],
    ['no JSON', request('{')],
    ['a list', request('[]')],
    ['a prototype', request('{"__proto__":{"user_id":"1","algorithm":"HMAC-SHA256"}}')],
    ['a user id that is a fraction', request({ ...PAYLOAD, user_id: 1_220_933.5 })],
    ['a user id that is a negative number', request({ ...PAYLOAD, user_id: -1_220_933 })],
    [
      'a user id with an exponent',
      request('{"algorithm":"HMAC-SHA256","issued_at":1795000000,"user_id":1e21}'),
    ],
    [
      'two user ids that JavaScript rounds to one',
      request(
        '{"algorithm":"HMAC-SHA256","issued_at":1795000000,' +
          '"user":{"user_id":9007199254740993},"user_id":9007199254740992}',
      ),
    ],
    ['a user id that is HTML', request({ ...PAYLOAD, user_id: '<b>' })],
    ['a request that is more than a day old', request({ ...PAYLOAD, issued_at: 1_794_913_599 })],
    ['a request from 1970', request({ ...PAYLOAD, issued_at: 1 })],
    ['a request from the future', request({ ...PAYLOAD, issued_at: 1_795_000_301 })],
    ['a request without a time', request({ ...PAYLOAD, issued_at: undefined })],
    ['a time that is a string', request({ ...PAYLOAD, issued_at: '1795000000' })],
    ['an empty request', ''],
  ])('rejects %s', (_, signedRequest) => {
    expect(readUserId(signedRequest)).toBeUndefined();
  });

  it.each([1_794_913_600, 1_795_000_300])('accepts a request of %d, which is still valid', (at) => {
    expect(readUserId(request({ ...PAYLOAD, issued_at: at }))).toBe('1220933');
  });

  it('derives one code from each request, with or without padding', () => {
    const readCode = (text: string): string | undefined =>
      readSignedRequest(text, SECRET, NOW)?.code;
    const code = readCode(request());
    expect(code).toMatch(/^[\w-]{22}$/);
    expect(readCode(request().replace('.', '=.'))).toBe(code);
    expect(readCode(request({ ...PAYLOAD, issued_at: 1_795_000_001 }))).not.toBe(code);
  });
});
