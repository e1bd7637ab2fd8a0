import { expect, it } from '@jest/globals';
import { toLikeState, toThread } from './thread.js';

it('accepts only web addresses as links and pictures', () => {
  const readPhoto = (address: string): unknown =>
    toThread({
      account: { ig_user_id: '1', username: 'omniwear' },
      media: { media_id: '5', permalink: address, thumbnail: address },
      comments: [],
    })?.photo;
  expect(readPhoto('https://a.example/')).toMatchObject({ permalink: 'https://a.example/' });
  for (const address of [
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    '//a',
  ]) {
    expect(readPhoto(address)).toMatchObject({ permalink: undefined, thumbnail: undefined });
  }
});

it('reads why Instagram did not return the comments', () => {
  const readError = (comments_error: unknown): unknown =>
    toThread({
      account: { ig_user_id: '1', username: 'omniwear' },
      media: { media_id: '5' },
      comments: [],
      comments_error,
    })?.commentsError;
  expect(readError({ code: 'permission_missing', message: 'Not given.' })).toBe('Not given.');
  for (const none of [undefined, null, 'x', {}, { message: 7 }]) {
    expect(readError(none)).toBeUndefined();
  }
});

it('reads why a like is not known', () => {
  const readSource = (source: unknown): string => toLikeState({ liked: null, source }).source;
  expect(['none', 'pending', 'restored'].map(readSource)).toEqual(['none', 'pending', 'restored']);
  expect(['ledger', 'later', 7, undefined].map(readSource)).toEqual(Array(4).fill('none'));
});
