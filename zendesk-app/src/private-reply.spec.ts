import { expect, it } from '@jest/globals';
import { countBytes, isSendable, isTooOld } from './private-reply.js';

it.each([
  ['', 0],
  ['Hello', 5],
  ['ä', 2],
  ['日本', 6],
  ['👍🏽', 8],
  // Half of a surrogate pair is sent as the replacement character.
  ['\uD83D', 3],
])('counts the bytes of %j in UTF-8', (text, bytes) => {
  expect(countBytes(text)).toBe(bytes);
});

it.each([
  ['a'.repeat(1_000), true],
  ['a'.repeat(1_001), false],
  ['ä'.repeat(500), true],
  [`${'ä'.repeat(500)}a`, false],
  ['👍'.repeat(250), true],
  ['👍'.repeat(251), false],
  ['', false],
  [' \n\t', false],
])('decides whether a message can be sent (%#)', (message, expected) => {
  expect(isSendable(message)).toBe(expected);
});

it('accepts a private reply for exactly seven days', () => {
  const createdAt = '2026-11-20T10:00:00.000Z';
  const end = Date.parse('2026-11-27T10:00:00.000Z');
  expect([isTooOld(createdAt, end), isTooOld(createdAt, end + 1)]).toEqual([false, true]);
  expect(isTooOld('', end)).toBe(false);
});
