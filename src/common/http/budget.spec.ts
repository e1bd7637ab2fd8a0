import { describe, expect, it } from '@jest/globals';
import { Budget } from './budget.js';

describe('a budget', () => {
  it('ends, and begins anew after its time', () => {
    const budget = new Budget(2, 1000);
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
  ])('is one of %s and %s: a network has one, a machine of IPv4 its own', (one, other, isOther) => {
    const budget = new Budget(1, 1000);
    expect([budget.spend(one, 0), budget.spend(other, 0)]).toEqual([true, isOther]);
  });
});
