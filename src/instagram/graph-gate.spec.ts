import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CapturedLog } from '../../test/support/capture.js';
import { Clock } from '../common/clock.js';
import { Deadline } from '../common/deadline.js';
import { ElapsedTime } from '../common/elapsed-time.js';
import { Secret } from '../domain/secret.js';
import { Gate } from '../gate/gate.js';
import { Holds } from '../gate/holds.js';
import { SharedRows } from '../gate/shared-rows.js';
import type { GraphCall, GraphCaller } from './graph-call.js';
import { mapGraphError, type Subject, toRateLimitError } from './graph-error.mapper.js';
import { GraphGate } from './graph-gate.js';
import { InstagramError } from './instagram-error.js';
import { APP_LIMIT_CODES } from './usage-headers.js';

const CODES = [-2, -1, 1, 2, 3, 4, 9, 10, 17, 20, 24, 25, 32, 100, 102, 190, 200, 299, 341, 368];
const LATER_CODES = [400, 429, 506, 613, 803, 10900, 80001, 80002, 80006, 9000001, 4711];
const SUBCODES = [undefined, 33, 458, 459, 464, 1390008, 1545133, 2207051, 2534014, 2534023];

function makeGate(): GraphGate {
  const { log } = new CapturedLog();
  const rows = new SharedRows(log);
  return new GraphGate(
    new Gate(new Holds(rows, new Clock(), log), rows, new ElapsedTime(), {
      instagramMaxConnections: 100,
    }),
  );
}

function callerOf(igUserId: string): GraphCaller {
  return { token: new Secret('token'), deadline: new Deadline(3000), igUserId };
}

/** The error of the next call after a refusal; undefined if it passes. */
async function refuse(
  error: InstagramError,
  call: GraphCall,
  { gate = makeGate(), account = '1', nextAccount = '1' } = {},
): Promise<InstagramError | undefined> {
  gate.fail(await gate.enter(call, callerOf(account)), error, undefined);
  const next = await gate.enter(call, callerOf(nextAccount)).catch((failure: unknown) => failure);
  return next instanceof InstagramError ? next : undefined;
}

describe('GraphGate', () => {
  it('refuses a call while the gate is closed with the code of the first refusal', async () => {
    let gate = makeGate();
    let count = 0;
    let closed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...CODES, ...LATER_CODES),
        fc.constantFrom(...SUBCODES),
        fc.constantFrom(200, 400, 401, 403, 429, 500, 503),
        fc.constantFrom<Subject[]>('like', 'media', 'comment'),
        fc.boolean(),
        async (code, subcode, status, subject, isTransient) => {
          const about = { traceId: undefined, userMessage: undefined, asksForLess: false };
          const error = { code, subcode, isTransient, ...about };
          const first = mapGraphError(error, { subject, status, retryAfterSeconds: 60 });
          count += 1;
          const call: GraphCall = { method: 'GET', path: '/1', subject };
          const next = await refuse(first, call, {
            gate,
            account: String(count),
            nextAccount: String(count),
          });
          if (APP_LIMIT_CODES.has(code)) gate = makeGate();
          if (next === undefined) return;
          closed += 1;
          expect(next.code).toBe(first.code);
          expect(next.log).toMatchObject({ gate: 'hold', sent: false });
        },
      ),
      { numRuns: 500 },
    );
    expect(closed).toBeGreaterThan(50);
  });

  it('keeps the code of a limit with an unreadable body', async () => {
    const call: GraphCall = { method: 'GET', path: '/1', subject: 'media' };
    expect((await refuse(toRateLimitError(60), call))?.code).toBe('rate_limited');
  });

  it("names the app in the refusal of another account's call at the app's limit", async () => {
    const unknown = { subcode: undefined, traceId: undefined, userMessage: undefined };
    const error = { code: 4, isTransient: false, asksForLess: false, ...unknown };
    const context = { subject: 'media', status: 400, retryAfterSeconds: undefined } as const;
    const call: GraphCall = { method: 'GET', path: '/1', subject: 'media' };
    const next = await refuse(mapGraphError(error, context), call, { nextAccount: '2' });
    expect(next?.message).toMatch(/^The app has reached/);
  });
});
