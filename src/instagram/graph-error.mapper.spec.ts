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

const map = (error: Partial<GraphError>, subject: Subject = 'like'): InstagramError =>
  mapGraphError({ ...GRAPH_ERROR, ...error }, { ...CONTEXT, subject });

type Row = [number, number | undefined, ErrorCode, ErrorLevel, WriteEffect, string];
const ROWS: Row[] = [
  [-2, undefined, 'platform_unavailable', 'warn', 'unknown', 'temporary problem'],
  [-2, 2207003, 'platform_unavailable', 'warn', 'unknown', 'temporary problem'],
  [-1, undefined, 'platform_unavailable', 'warn', 'unknown', 'temporary problem'],
  [-1, 2207001, 'platform_unavailable', 'warn', 'unknown', 'temporary problem'],
  [1, undefined, 'platform_unavailable', 'warn', 'unknown', 'temporary problem'],
  [2, undefined, 'platform_unavailable', 'warn', 'unknown', 'temporary problem'],
  [3, undefined, 'permission_missing', 'error', 'none', 'Meta app'],
  [4, undefined, 'rate_limited', 'warn', 'none', 'limit of calls'],
  [4, 2207051, 'action_blocked', 'warn', 'none', 'has blocked'],
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
  [368, undefined, 'action_blocked', 'warn', 'none', 'has blocked'],
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
  [4, 1390008, 'action_blocked', 'warn', 'none', 'has blocked'],
  [9999, 1390008, 'action_blocked', 'warn', 'none', 'has blocked'],
  [429, undefined, 'rate_limited', 'warn', 'none', 'limit of calls'],
  [506, undefined, 'invalid_request', 'info', 'none', 'already has'],
  [803, undefined, 'target_not_likeable', 'info', 'none', 'gone, private'],
  [9000001, undefined, 'target_not_likeable', 'info', 'none', 'gone, private'],
];

describe('mapGraphError', () => {
  it.each(ROWS)('maps %d/%p to %s', (code, subcode, expected, level, effect, words) => {
    const error = map({ code, subcode });
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

  it.each([
    [10900, undefined],
    [10901, undefined],
    [10, 2534022],
    [-1, 2534023],
    [2, 1545133],
  ])('maps %d/%p to private_reply_closed after a private reply only', (code, subcode) => {
    expect(map({ code, subcode }, 'message').code).toBe('private_reply_closed');
    expect(map({ code, subcode }, 'comment').code).toBe('target_unavailable');
  });

  it('uses is_transient only for unknown codes', () => {
    const isTransient = true;
    expect(map({ code: 9999, isTransient })).toMatchObject({ level: 'warn', effect: 'unknown' });
    expect(map({ code: 9999 }).level).toBe('error');
    expect(map({ code: 190, isTransient }).code).toBe('auth_expired');
  });

  it('mentions likes only in errors about a like', () => {
    for (const subcode of [undefined, 33]) {
      const error = map({ code: 100, subcode }, 'comment');
      expect(error.code).toBe('target_unavailable');
      expect(error.message).not.toMatch(/like/);
    }
  });

  it('reports the time to wait only for rate limits', () => {
    expect(map({ code: 4 }).retryAfterSeconds).toBe(60);
    expect(map({ code: 368 }).retryAfterSeconds).toBeUndefined();
    expect(map({ code: 2 }).retryAfterSeconds).toBeUndefined();
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
  ])('limits the effect of %d/%p to the %s', (code, subcode, reach) => {
    expect(map({ code, subcode }, 'media').reach).toBe(reach);
  });

  it('expects that a repeat of a transient error may succeed', () => {
    expect(map({ code: 12345, isTransient: true }).reach).toBe('call');
  });

  it.each<[number, boolean, ReadRemedy | undefined]>([
    [1, true, 'smaller_page'],
    [2, true, 'smaller_page'],
    [1, false, 'maybe_smaller_page'],
    [2, false, undefined],
  ])('recommends a smaller page: code %d, Meta asks for less: %s', (code, asksForLess, remedy) => {
    expect(map({ code, asksForLess }, 'media').remedy).toBe(remedy);
  });

  it('treats status 429 as a rate limit when the code is vague', () => {
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

  it("shows Meta's message only for a refused text or target, and never logs it", () => {
    const userMessage = 'This comment is too old.';
    const shown = (code: number, subcode?: number, subject: Subject = 'comment'): boolean => {
      const error = map({ code, subcode, userMessage }, subject);
      expect(JSON.stringify(error.log)).not.toContain(userMessage);
      return error.message.endsWith(`Instagram says: ${userMessage}`);
    };
    expect([shown(100), shown(100, 33), shown(24), shown(506), shown(100, 33, 'like')]).toEqual(
      Array(5).fill(true),
    );
    const hidden = [190, 102, 25, 10, 3, 4, 368, 1, 12345].map((code) => shown(code));
    expect([...hidden, shown(100, undefined, 'login')]).toEqual(Array(10).fill(false));
  });
});
