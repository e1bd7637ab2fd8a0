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
const userIdOf = (signedRequest: string): string | undefined =>
  readSignedRequest(signedRequest, SECRET, NOW)?.userId;

describe('readSignedRequest', () => {
  it('tells who it is about', () => {
    expect(userIdOf(request())).toBe('1220933');
    expect(userIdOf(request({ ...PAYLOAD, expires: 0, oauth_token: 'x' }))).toBe('1220933');
  });

  it('takes base64url with padding', () => {
    const payload = encode(JSON.stringify({ ...PAYLOAD, x: 1 }));
    const padded = payload.padEnd(Math.ceil(payload.length / 4) * 4, '=');
    expect(userIdOf(`${sign(padded)}=.${padded}`)).toBe('1220933');
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
  ])('reads the user id %s to its last digit where it is a number', (userId, payload) => {
    expect(userIdOf(request(payload))).toBe(userId);
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
    ['a user id that is a broken number', request({ ...PAYLOAD, user_id: 1_220_933.5 })],
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
    ['a request of more than a day ago', request({ ...PAYLOAD, issued_at: 1_794_913_599 })],
    ['a request of 1970', request({ ...PAYLOAD, issued_at: 1 })],
    ['a request of the future', request({ ...PAYLOAD, issued_at: 1_795_000_301 })],
    ['a request without a time', request({ ...PAYLOAD, issued_at: undefined })],
    ['a time that is a text', request({ ...PAYLOAD, issued_at: '1795000000' })],
    ['nothing', ''],
  ])('refuses %s', (_, signedRequest) => {
    expect(userIdOf(signedRequest)).toBeUndefined();
  });

  it.each([1_794_913_600, 1_795_000_300])('takes a request of %d, just within its time', (at) => {
    expect(userIdOf(request({ ...PAYLOAD, issued_at: at }))).toBe('1220933');
  });

  it('has one code for one request, however it is written, and another for another', () => {
    const codeOf = (text: string): string | undefined => readSignedRequest(text, SECRET, NOW)?.code;
    const code = codeOf(request());
    expect(code).toMatch(/^[\w-]{22}$/);
    expect(codeOf(request().replace('.', '=.'))).toBe(code);
    expect(codeOf(request({ ...PAYLOAD, issued_at: 1_795_000_001 }))).not.toBe(code);
  });
});
