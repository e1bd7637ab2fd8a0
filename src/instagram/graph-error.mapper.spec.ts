import { describe, expect, it } from '@jest/globals';
import type { ErrorCode } from '../common/errors/error-code.js';
import type { ErrorLevel } from '../common/errors/service-error.js';
import type { GraphError } from './graph-answer.js';
import { mapGraphError, type Subject } from './graph-error.mapper.js';
import type { InstagramError, WriteEffect } from './instagram-error.js';

const map = (
  code: number,
  subcode?: number,
  isTransient = false,
  subject: Subject = 'like',
  more: Partial<GraphError> = {},
): InstagramError =>
  mapGraphError(
    {
      code,
      subcode,
      isTransient,
      traceId: 'AbCdEfGhIjK',
      asksForLess: false,
      userMessage: undefined,
      ...more,
    },
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
});
