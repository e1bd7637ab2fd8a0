import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Budget, COUNTS_MAX, SITE_FACTOR } from './budget.js';

const WINDOW_MS = 1000;

describe('a budget', () => {
  it('ends, and starts again after its window', () => {
    const budget = new Budget(2, WINDOW_MS);
    expect([0, 500, 999].map((now) => budget.spend('192.0.2.1', now))).toEqual([1, 1, 0]);
    expect(budget.spend('192.0.2.2', 999)).toBe(1);
    expect(budget.spend('192.0.2.1', 1000)).toBe(1);
  });

  it.each([
    ['2001:db8::1', '2001:db8::2', 0],
    ['2001:DB8:0:0:1::', '2001:db8::5:6:7:8', 0],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', 1],
    ['::1', '1::', 1],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', 1],
    ['1.2.3.4', '1.2.3.4:5678', 0],
    ['1.2.3.4', '::ffff:1.2.3.4', 0],
    ['1.2.3.4:5678', '::FFFF:102:304', 0],
    ['[2001:db8::1]:80', '2001:db8::1', 0],
    ['fe80::1%eth0', 'fe80::2', 0],
  ])('is shared by %s and %s only if they are one network', (one, other, ofOther) => {
    const budget = new Budget(1, WINDOW_MS);
    expect([budget.spend(one, 0), budget.spend(other, 0)]).toEqual([1, ofOther]);
  });

  it('counts as many of several calls as it has room for', () => {
    const budget = new Budget(5, WINDOW_MS);
    expect([3, 3, 3].map((calls) => budget.spend('192.0.2.1', 0, calls))).toEqual([3, 2, 0]);
    // The site was charged for the calls that were counted, not for those that were refused.
    const others = Array.from({ length: SITE_FACTOR }, (_, host) => `192.0.2.${String(host + 2)}`);
    expect(others.map((address) => budget.spend(address, 0, 9))).toEqual([5, 5, 5, 5, 5, 5, 5, 0]);
  });

  it.each([
    ['network', '192.0.2.2'],
    ['site', '192.0.3.1'],
  ] as const)('that is used up for a %s refuses it until then', (scope, elsewhere) => {
    const budget = new Budget(2, WINDOW_MS);
    budget.spend('192.0.2.1', 0);
    const [limit] = budget.findLimits('192.0.2.1').filter((each) => each.scope === scope);
    if (limit === undefined) throw new Error('there is no such limit');
    budget.useUp(limit, { now: 1, endsAt: 1500 });
    expect(budget.spend('192.0.2.1', 1499)).toBe(0);
    expect(budget.spend(elsewhere, 1499)).toBe(1);
    expect(budget.spend('192.0.2.1', 1500)).toBe(1);
  });

  it.each([
    ['2001:db8::/48', (n: number) => `2001:db8:0:${n.toString(16)}::1`, '2001:db8:1::1'],
    ['192.0.2.0/24', (n: number) => `192.0.2.${String(n % 256)}`, '192.0.3.1'],
  ])('counts all networks of %s together', (_site, address, elsewhere) => {
    const budget = new Budget(2, WINDOW_MS);
    const flood = Array.from({ length: 200 }, (_, index) => budget.spend(address(index), 0));
    expect(flood.filter((counted) => counted > 0)).toHaveLength(2 * SITE_FACTOR);
    expect(budget.spend(elsewhere, 0)).toBe(1);
    expect(budget.spend(address(201), WINDOW_MS)).toBe(1);
  });

  it('of a site is not used up by one network that continues after its limit', () => {
    const budget = new Budget(2, WINDOW_MS);
    for (let times = 0; times < 100; times += 1) budget.spend('192.0.2.1', 0);
    expect(budget.spend('192.0.2.2', 0)).toBe(1);
  });

  it('does not change during a flood from other networks', () => {
    const budget = new Budget(3, WINDOW_MS);
    for (let times = 0; times < 3; times += 1) budget.spend('192.0.2.1', 0);
    budget.spend('198.51.100.1', 0);
    for (let index = 0; index < 3 * COUNTS_MAX; index += 1) budget.spend(toSite(index), 1);
    expect(budget.spend('192.0.2.1', 999)).toBe(0);
    expect(budget.spend('198.51.100.1', 999)).toBe(1);
    expect(budget.spend('203.0.113.1', 999)).toBe(1);
  });

  it('removes counts whose window has ended to make room for new ones', () => {
    const budget = new Budget(1, WINDOW_MS);
    for (let index = 0; index < COUNTS_MAX; index += 1) budget.spend(toSite(index), 0);
    budget.spend('192.0.2.1', 500);
    for (let index = 0; index < COUNTS_MAX - 1; index += 1) budget.spend(toSite(index), WINDOW_MS);
    expect(budget.spend('192.0.2.1', 1499)).toBe(0);
  });

  it('allows exactly its limit in each window, in any order of requests', () => {
    const request = fc.record({
      host: fc.integer({ min: 1, max: 3 }),
      wait: fc.integer({ min: 0, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
        const budget = new Budget(2, WINDOW_MS);
        const windows = new Map<number, { since: number; times: number }>();
        let now = 0;
        for (const { host, wait } of requests) {
          now += wait;
          let open = windows.get(host);
          if (open === undefined || now >= open.since + WINDOW_MS) open = { since: now, times: 0 };
          windows.set(host, open);
          const expected = open.times < 2 ? 1 : 0;
          open.times += expected;
          expect(budget.spend(`192.0.2.${String(host)}`, now)).toBe(expected);
        }
      }),
      { seed: 11 },
    );
  });
});

/** An address in a site of its own. */
function toSite(index: number): string {
  return `10.${String(index >> 8)}.${String(index & 255)}.1`;
}
