import { expect, it } from '@jest/globals';
import { toThread } from './thread.js';

it('leads nowhere but to the web', () => {
  const photo = (address: string): unknown =>
    toThread({
      account: { ig_user_id: '1', username: 'omniwear' },
      media: { media_id: '5', permalink: address, thumbnail: address },
      comments: [],
    })?.photo;
  expect(photo('https://a.example/')).toMatchObject({ permalink: 'https://a.example/' });
  for (const address of [
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    '//a',
  ]) {
    expect(photo(address)).toMatchObject({ permalink: undefined, thumbnail: undefined });
  }
});

it('reads why there are no comments', () => {
  const errorOf = (comments_error: unknown): unknown =>
    toThread({
      account: { ig_user_id: '1', username: 'omniwear' },
      media: { media_id: '5' },
      comments: [],
      comments_error,
    })?.commentsError;
  expect(errorOf({ code: 'permission_missing', message: 'Not given.' })).toBe('Not given.');
  for (const none of [undefined, null, 'x', {}, { message: 7 }]) {
    expect(errorOf(none)).toBeUndefined();
  }
});
