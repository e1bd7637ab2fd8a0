import { describe, expect, it } from '@jest/globals';
import { toComment, toMedia, toPage } from './graph-objects.js';

describe('a page of a list', () => {
  it.each([
    [{ next: 'https://x', cursors: { after: 'abc' } }, 'abc'],
    [{ next: 'https://graph.facebook.com/v26.0/5/comments?limit=50&after=abc' }, 'abc'],
    [{ next: 'https://x/?after=other', cursors: { after: 'abc' } }, 'abc'],
    [{ cursors: { after: 'abc' } }, undefined],
    [{}, undefined],
    [undefined, undefined],
  ])('has the cursor of the next page: %j', (paging, after) => {
    expect(toPage({ data: [], paging }, toComment).after).toBe(after);
  });

  it.each([
    { next: 'https://x' },
    { next: 'https://x/?after=' },
    { next: 'no address' },
    { next: 'https://x/?after=abc', cursors: { after: 'a b' } },
    { next: `https://x/?after=${'x'.repeat(1001)}` },
  ])('is rejected if the next page has no usable cursor: %j', (paging) => {
    expect(() => toPage({ data: [], paging }, toComment)).toThrow();
  });

  it('keeps posts and comments without a valid time', () => {
    for (const timestamp of [undefined, null, '', 'yesterday', 7]) {
      expect(toComment({ id: '6', timestamp })).toMatchObject({ id: '6', createdAt: undefined });
      expect(toMedia({ id: '5', timestamp })).toMatchObject({ id: '5', createdAt: undefined });
    }
  });
});
