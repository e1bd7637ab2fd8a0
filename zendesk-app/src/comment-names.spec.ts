import { expect, it } from '@jest/globals';
import { nameComments } from './comment-names.js';
import type { Comment } from './thread.js';

const WORDS = {
  author: 'Instagram user',
  noText: 'No text',
  formatTime: (iso: string) => iso.slice(0, 10),
};

function nameTexts(...comments: Partial<Comment>[]): string[] {
  const all = comments.map((fields, index): Comment => {
    const target = { kind: 'comment', id: String(index) } as const;
    const state = { liked: null, source: 'none', changedAt: undefined } as const;
    return {
      target,
      state,
      likeCount: undefined,
      parentId: undefined,
      author: 'ada',
      isOwn: false,
      text: 'nice photo',
      createdAt: '2026-11-26T10:00:00.000Z',
      isHidden: false,
      ...fields,
    };
  });
  return [...nameComments(all, WORDS).values()];
}

it('names a comment by its author and text', () => {
  expect(nameTexts({}, { text: ' two\n lines ' }, { author: undefined, text: '' })).toEqual([
    'ada: nice photo',
    'ada: two lines',
    'Instagram user: No text',
  ]);
});

it('shortens a text between characters', () => {
  const family = '👩‍👩‍👧‍👦';
  expect(nameTexts({ text: family.repeat(40) }, { text: family.repeat(41) })).toEqual([
    `ada: ${family.repeat(40)}`,
    `ada: ${family.repeat(40)}…`,
  ]);
  expect(nameTexts({ text: 'x'.repeat(10_000) })).toEqual([`ada: ${'x'.repeat(40)}…`]);
});

it('gives no two comments the same name', () => {
  const day = '2026-11-25T10:00:00.000Z';
  expect(nameTexts({}, { createdAt: day }, { createdAt: day }, { author: 'ben' })).toEqual([
    'ada: nice photo (2026-11-26)',
    'ada: nice photo (2026-11-25) (1)',
    'ada: nice photo (2026-11-25) (2)',
    'ben: nice photo',
  ]);
});
