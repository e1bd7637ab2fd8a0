import { describe, expect, it } from '@jest/globals';
import type { ErrorCode, ErrorReach, WriteEffect } from '../domain/error-codes.js';
import type { ErrorLevel } from '../common/errors/service-error.js';
import type { GraphError } from './graph-answer.js';
import { mapGraphError, type Subject } from './graph-error.mapper.js';
import type { InstagramError, ReadRemedy } from './instagram-error.js';

const GRAPH_ERROR: GraphError = {
  code: 190,
  subcode: undefined,
  isTransient: false,
  traceId: 'AbCdEfGhIjK',
  asksForLess: false,
  userMessage: undefined,
};
const CONTEXT = { subject: 'comment', status: 400, retryAfterSeconds: 60 } as const;

const map = (
  code: number,
  subcode?: number,
  isTransient = false,
  subject: Subject = 'like',
  more: Partial<GraphError> = {},
): InstagramError =>
  mapGraphError(
    { ...GRAPH_ERROR, code, subcode, isTransient, ...more },
    { subject, status: 400, retryAfterSeconds: 60 },
  );

type Row = [number, number | undefined, ErrorCode, ErrorLevel, WriteEffect, string];
const ROWS: Row[] = [
  [-2, undefined, 'platform_unavailable', 'warn', 'unknown', 'passing fault'],
  [-2, 2207003, 'platform_unavailable', 'warn', 'unknown', 'passing fault'],
  [-1, undefined, 'platform_unavailable', 'warn', 'unknown', 'passing fault'],
  [-1, 2207001, 'platform_unavailable', 'warn', 'unknown', 'passing fault'],
  [1, undefined, 'platform_unavailable', 'warn', 'unknown', 'passing fault'],
  [2, undefined, 'platform_unavailable', 'warn', 'unknown', 'passing fault'],
  [3, undefined, 'permission_missing', 'error', 'none', 'Meta app'],
  [4, undefined, 'rate_limited', 'warn', 'none', 'limit of calls'],
  [4, 2207051, 'action_blocked', 'warn', 'none', 'holds'],
  [10, undefined, 'permission_missing', 'warn', 'none', 'connected without'],
  [17, undefined, 'rate_limited', 'warn', 'none', 'limit of calls'],
  [24, undefined, 'target_not_likeable', 'info', 'none', 'gone, private'],
  [24, 2207006, 'target_not_likeable', 'info', 'none', 'gone, private'],
  [25, undefined, 'auth_checkpoint', 'warn', 'none', 'confirm'],
  [25, 2207050, 'auth_checkpoint', 'warn', 'none', 'confirm'],
  [32, undefined, 'rate_limited', 'warn', 'none', 'limit of calls'],
  [100, 33, 'target_not_likeable', 'info', 'none', 'gone, private'],
  [100, undefined, 'target_not_likeable', 'error', 'none', 'did not accept'],
  [100, 99, 'target_not_likeable', 'error', 'none', 'did not accept'],
  [102, undefined, 'auth_expired', 'warn', 'none', 'has ended'],
  [102, 458, 'auth_revoked', 'warn', 'none', 'removed'],
  [102, 459, 'auth_checkpoint', 'warn', 'none', 'confirm'],
  [102, 464, 'auth_checkpoint', 'warn', 'none', 'confirm'],
  [190, undefined, 'auth_expired', 'warn', 'none', 'has ended'],
  [190, 458, 'auth_revoked', 'warn', 'none', 'removed'],
  [190, 459, 'auth_checkpoint', 'warn', 'none', 'confirm'],
  [190, 460, 'auth_expired', 'warn', 'none', 'has ended'],
  [190, 463, 'auth_expired', 'warn', 'none', 'has ended'],
  [190, 464, 'auth_checkpoint', 'warn', 'none', 'confirm'],
  [190, 467, 'auth_expired', 'warn', 'none', 'has ended'],
  [199, undefined, 'platform_unavailable', 'error', 'unknown', 'does not know'],
  [200, undefined, 'permission_missing', 'warn', 'none', 'connected without'],
  [299, undefined, 'permission_missing', 'warn', 'none', 'connected without'],
  [300, undefined, 'platform_unavailable', 'error', 'unknown', 'does not know'],
  [341, undefined, 'rate_limited', 'warn', 'none', 'limit of calls'],
  [368, undefined, 'action_blocked', 'warn', 'none', 'holds'],
  [613, undefined, 'rate_limited', 'warn', 'none', 'limit of calls'],
  [80001, undefined, 'rate_limited', 'warn', 'none', 'limit of calls'],
  [80002, undefined, 'rate_limited', 'warn', 'none', 'limit of calls'],
  [80006, undefined, 'rate_limited', 'warn', 'none', 'limit of calls'],
  [-1, 2534023, 'target_not_likeable', 'info', 'none', 'private message'],
  [2, 1545133, 'target_not_likeable', 'info', 'none', 'used up'],
  [9, 2207042, 'rate_limited', 'warn', 'none', 'limit of calls'],
  [10, 2534015, 'permission_missing', 'warn', 'none', 'connected without'],
  [20, undefined, 'platform_unavailable', 'warn', 'unknown', 'may have done it'],
  [20, 1772107, 'platform_unavailable', 'warn', 'unknown', 'may have done it'],
  [100, 2534014, 'target_not_likeable', 'info', 'none', 'cannot deliver'],
  [551, 2534014, 'target_not_likeable', 'info', 'none', 'cannot deliver'],
  [100, 2534037, 'target_not_likeable', 'info', 'none', 'Another app'],
  [100, 2534052, 'invalid_request', 'info', 'none', 'no text'],
  [4, 1390008, 'action_blocked', 'warn', 'none', 'holds'],
  [9999, 1390008, 'action_blocked', 'warn', 'none', 'holds'],
  [429, undefined, 'rate_limited', 'warn', 'none', 'limit of calls'],
  [506, undefined, 'invalid_request', 'info', 'none', 'already has'],
  [803, undefined, 'target_not_likeable', 'info', 'none', 'gone, private'],
  [9000001, undefined, 'target_not_likeable', 'info', 'none', 'gone, private'],
];

describe('mapGraphError', () => {
  it.each(ROWS)('maps %d/%p to %s', (code, subcode, expected, level, effect, words) => {
    const error = map(code, subcode);
    expect({ code: error.code, level: error.level, effect: error.effect }).toEqual({
      code: expected,
      level,
      effect,
    });
    expect(error.message).toContain(words);
    expect(error.fix).toEqual(expect.any(String));
    expect(error.log).toEqual({
      graph_status: 400,
      graph_code: code,
      graph_subcode: subcode,
      fbtrace_id: 'AbCdEfGhIjK',
    });
  });

  it('takes is_transient for a code that nothing is known of, and for no other', () => {
    expect(map(9999, undefined, true)).toMatchObject({ level: 'warn', effect: 'unknown' });
    expect(map(9999).level).toBe('error');
    expect(map(190, undefined, true).code).toBe('auth_expired');
  });

  it('speaks of likes only where a like was asked for', () => {
    for (const subcode of [undefined, 33]) {
      const error = map(100, subcode, false, 'comment');
      expect(error.code).toBe('target_unavailable');
      expect(error.message).not.toMatch(/like/);
    }
  });

  it('passes the wait on for rate limits alone', () => {
    expect(map(4).retryAfterSeconds).toBe(60);
    expect(map(368).retryAfterSeconds).toBeUndefined();
    expect(map(2).retryAfterSeconds).toBeUndefined();
  });

  it.each<[number, number | undefined, ErrorReach]>([
    [190, undefined, 'account'],
    [190, 459, 'account'],
    [102, 464, 'account'],
    [4, undefined, 'account'],
    [368, undefined, 'account'],
    [3, undefined, 'target'],
    [10, undefined, 'target'],
    [20, undefined, 'target'],
    [24, undefined, 'target'],
    [25, undefined, 'target'],
    [100, 33, 'target'],
    [250, undefined, 'target'],
    [12345, undefined, 'target'],
    [1, undefined, 'call'],
    [2, undefined, 'call'],
    [-1, 2207001, 'call'],
  ])('reports the reach of %d/%p: the %s', (code, subcode, reach) => {
    expect(map(code, subcode, false, 'media').reach).toBe(reach);
  });

  it('says of a transient error of any code that the same call may succeed', () => {
    expect(map(12345, undefined, true).reach).toBe('call');
  });

  it.each<[number, boolean, ReadRemedy | undefined]>([
    [1, true, 'smaller_page'],
    [2, true, 'smaller_page'],
    [1, false, 'maybe_smaller_page'],
    [2, false, undefined],
  ])(
    'advises on a page that is too much: code %d, asks for less: %s',
    (code, asksForLess, remedy) => {
      expect(map(code, undefined, false, 'media', { asksForLess }).remedy).toBe(remedy);
    },
  );

  it('takes status 429 for a limit where the code says nothing', () => {
    for (const code of [1, 2, 12345]) {
      const error = mapGraphError({ ...GRAPH_ERROR, code }, { ...CONTEXT, status: 429 });
      expect([error.code, error.effect, error.retryAfterSeconds]).toEqual([
        'rate_limited',
        'none',
        60,
      ]);
    }
    expect(mapGraphError(GRAPH_ERROR, { ...CONTEXT, status: 429 }).code).toBe('auth_expired');
  });

  it("shows Meta's own text of a refused text or target alone, and never logs it", () => {
    const userMessage = 'This comment is too old.';
    const shown = (code: number, subcode?: number, subject: Subject = 'comment'): boolean => {
      const error = map(code, subcode, false, subject, { userMessage });
      expect(JSON.stringify(error.log)).not.toContain(userMessage);
      return error.message.endsWith(`Instagram says: ${userMessage}`);
    };
    expect([shown(100), shown(100, 33), shown(24), shown(506), shown(100, 33, 'like')]).toEqual(
      Array(5).fill(true),
    );
    const hidden = [190, 102, 25, 10, 3, 4, 368, 1, 12345].map((code) => shown(code));
    expect([...hidden, shown(100, undefined, 'log_in')]).toEqual(Array(10).fill(false));
  });
});
