import { describe, expect, it } from '@jest/globals';
import { readGraphAnswer } from './graph-answer.js';

describe('readGraphAnswer', () => {
  it('takes an object with status 200 for a result', () => {
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
    [400, '{"error":{"code":"190"}}'],
    [400, '{"error":{"code":1.5}}'],
    [400, '{"error":[190]}'],
  ])('makes nothing of %d %s', (status, text) => {
    expect(readGraphAnswer(status, text)).toEqual({ kind: 'unusable' });
  });

  it("reads Graph's error, whatever its status", () => {
    const error = { message: 'x', code: 190, error_subcode: 463, fbtrace_id: 'AbC-1_d' };
    expect(readGraphAnswer(200, JSON.stringify({ error }))).toEqual({
      kind: 'error',
      error: { code: 190, subcode: 463, isTransient: false, traceId: 'AbC-1_d' },
    });
  });

  it('drops fields that are not what they should be', () => {
    const error = { code: 4, error_subcode: '1', is_transient: 1, fbtrace_id: 'x'.repeat(33) };
    expect(readGraphAnswer(400, JSON.stringify({ error }))).toEqual({
      kind: 'error',
      error: { code: 4, subcode: undefined, isTransient: false, traceId: undefined },
    });
  });
});
