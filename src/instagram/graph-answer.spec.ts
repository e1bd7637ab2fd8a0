import { describe, expect, it } from '@jest/globals';
import { readGraphAnswer } from './graph-answer.js';

const PLAIN = {
  subcode: undefined,
  isTransient: false,
  traceId: undefined,
  asksForLess: false,
  userMessage: undefined,
};
const readError = (json: object): unknown => {
  const result = readGraphAnswer(400, JSON.stringify(json));
  return result.kind === 'error' ? result.error : result.kind;
};

describe('readGraphAnswer', () => {
  it('accepts an object with status 200 as a success', () => {
    expect(readGraphAnswer(200, '{"success":true}')).toEqual({
      kind: 'object',
      object: { success: true },
    });
  });

  it.each([
    [200, '{"success":true,"error":{}}'],
    [201, '{"success":true}'],
    [302, '{"success":true}'],
    [500, '{"success":true}'],
    [200, 'true'],
    [200, '[{"success":true}]'],
    [200, 'null'],
    [200, ''],
    [200, '{"success":tr'],
    [200, '{"__proto__":{"success":true}}'],
    [400, '{"error":"bad"}'],
    [400, '{"error":{"code":"190 "}}'],
    [400, '{"error":{"code":"0x10"}}'],
    [429, '<html>Too many requests</html>'],
    [400, '{"error":{"code":1.5}}'],
    [400, '{"error":[190]}'],
  ])('reports %d %s as undocumented', (status, text) => {
    expect(readGraphAnswer(status, text)).toEqual({ kind: 'undocumented' });
  });

  it("reads Meta's error with any status", () => {
    const error = { message: 'x', code: 190, error_subcode: 463, fbtrace_id: 'AbC-1_dEfGh' };
    expect(readGraphAnswer(200, JSON.stringify({ error }))).toEqual({
      kind: 'error',
      error: { ...PLAIN, code: 190, subcode: 463, traceId: 'AbC-1_dEfGh' },
    });
  });

  it('drops invalid fields', () => {
    const error = {
      code: 4,
      error_subcode: '1.5',
      is_transient: 1,
      fbtrace_id: 'x'.repeat(33),
      message: ['reduce the amount of data'],
      error_user_msg: { text: 'x' },
    };
    expect(readError({ error })).toEqual({ ...PLAIN, code: 4 });
  });

  it('reads codes in strings', () => {
    const error = { code: '190', error_subcode: '463', is_transient: 'true' };
    expect(readError({ error })).toEqual({ ...PLAIN, code: 190, subcode: 463, isTransient: true });
    expect(readError({ error: { code: '-1' } })).toEqual({ ...PLAIN, code: -1 });
  });

  it.each([
    [{ error_type: 'OAuthException', code: 190, error_message: 'x' }, 190],
    [{ error_type: 'OAuthException', code: '400', error_message: 'x' }, 400],
    [{ error_type: 'OAuthRateLimitException', code: 400, error_message: 'x' }, 429],
    [{ error_type: 'OAuthAccessTokenException', error_message: 'x' }, 190],
    [{ error_type: 'OAuthPermissionsException', code: 400 }, 10],
    [{ error_message: 'x', code: 4 }, 4],
  ])('reads the flat error %j', (json, code) => {
    expect(readError(json)).toEqual({ ...PLAIN, code });
  });

  it.each([
    "Please reduce the amount of data you're asking for, then retry your request",
    '(#1) REDUCE the amount of DATA',
    'The query returned too much data.',
  ])('recognizes that Meta asks for less: %s', (message) => {
    expect(readError({ error: { code: 1, message } })).toEqual({
      ...PLAIN,
      code: 1,
      asksForLess: true,
    });
  });

  it.each([
    ['Your comment is too long.', 'Your comment is too long.'],
    ['  Two\nlines\0\u202E ', 'Two lines'],
    ['🧥'.repeat(301), `${'🧥'.repeat(300)}…`],
    ['x '.repeat(100_000), `${'x '.repeat(150)}…`],
    ['half \ud83d', 'half \ufffd'],
    [' \n ', undefined],
    [`The token EAAC${'x'.repeat(40)} is wrong`, undefined],
    ['コメントが長すぎます。'.repeat(8), 'コメントが長すぎます。'.repeat(8)],
    [7, undefined],
  ])("cuts Meta's message for the user to one line of plain text: %j", (text, expected) => {
    expect(readError({ error: { code: 100, error_user_msg: text } })).toEqual({
      ...PLAIN,
      code: 100,
      userMessage: expected,
    });
  });
});
