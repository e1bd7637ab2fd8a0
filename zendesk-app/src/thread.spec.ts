import { expect, it } from '@jest/globals';
import { toLikeState, toProfile, toThread } from './thread.js';

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

it('reads whether Instagram refused to return the comments', () => {
  const isRefused = (comments_error: unknown): unknown =>
    toThread({
      account: { ig_user_id: '1', username: 'omniwear' },
      media: { media_id: '5' },
      comments: [],
      comments_error,
    })?.isWithoutComments;
  expect(isRefused({ code: 'permission_missing', message: 'Not given.' })).toBe(true);
  for (const none of [undefined, null, 'x']) expect(isRefused(none)).toBe(false);
});

it('reads what the account cannot do', () => {
  const fields = { code: 'permission_missing', message: 'No.', fix: 'Ask.', missing: 'x' };
  const abilities = [
    { name: 'like', possible: true },
    { name: 'hide', possible: false, ...fields },
    { name: 'later', possible: false, ...fields },
    { name: 'delete' },
    null,
  ];
  const account = { ig_user_id: '1', username: 'omniwear', abilities };
  const thread = toThread({ account, media: { media_id: '5' }, comments: [] });
  expect(thread?.obstacles).toEqual({ hide: fields });
});

it('makes profile addresses of valid usernames only', () => {
  expect(toProfile('mira.hikes_2')).toBe('https://www.instagram.com/mira.hikes_2/');
  for (const name of [undefined, '', 'a b', 'a/b', '../x', 'ä', 'a'.repeat(31)]) {
    expect(toProfile(name)).toBeUndefined();
  }
});

it('reads why a like is not known', () => {
  const readSource = (source: unknown): string => toLikeState({ liked: null, source }).source;
  expect(['none', 'pending', 'restored'].map(readSource)).toEqual(['none', 'pending', 'restored']);
  expect(['ledger', 'later', 7, undefined].map(readSource)).toEqual(Array(4).fill('none'));
});
