import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { divideHandles, readHandleLimit } from './handle-limits.js';

describe('divideHandles', () => {
  it('promises no more than the process may open, and clients as many as Instagram', () => {
    const limits = fc.integer({ min: 100, max: 2_000_000 });
    const settings = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(limits, settings, (handles, setting) => {
        const { clients, instagram, tooFew, enough } = divideHandles(handles, setting);
        expect(clients + instagram).toBeLessThan(handles);
        expect(clients).toBeGreaterThanOrEqual(instagram);
        expect(instagram).toBeLessThanOrEqual(setting);
        expect(tooFew).toBe(handles < enough);
        // A warning is given exactly where Instagram gets fewer connections than set, or would.
        if (instagram < setting) expect(tooFew).toBe(true);
        if (!tooFew) expect(instagram).toBe(setting);
      }),
    );
  });

  it('has bounds where the limit of the process is unknown', () => {
    expect(divideHandles(undefined, 1000)).toMatchObject({
      clients: 12_000,
      instagram: 1000,
      tooFew: false,
    });
  });

  it('splits 1,024 handles, the default of many systems', () => {
    expect(divideHandles(1024, 1000)).toEqual({
      handles: 1024,
      clients: 480,
      instagram: 480,
      tooFew: true,
      enough: 2064,
    });
  });
});

it("reads this process's limit", () => {
  expect(readHandleLimit()).toBeGreaterThan(0);
});
