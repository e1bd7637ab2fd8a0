import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readRetryAfter, readUsage } from './usage-headers.js';

const ID = '17841400000000001';
const DAY_SECONDS = 86_400;
const PERCENT_MAX = 1000;

type Headers = Readonly<Record<string, string | undefined>>;

const answer = (headers: Headers): { header: (name: string) => string | undefined } => ({
  header: (name) => headers[name],
});
const read = (app: string | undefined, business?: string): ReturnType<typeof readUsage> =>
  readUsage(answer({ 'x-app-usage': app, 'x-business-use-case-usage': business }), ID);
const business = (entries: unknown): string => JSON.stringify({ [ID]: entries });

const NAMES = ['call_count', 'total_time', 'total_cputime', 'estimated_time_to_regain_access'];
/** Headers that look like those of Meta, with any values. */
const value = fc.oneof(
  fc.integer({ min: 0, max: 120 }),
  fc.double(),
  fc.constantFrom('99', null, true, -1, 1001, 1e308, [90], { call_count: 99 }),
  fc.jsonValue(),
);
const entry = fc.dictionary(fc.constantFrom(...NAMES, 'type', '__proto__'), value);
const typed = fc.tuple(entry, fc.constantFrom('instagram', 'pages')).map(([fields, type]) => ({
  ...fields,
  type,
}));
const usageText = fc.oneof(entry.map((fields) => JSON.stringify(fields)));
const businessText = fc.oneof(
  fc.array(typed, { maxLength: 5 }).map(business),
  fc
    .dictionary(
      fc.constantFrom(ID, 'other', '__proto__'),
      fc.oneof(typed, fc.array(fc.array(typed))),
    )
    .map((fields) => JSON.stringify(fields)),
);
const hostile = fc.oneof(
  fc.constantFrom(
    undefined,
    ...['', '{', 'null', '[]', '""', '0', '{"__proto__":{"call_count":99}}', '\u0000', '1e999'],
    '{"call_count":1e999,"estimated_time_to_regain_access":1e999}',
    '['.repeat(8000),
    '{"a":'.repeat(1500),
    `{"call_count":99,"pad":"${'x'.repeat(20_000)}"}`,
  ),
  fc.string({ maxLength: 200 }),
  fc.json(),
);

describe('readUsage', () => {
  it('never throws and reports only percents and times within bounds', () => {
    const text = fc.oneof(usageText, businessText, hostile);
    fc.assert(
      fc.property(text, text, hostile, (app, usage, retryAfter) => {
        const headers = {
          'x-app-usage': app,
          'x-business-use-case-usage': usage,
          'retry-after': retryAfter,
        };
        const reports = readUsage(answer(headers), ID);
        for (const report of [reports.app, reports.account]) {
          if (report === undefined) continue;
          expect(report.percent).toBeGreaterThanOrEqual(0);
          expect(report.percent).toBeLessThanOrEqual(PERCENT_MAX);
          if (report.regainMs === undefined) continue;
          expect(report.regainMs).toBeGreaterThan(0);
          expect(report.regainMs).toBeLessThanOrEqual(DAY_SECONDS * 1000);
        }
        const seconds = readRetryAfter(answer(headers), 80_002);
        if (seconds === undefined) return;
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThan(0);
        expect(seconds).toBeLessThanOrEqual(DAY_SECONDS);
      }),
      { numRuns: 1000 },
    );
  });

  it('reports the highest counter, and the highest entry', () => {
    expect(read('{"call_count":28,"total_time":85,"total_cputime":25}').app).toEqual({
      percent: 85,
      regainMs: undefined,
    });
    const entries = [
      { type: 'instagram', call_count: 10, total_time: 20, estimated_time_to_regain_access: 0 },
      { type: 'instagram', call_count: 96, total_time: 1, estimated_time_to_regain_access: 19 },
      { type: 'pages', call_count: 100 },
    ];
    expect(read(undefined, business(entries))).toEqual({
      app: undefined,
      account: { percent: 96, regainMs: 1_140_000 },
    });
  });

  it.each([
    ['no headers', undefined],
    ['empty ones', ''],
    ['a list', '[{"call_count":99}]'],
    ['a number', '99'],
    ['text in place of numbers', '{"call_count":"99"}'],
    ['negative numbers', '{"call_count":-1}'],
    ['numbers that no counter has', '{"call_count":1001}'],
    ['infinity', '{"call_count":1e999}'],
    ['more than 8,192 characters', `{"call_count":99,"pad":"${'x'.repeat(8192)}"}`],
    ['a prototype', '{"__proto__":{"call_count":99}}'],
  ])('reports nothing for %s', (_, text) => {
    expect(read(text, text)).toEqual({ app: undefined, account: undefined });
  });

  it('does not use the entries of another account where this one has some', () => {
    const own = [{ type: 'instagram', call_count: 5 }];
    const other = [{ type: 'instagram', call_count: 99 }];
    const text = JSON.stringify({ other, [ID]: own });
    expect(read(undefined, text).account?.percent).toBe(5);
    expect(read(undefined, JSON.stringify({ other })).account?.percent).toBe(99);
  });
});
