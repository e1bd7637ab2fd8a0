import type { Server } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Fault } from '../sandbox/instagram/faults.js';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import {
  DEADLINE_MS,
  LATEST_MS,
  readError,
  TOLERANCE_MS,
  useUpstream,
} from './support/upstream.js';

describe('a like whose outcome is unknown', () => {
  const upstream = useUpstream();

  const FAULTS: [string, Fault, string, number][] = [
    ['hangs', { kind: 'hang' }, 'deadline_exceeded', 504],
    ['drips', { kind: 'slow_drip' }, 'deadline_exceeded', 504],
    ['answers too late', { kind: 'delay', ms: DEADLINE_MS * 2 }, 'deadline_exceeded', 504],
    ['cuts before it acts', { kind: 'cut_before' }, 'platform_unavailable', 502],
    ['cuts after it acted', { kind: 'cut_after' }, 'platform_unavailable', 502],
    [
      'answers 502 in HTML',
      { kind: 'answer', status: 502, body: '<html>', headers: { 'content-type': 'text/html' } },
      'platform_unavailable',
      502,
    ],
    [
      'answers success: false',
      { kind: 'answer', status: 200, body: '{"success":false}' },
      'platform_unavailable',
      502,
    ],
    [
      'answers success as a string',
      { kind: 'answer', status: 200, body: '{"success":"true"}' },
      'platform_unavailable',
      502,
    ],
    [
      'answers success with 500',
      { kind: 'answer', status: 500, body: '{"success":true}' },
      'platform_unavailable',
      502,
    ],
    [
      'answers an array',
      { kind: 'answer', status: 200, body: '[{"success":true}]' },
      'platform_unavailable',
      502,
    ],
    ['answers nothing', { kind: 'answer', status: 200, body: '' }, 'platform_unavailable', 502],
    ['answers 10 MB', { kind: 'huge', bytes: 10_000_000 }, 'platform_unavailable', 502],
    [
      'redirects',
      { kind: 'answer', status: 307, body: '', headers: { location: 'https://example.com/' } },
      'platform_unavailable',
      502,
    ],
    ['quotes the token', { kind: 'echo_token' }, 'platform_unavailable', 502],
    ['has a temporary problem', { kind: 'graph_error', code: 2 }, 'platform_unavailable', 502],
    [
      'has a temporary problem with an unknown code',
      { kind: 'graph_error', code: 9999, is_transient: true },
      'platform_unavailable',
      502,
    ],
    ['has an unknown error', { kind: 'graph_error', code: 12345 }, 'platform_unavailable', 502],
  ];

  describe.each(FAULTS)('when Instagram %s', (_, fault, code, status) => {
    it(`is answered with ${code} and stays unknown until the next click`, async () => {
      await upstream.like(true);
      expect(await upstream.readState()).toEqual({ liked: true, source: 'ledger' });

      upstream.armFault(fault);
      const start = performance.now();
      const error = readError(await upstream.like(false));
      expect(error).toMatchObject({ code, status });
      // The next test checks the time of calls that hang.
      if (code !== 'deadline_exceeded') expect(performance.now() - start).toBeLessThan(LATEST_MS);
      expect(error.fix).toEqual(expect.any(String));
      expect(await upstream.readState()).toEqual({ liked: null, source: 'pending' });

      await upstream.like(false);
      expect(await upstream.readState()).toEqual({ liked: false, source: 'ledger' });
      expect(upstream.instagram.world.listLikes(OMNIWEAR.igUserId)).toEqual([]);
    });
  });

  it.each(['hang', 'slow_drip'] as const)(
    `is answered within ${String(TOLERANCE_MS)} ms of the deadline if Instagram answers with %s`,
    async (kind) => {
      // The fastest of several tries counts, because other processes may slow the machine down.
      const over: number[] = [];
      for (let tries = 0; tries < 5 && !over.some((each) => each <= TOLERANCE_MS); tries += 1) {
        upstream.armFault({ kind });
        const start = performance.now();
        await upstream.like(true);
        over.push(performance.now() - start - DEADLINE_MS);
      }
      expect(Math.min(...over)).toBeGreaterThan(-5);
      expect(Math.min(...over)).toBeLessThanOrEqual(TOLERANCE_MS);
      // The service has closed the connection.
      await expectNoConnections(upstream.instagram.app.server);
      await upstream.like(false);
    },
  );

  it('keeps the state unknown after an unlike, which it may overtake', async () => {
    upstream.armFault({ kind: 'delay', ms: DEADLINE_MS * 2 });
    expect(readError(await upstream.like(true)).code).toBe('deadline_exceeded');
    expect((await upstream.like(false)).json).toMatchObject({ ok: true, liked: false });
    expect(await upstream.readState()).toEqual({ liked: null, source: 'pending' });
    await new Promise((resolve) => setTimeout(resolve, DEADLINE_MS * 2));
    expect(upstream.instagram.world.listLikes(OMNIWEAR.igUserId)).toEqual([OMNIWEAR.photoId]);
    expect(await upstream.readState()).toEqual({ liked: null, source: 'pending' });
    await upstream.like(false);
  });

  it('delays the next click, which is not sent after its own deadline', async () => {
    upstream.armFault({ kind: 'hang' });
    const answers = await Promise.all([upstream.like(true), upstream.like(false)]);
    expect(answers.map((answer) => readError(answer).code)).toEqual([
      'deadline_exceeded',
      'deadline_exceeded',
    ]);
    expect(upstream.instagram.seen).toHaveLength(1);
    expect(await upstream.readState()).toEqual({ liked: null, source: 'pending' });
    await upstream.like(false);
  });
});

/** Waits until a server has no open connections. */
async function expectNoConnections(server: Server): Promise<void> {
  const count = (): Promise<number> =>
    new Promise((resolve) => {
      server.getConnections((_, connections) => {
        resolve(connections);
      });
    });
  for (let tries = 0; tries < 50 && (await count()) > 0; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await count()).toBe(0);
}
