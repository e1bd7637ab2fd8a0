import { describe, expect, it } from '@jest/globals';
import { UsageMeter } from './usage-meter.js';

describe('UsageMeter', () => {
  it('spaces the calls near the limit, and uses a place again that was given back', () => {
    const meter = new UsageMeter();
    meter.note('1', { percent: 90, regainMs: undefined });
    const reserve = (waitMs = 60_000): ReturnType<UsageMeter['reserve']> =>
      meter.reserve('1', false, waitMs);
    expect(reserve().waitMs).toBe(0);
    const second = reserve();
    expect(second.waitMs).toBeGreaterThan(1000);
    const third = reserve();
    expect(third.waitMs).toBeGreaterThan(second.waitMs + 1000);
    third.giveBack();
    expect(reserve().waitMs).toBeLessThan(second.waitMs + 2500);
  });

  it('reserves nothing for a call that cannot wait', () => {
    const meter = new UsageMeter();
    meter.note('1', { percent: 94, regainMs: undefined });
    meter.reserve('1', false, 0);
    const before = meter.reserve('1', false, 0);
    const after = meter.reserve('1', false, 0);
    expect(after.waitMs).toBeLessThanOrEqual(before.waitMs);
    after.giveBack();
    expect(meter.reserve('1', false, 0).waitMs).toBeGreaterThan(1000);
  });
});
