import { describe, expect, it } from '@jest/globals';
import type { Account } from '../domain/account.js';
import { FAILURE_KEPT_MS } from '../ledger/pulls/pull-failures.js';
import { LONGEST_REST_MS, PullMemory } from './pull-memory.js';

const ACCOUNT = { igUserId: '17841405309211844', connectedAt: 1000 } as Account;
const MINUTE_MS = 60_000;

/**
 * Minutes between the reads of a post that is always refused, and read every two minutes except
 * while it rests.
 */
const pauses = (days: number): number[] => {
  const memory = new PullMemory();
  const reads: number[] = [];
  for (let minute = 0; minute < days * 1440; minute += 2) {
    const now = minute * MINUTE_MS;
    if (memory.findRest(ACCOUNT, '5', now) !== undefined) continue;
    reads.push(minute);
    memory.noteRefusal(ACCOUNT, '5', 'target_unavailable', now);
  }
  return reads.slice(1).map((minute, index) => minute - (reads[index] ?? 0));
};

describe('PullMemory, after Instagram refused a post', () => {
  it('lets it rest longer after each refusal, up to six hours', () => {
    expect(pauses(3)).toEqual([2, 2, 16, 30, 60, 120, 240, ...Array<number>(10).fill(360)]);
  });

  it('ends its rest when it was read, or when the account is connected again', () => {
    const memory = new PullMemory();
    const isResting = (account: Account): boolean => memory.findRest(account, '5', 0) !== undefined;
    for (let count = 0; count < 5; count += 1) memory.noteRefusal(ACCOUNT, '5', 'internal', 0);
    expect([isResting(ACCOUNT), isResting({ ...ACCOUNT, connectedAt: 2000 })]).toEqual([
      true,
      false,
    ]);
    memory.forgetRefusals(ACCOUNT, '5');
    expect(isResting(ACCOUNT)).toBe(false);
  });

  it('knows after the longest rest that it failed before', () => {
    expect(FAILURE_KEPT_MS).toBeGreaterThan(2 * LONGEST_REST_MS);
  });

  it('does not prolong its rest because the clock was ahead', () => {
    const memory = new PullMemory();
    const ahead = 10 * LONGEST_REST_MS;
    for (let count = 0; count < 9; count += 1) memory.noteRefusal(ACCOUNT, '5', 'internal', ahead);
    expect(memory.findRest(ACCOUNT, '5', ahead)).toBe('internal');
    expect(memory.findRest(ACCOUNT, '5', 0)).toBeUndefined();
  });
});
