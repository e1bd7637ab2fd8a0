import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Page } from './graph-objects.js';
import { BOOKMARK_EXTRA_CHARS, EMPTY_PAGES_MAX, PageWalk, PAGES_MAX } from './page-walk.js';

const SEED = 20_261_126;

type TestPage = Page<{ readonly id: string }>;

/** Page 0 comes first. The cursor `c<n>` leads to page n, which may lead to another page. */
const graph = fc.integer({ min: 1, max: 60 }).chain((size) =>
  fc.array(
    fc.record({
      isEmpty: fc.boolean(),
      next: fc.option(fc.integer({ min: 1, max: size }), { nil: undefined, freq: 6 }),
    }),
    { minLength: size + 1, maxLength: size + 1 },
  ),
);
/** A chain that loops back, because random targets alone make short walks. */
const lasso = fc
  .tuple(fc.integer({ min: 1, max: 200 }), fc.nat(), fc.nat())
  .map(([size, back, emptyEach]) =>
    Array.from({ length: size + 1 }, (_, index) => ({
      isEmpty: emptyEach % 3 === 0 && index % 2 === 1,
      next: index < size ? index + 1 : 1 + (back % size),
    })),
  );

interface Node {
  readonly isEmpty: boolean;
  readonly next: number | undefined;
}

const toIndex = (cursor: string | undefined): number =>
  cursor === undefined ? 0 : Number(cursor.slice(1));
const readPage = (nodes: readonly Node[], index: number): TestPage => {
  const { isEmpty, next } = nodes[index] ?? { isEmpty: true, next: undefined };
  return {
    items: isEmpty ? [] : [{ id: String(index) }],
    after: next === undefined ? undefined : `c${String(next)}`,
  };
};
/** The pages in the order of the cursors, each once. */
const listReachable = (nodes: readonly Node[]): number[] => {
  const order: number[] = [];
  let emptyPages = 0;
  for (let at: number | undefined = 0; at !== undefined && !order.includes(at);) {
    order.push(at);
    emptyPages = nodes[at]?.isEmpty === true ? emptyPages + 1 : 0;
    if (emptyPages === EMPTY_PAGES_MAX) return order;
    at = nodes[at]?.next;
  }
  return order;
};
/** Walks to the end and restarts at the bookmark after `pagesEach` pages, as a later pull does. */
const walk = (nodes: readonly Node[], pagesEach: number): number[] => {
  const visited: number[] = [];
  let current = new PageWalk();
  for (let read = 1; visited.length <= 2000; read += 1) {
    const index = toIndex(current.cursor);
    visited.push(index);
    if (!current.advance(readPage(nodes, index))) return visited;
    if (read % pagesEach === 0) current = new PageWalk(current.bookmark);
  }
  throw new Error('the walk does not end');
};

describe('PageWalk', () => {
  it('visits each page before a loop once', () => {
    fc.assert(
      fc.property(fc.oneof(graph, lasso), (nodes) => {
        expect(walk(nodes, Infinity)).toEqual(listReachable(nodes));
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it('visits the same pages over several pulls, and ends a loop that no pull walks in full', () => {
    fc.assert(
      fc.property(fc.oneof(graph, lasso), fc.integer({ min: 1, max: 9 }), (nodes, pagesEach) => {
        const visited = walk(nodes, pagesEach);
        const expected = listReachable(nodes);
        expect([...new Set(visited)]).toEqual(expected);
        expect(visited.length).toBeLessThanOrEqual(3 * expected.length + EMPTY_PAGES_MAX);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it.each([
    ['are empty', (): TestPage['items'] => []],
    ['repeat the same entries', () => [{ id: '1' }, { id: '2' }]],
  ])('ends a list whose pages %s under new cursors', (_, items) => {
    const current = new PageWalk();
    let pages = 1;
    while (current.advance({ items: items(), after: `c${String(pages)}` })) pages += 1;
    expect(pages).toBeLessThanOrEqual(EMPTY_PAGES_MAX + 1);
  });

  it('counts empty pages over several pulls', () => {
    let bookmark: string | undefined;
    for (let pages = 1; pages < EMPTY_PAGES_MAX; pages += 1) {
      const current = new PageWalk(bookmark);
      expect(current.advance({ items: [], after: `c${String(pages)}` })).toBe(true);
      ({ bookmark } = current);
    }
    expect(new PageWalk(bookmark).advance({ items: [], after: 'last' })).toBe(false);
  });

  it('ends an endless list of new entries at a limit', () => {
    const current = new PageWalk(`${String(PAGES_MAX - 2)}.0.abcdefghijk~c`);
    expect(current.advance({ items: [{ id: '1' }], after: 'c1' })).toBe(true);
    expect(current.advance({ items: [{ id: '2' }], after: 'c2' })).toBe(false);
  });

  it('makes short bookmarks, and accepts a cursor as a bookmark', () => {
    const current = new PageWalk(`${String(PAGES_MAX - 2)}.9.abcdefghijk~c`);
    const after = 'x'.repeat(1000);
    current.advance({ items: [], after: undefined });
    expect(new PageWalk('bare').cursor).toBe('bare');
    expect(new PageWalk(after).bookmark?.length).toBeLessThanOrEqual(1000 + BOOKMARK_EXTRA_CHARS);
    expect(new PageWalk(new PageWalk(after).bookmark).cursor).toBe(after);
  });
});
