import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Deadline } from '../common/deadline.js';
import { Secret } from '../domain/secret.js';
import type { GraphCall } from './graph-call.js';
import { toComment } from './graph-objects.js';
import { InstagramError, type ReadRemedy } from './instagram-error.js';
import { type GraphList, ListReader } from './list-reader.js';
import { PageWalk } from './page-walk.js';

const SEED = 20_261_126;
/** The most calls of one read: all sizes from 50 to 1, one of them twice. */
const CALLS_MAX = 7;

type Parameters = Readonly<Record<string, string>>;

const LIST = {
  path: '/5/comments',
  size: { entries: 50, expanded: 50 },
  fields: (expanded: number) => `id,replies.limit(${String(expanded)})`,
  toItem: toComment,
} satisfies GraphList<object>;

/** A list of `length` entries. Refuses pages of more than `max`, counting expanded entries. */
class Upstream {
  readonly calls: Parameters[] = [];
  now = Date.UTC(2026, 10, 26);
  readonly reader = new ListReader(
    { call: ({ parameters }: GraphCall) => Promise.resolve(this.answer(parameters as Parameters)) },
    { now: () => this.now },
  );

  constructor(
    private readonly length: number,
    public max: number,
    private readonly remedy: ReadRemedy | undefined,
  ) {}

  read(after?: string): ReturnType<typeof this.reader.read<{ readonly id: string }>> {
    return this.reader.read(LIST, after, {
      token: new Secret('token'),
      deadline: new Deadline(60_000),
    });
  }

  private answer(parameters: Parameters): Readonly<Record<string, unknown>> {
    this.calls.push(parameters);
    const { limit, fields = '', after = '0' } = parameters;
    const entries = Number(limit);
    if (entries * Number(/\((\d+)\)/.exec(fields)?.[1]) > this.max) {
      throw new InstagramError('platform_unavailable', 'Too much.', {
        effect: 'unknown',
        remedy: this.remedy,
      });
    }
    const start = Number(after);
    const end = Math.min(this.length, start + entries);
    return {
      data: Array.from({ length: end - start }, (_, index) => ({ id: String(start + index) })),
      paging: { cursors: { after: String(end) }, ...(end < this.length ? { next: 'https' } : {}) },
    };
  }
}

describe('ListReader', () => {
  it('reads each entry once under any limit of the page size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 2500 }),
        fc.constantFrom<ReadRemedy>('smaller_page', 'maybe_smaller_page'),
        async (length, max, remedy) => {
          const upstream = new Upstream(length, max, remedy);
          const walk = new PageWalk();
          const ids: string[] = [];
          for (;;) {
            const before = upstream.calls.length;
            const page = await upstream.read(walk.cursor);
            expect(upstream.calls.length - before).toBeLessThanOrEqual(CALLS_MAX);
            ids.push(...page.items.map(({ id }) => id));
            if (!walk.advance(page)) break;
          }
          expect(ids).toEqual(Array.from({ length }, (_, index) => String(index)));
          const refused = upstream.calls.filter(({ limit }) => Number(limit) ** 2 > max).length;
          expect(refused).toBeLessThanOrEqual(CALLS_MAX);
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('does not retry a failure that is unrelated to the size', async () => {
    for (const remedy of [undefined, 'new_connection'] as const) {
      const upstream = new Upstream(10, 0, remedy);
      await expect(upstream.read()).rejects.toThrow('Too much.');
      expect(upstream.calls).toHaveLength(1);
    }
  });

  it('repeats the size before it asks for less if Meta gives no reason', async () => {
    const upstream = new Upstream(10, 0, 'maybe_smaller_page');
    await expect(upstream.read()).rejects.toThrow('Too much.');
    expect(upstream.calls.map(({ limit }) => limit)).toEqual(['50', '50', '12', '3', '1']);
    // The size was not the reason, so the next read uses the full size.
    upstream.max = Infinity;
    await upstream.read();
    expect(upstream.calls.at(-1)?.limit).toBe('50');
  });

  it('continues with the last size, and with the full size after an hour', async () => {
    const upstream = new Upstream(10, 0, 'smaller_page');
    await expect(upstream.read()).rejects.toThrow('Too much.');
    expect(upstream.calls.map(({ limit }) => limit)).toEqual(['50', '25', '12', '6', '3', '1']);
    await expect(upstream.read()).rejects.toThrow('Too much.');
    expect(upstream.calls).toHaveLength(7);
    upstream.max = Infinity;
    upstream.now += 3_600_001;
    // The cache reads its clock at most once per millisecond of real time.
    await new Promise((resolve) => setTimeout(resolve, 10));
    await upstream.read();
    expect(upstream.calls.at(-1)?.limit).toBe('50');
  });
});
