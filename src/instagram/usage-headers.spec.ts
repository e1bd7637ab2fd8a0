import { describe, expect, it } from '@jest/globals';
import { readRetryAfter } from './usage-headers.js';

const read = (headers: Record<string, string>): number | undefined =>
  readRetryAfter({ header: (name) => headers[name] });
const usage = (...minutes: unknown[]): Record<string, string> => ({
  'x-business-use-case-usage': JSON.stringify({
    id: minutes.map((each) => ({ type: 'instagram', estimated_time_to_regain_access: each })),
  }),
});

describe('readRetryAfter', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['the longest wait of the usage header, in minutes', usage(2, 7, 1), 420],
    ['Retry-After without a usage header', { 'retry-after': '30' }, 30],
    ['the usage header rather than Retry-After', { ...usage(1), 'retry-after': '30' }, 60],
    ['Retry-After if the usage header has no wait', { ...usage(0), 'retry-after': '30' }, 30],
    [
      'nothing from the wait of another use case',
      {
        'x-business-use-case-usage':
          '{"id":[{"type":"ads_management","estimated_time_to_regain_access":9}]}',
      },
      undefined,
    ],
    ['at most a day', usage(100_000), 86_400],
    ['nothing from a wait of zero', usage(0), undefined],
    ['nothing without headers', {}, undefined],
    ['nothing from a date', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, undefined],
    ['nothing from a header that is not JSON', { 'x-business-use-case-usage': '{' }, undefined],
    ['nothing from null', { 'x-business-use-case-usage': 'null' }, undefined],
    ['nothing from a null entry', { 'x-business-use-case-usage': '{"a":[null]}' }, undefined],
    ['nothing from a string', usage('7'), undefined],
    ['nothing from a negative wait', usage(-5), undefined],
  ])('reads %s', (_, headers, expected) => {
    expect(read(headers)).toBe(expected);
  });

  it.each([
    [80_001, 'pages', 540],
    [32, 'pages', 540],
    [80_006, 'messenger', 540],
    [80_002, 'pages', undefined],
    [80_002, 'messenger', undefined],
    [80_001, 'instagram', undefined],
    [80_001, 'ads_management', undefined],
  ])('reads the wait for the limit that was reached: code %d, entry %s', (code, type, seconds) => {
    const usage = JSON.stringify({ id: [{ type, estimated_time_to_regain_access: 9 }] });
    const header = (name: string): string | undefined =>
      name === 'x-business-use-case-usage' ? usage : undefined;
    expect(readRetryAfter({ header }, code)).toBe(seconds);
  });

  it.each([4, 341])("takes no account's wait for the limit of the app: code %d", (code) => {
    const header = (name: string): string | undefined => usage(600)[name];
    expect(readRetryAfter({ header }, code)).toBeUndefined();
    const headers: Record<string, string> = { ...usage(600), 'retry-after': '30' };
    expect(readRetryAfter({ header: (name) => headers[name] }, code)).toBe(30);
  });
});
