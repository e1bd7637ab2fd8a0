import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LEFT_MAX_MS } from '../ledger/gate/gate-holds.js';
import type { Refusal } from './gate-call.js';
import { toHoldMs } from './hold-rules.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('toHoldMs', () => {
  it('lets every hold be probed within an hour, and one of the app within 15 minutes', () => {
    fc.assert(
      fc.property(
        fc.record({
          cause: fc.constantFrom<Refusal['cause'][]>('token', 'block', 'limit', 'usage'),
          reach: fc.constantFrom<Refusal['reach'][]>('app', 'account', 'token'),
          graphCode: fc.constant(undefined),
          graphSubcode: fc.constant(undefined),
          retryAfterMs: fc.option(fc.integer({ min: 1, max: 30 * 24 * HOUR_MS }), {
            nil: undefined,
          }),
        }),
        fc.nat(100),
        (refusal, repeats) => {
          const isOfApp = refusal.reach === 'app' && refusal.cause !== 'block';
          const holdMs = toHoldMs(refusal, repeats);
          expect(holdMs).toBeGreaterThan(0);
          expect(holdMs).toBeLessThanOrEqual(isOfApp ? 15 * MINUTE_MS : HOUR_MS);
          expect(holdMs).toBeLessThan(LEFT_MAX_MS);
        },
      ),
    );
  });

  it('waits as long as Meta says, if that is less', () => {
    const codes = { graphCode: 613, graphSubcode: undefined };
    const refusal: Refusal = {
      ...codes,
      cause: 'limit',
      reach: 'account',
      retryAfterMs: 7 * MINUTE_MS,
    };
    expect(toHoldMs(refusal, 0)).toBe(7 * MINUTE_MS);
    expect(toHoldMs({ ...refusal, retryAfterMs: undefined }, 1)).toBe(5 * MINUTE_MS);
  });
});
