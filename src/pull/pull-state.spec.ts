import { describe, expect, it } from '@jest/globals';
import { STATE_MAX_CHARS } from '../zendesk/limits.js';
import { LEFT_OUT_MAX, type PullState, readState, writeState } from './pull-state.js';

const NOW = Date.UTC(2026, 10, 25);
const ACCOUNT = '17841405309211844';
const CURSOR = `19999.10.abcdefghijk~${'c'.repeat(1000)}`;

const longest = (digits: number): PullState => {
  const leftOut = Object.fromEntries(
    Array.from({ length: LEFT_OUT_MAX }, (_, index) => [
      String(index + 10).padStart(digits, '1'),
      NOW,
    ]),
  );
  return {
    igUserId: ACCOUNT,
    series: 's'.repeat(12),
    answer: 'a'.repeat(12),
    line: `${'l'.repeat(12)}.${'9'.repeat(14)}.${'n'.repeat(8)}`,
    from: NOW,
    since: NOW,
    leftOut,
    place: {
      startedAt: NOW,
      mediaAfter: CURSOR,
      mediaId: '1'.repeat(digits),
      commentsAfter: CURSOR,
      repliesOf: '1'.repeat(digits),
      repliesAfter: CURSOR,
      lastId: '1'.repeat(digits),
      leftOut,
      incomplete: true,
      readable: true,
    },
  };
};

describe('the state of a pull', () => {
  it('fits the limit at its longest, and is read unchanged', () => {
    const text = writeState(longest(30));
    expect(text.length).toBeLessThanOrEqual(STATE_MAX_CHARS);
    expect(readState(text, ACCOUNT, NOW)).toEqual(longest(30));
  });

  it.each([
    ['too long', `${writeState(longest(17))}${' '.repeat(STATE_MAX_CHARS)}`],
    ['not JSON', '{'],
    ['a list', '[]'],
    ['without its time', '{"v":1}'],
    ['of another account', writeState({ ...longest(17), igUserId: '2' })],
  ])('is ignored if it is %s', (_, text) => {
    expect(readState(text, ACCOUNT, NOW)).toBeUndefined();
  });

  it('keeps only the times of another version', () => {
    const text = JSON.stringify({ ...longest(17), v: 2, since: NOW - 5, from: NOW - 9 });
    const state = readState(text, ACCOUNT, NOW);
    expect(state).toMatchObject({ since: NOW - 5, from: NOW - 9, answer: '' });
    expect(state?.place).toBeUndefined();
    expect(state?.series).not.toBe('s'.repeat(12));
  });

  it('limits its times to now', () => {
    const past = NOW - 86_400_000;
    const state = readState(writeState(longest(17)), ACCOUNT, past);
    expect([state?.since, state?.from, state?.place?.startedAt]).toEqual([past, past, past]);
    expect(new Set(Object.values(state?.leftOut ?? {}))).toEqual(new Set([past]));
  });

  it('drops invalid fields from a hostile sender', () => {
    const { place } = longest(17);
    const text = JSON.stringify({
      v: 1,
      ...longest(17),
      series: '../..',
      answer: 7,
      line: `${'l'.repeat(12)}.1e3.${'n'.repeat(8)}`,
      leftOut: { constructor: 1, '5': 'x', '6': NOW },
      place: {
        ...place,
        mediaAfter: 'a b',
        mediaId: 'x'.repeat(1001),
        commentsAfter: {},
        lastId: '',
      },
    });
    const state = readState(text, ACCOUNT, NOW);
    expect(state?.series).toMatch(/^[\w-]{12}$/);
    expect(state?.answer).toBe('');
    expect(state?.line).toBeUndefined();
    expect(state?.leftOut).toEqual({ '6': NOW });
    expect(state?.place).toMatchObject({
      mediaAfter: undefined,
      mediaId: undefined,
      commentsAfter: undefined,
      lastId: undefined,
    });
  });
});
