import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Budget, COUNTS_MAX, SITE_FACTOR } from './budget.js';

const WINDOW_MS = 1000;

describe('a budget', () => {
  it('ends, and starts again after its window', () => {
    const budget = new Budget(2, WINDOW_MS);
    expect([0, 500, 999].map((now) => budget.spend('192.0.2.1', now))).toEqual([true, true, false]);
    expect(budget.spend('192.0.2.2', 999)).toBe(true);
    expect(budget.spend('192.0.2.1', 1000)).toBe(true);
  });

  it.each([
    ['2001:db8::1', '2001:db8::2', false],
    ['2001:DB8:0:0:1::', '2001:db8::5:6:7:8', false],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', true],
    ['::1', '1::', true],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', true],
    ['1.2.3.4', '1.2.3.4:5678', false],
    ['1.2.3.4', '::ffff:1.2.3.4', false],
    ['1.2.3.4:5678', '::FFFF:102:304', false],
    ['[2001:db8::1]:80', '2001:db8::1', false],
    ['fe80::1%eth0', 'fe80::2', false],
  ])('is shared by %s and %s only if they are one network', (one, other, isOther) => {
    const budget = new Budget(1, WINDOW_MS);
    expect([budget.spend(one, 0), budget.spend(other, 0)]).toEqual([true, isOther]);
  });

  it('is separate for each scope', () => {
    const budget = new Budget(1, WINDOW_MS);
    const spent = ['a', 'b', 'a'].map((scope) => budget.spend('192.0.2.1', 0, scope));
    expect(spent).toEqual([true, true, false]);
  });

  it.each([
    ['2001:db8::/48', (n: number) => `2001:db8:0:${n.toString(16)}::1`, '2001:db8:1::1'],
    ['192.0.2.0/24', (n: number) => `192.0.2.${String(n % 256)}`, '192.0.3.1'],
  ])('counts all networks of %s together', (_site, address, elsewhere) => {
    const budget = new Budget(2, WINDOW_MS);
    const flood = Array.from({ length: 200 }, (_, index) => budget.spend(address(index), 0));
    expect(flood.filter(Boolean)).toHaveLength(2 * SITE_FACTOR);
    expect(budget.spend(elsewhere, 0)).toBe(true);
    expect(budget.spend(address(201), WINDOW_MS)).toBe(true);
  });

  it('of a site is not used up by one network that continues after its limit', () => {
    const budget = new Budget(2, WINDOW_MS);
    for (let times = 0; times < 100; times += 1) budget.spend('192.0.2.1', 0);
    expect(budget.spend('192.0.2.2', 0)).toBe(true);
  });

  it('does not change during a flood from other networks', () => {
    const budget = new Budget(3, WINDOW_MS);
    for (let times = 0; times < 3; times += 1) budget.spend('192.0.2.1', 0);
    budget.spend('198.51.100.1', 0);
    for (let index = 0; index < 3 * COUNTS_MAX; index += 1) budget.spend(toSite(index), 1);
    expect(budget.spend('192.0.2.1', 999)).toBe(false);
    expect(budget.spend('198.51.100.1', 999)).toBe(true);
    expect(budget.spend('203.0.113.1', 999)).toBe(true);
  });

  it('survives a flood of scopes from a few networks, even if it is not used up', () => {
    const budget = new Budget(3, WINDOW_MS);
    budget.spend('192.0.2.1', 0);
    for (let index = 0; index < 3 * COUNTS_MAX; index += 1) {
      budget.spend(toSite(index % 5), 1, String(index >> 1));
    }
    const spent = [2, 3, 4].map((now) => budget.spend('192.0.2.1', now));
    expect(spent).toEqual([true, true, false]);
  });

  it('removes counts whose window has ended to make room for new ones', () => {
    const budget = new Budget(1, WINDOW_MS);
    for (let index = 0; index < COUNTS_MAX; index += 1) budget.spend(toSite(index), 0);
    budget.spend('192.0.2.1', 500);
    for (let index = 0; index < COUNTS_MAX - 1; index += 1) budget.spend(toSite(index), WINDOW_MS);
    expect(budget.spend('192.0.2.1', 1499)).toBe(false);
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
          const expected = open.times < 2;
          if (expected) open.times += 1;
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
