import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Account } from '../domain/account.js';
import type { ErrorCode } from '../domain/error-codes.js';
import { type Media, toMedia } from '../instagram/graph-objects.js';
import { InstagramError } from '../instagram/instagram-error.js';
import { PullMemory } from './pull-memory.js';
import { firstState, LEFT_OUT_MAX } from './pull-state.js';
import { FAILURES_MAX, SkippedPosts } from './skipped-posts.js';

const NOW = Date.UTC(2026, 10, 26);
const ACCOUNT = {
  igUserId: '17841405309211844',
  connectedAt: NOW,
  backfillDays: 0,
} as Account;

const media = (id: number): Media => {
  const made = toMedia({ id: String(id) });
  if (made === undefined) throw new Error('no media');
  return made;
};
const error = (code: ErrorCode): InstagramError =>
  new InstagramError(code, 'No.', { effect: 'none' });

describe('SkippedPosts', () => {
  let memory: PullMemory;
  let skipped: SkippedPosts;
  let reported: string[];
  const start = (state = firstState(ACCOUNT, NOW)): SkippedPosts =>
    new SkippedPosts(state, {
      account: ACCOUNT,
      memory,
      now: NOW,
      onLeftOut: ({ id }, code) => {
        reported.push(`${id} ${code}`);
      },
    });
  beforeEach(() => {
    memory = new PullMemory();
    reported = [];
    skipped = start();
  });

  it.each(['permission_missing', 'target_unavailable'] as const)(
    'leaves a post out at its first %s',
    (code) => {
      expect(skipped.leaveOutFailed(media(5), error(code), true)).toBe(true);
      expect(Object.keys(skipped.record.leftOut)).toEqual(['5']);
      expect(reported).toEqual([`5 ${code}`]);
    },
  );

  it.each(['rate_limited', 'action_blocked', 'auth_expired', 'auth_revoked'] as const)(
    'never counts %s against a post, because it fails every call',
    (code) => {
      const results = Array.from({ length: 2 * FAILURES_MAX }, () =>
        skipped.leaveOutFailed(media(5), error(code), true),
      );
      expect(results).not.toContain(true);
      expect(skipped.record.leftOut).toEqual({});
    },
  );

  it.each(['platform_unavailable', 'deadline_exceeded'] as const)(
    'leaves a post out when it failed three times in a row with %s',
    (code) => {
      const fail = (): boolean => skipped.leaveOutFailed(media(5), error(code), true);
      expect([fail(), fail(), fail()]).toEqual([false, false, true]);
    },
  );

  it('does not blame a post for a call that began too late', () => {
    const results = Array.from({ length: 2 * FAILURES_MAX }, () =>
      skipped.leaveOutFailed(media(5), error('deadline_exceeded'), false),
    );
    expect(results).not.toContain(true);
  });

  it('records at most 15 posts, and then the sweep is incomplete', () => {
    const refuse = (id: number): boolean =>
      skipped.leaveOutFailed(media(id), error('target_unavailable'), true);
    for (let id = 1; id <= LEFT_OUT_MAX; id += 1) refuse(id);
    expect(skipped.record.incomplete).toBeUndefined();
    refuse(99);
    expect(skipped.record.incomplete).toBe(true);
    expect(Object.keys(skipped.record.leftOut)).toHaveLength(LEFT_OUT_MAX);
    skipped.restart();
    expect(skipped.record).toEqual({ leftOut: {}, incomplete: undefined });
  });

  it('leaves out resting posts, unless the last sweep could read none', () => {
    for (let count = 0; count < 3; count += 1)
      skipped.leaveOutFailed(media(5), error('permission_missing'), true);
    expect(start().leaveOutResting(media(5))).toBe(true);
    expect(start().leaveOutResting(media(6))).toBe(false);
    memory.noteReadable(ACCOUNT, false);
    const next = start();
    expect(next.leaveOutResting(media(5))).toBe(false);
    // One refused post is enough to know that the account is still unreadable.
    next.leaveOutFailed(media(6), error('permission_missing'), true);
    expect(next.leaveOutResting(media(5))).toBe(true);
  });

  it('keeps the time from which a post that was left out earlier is unread', () => {
    const state = { ...firstState(ACCOUNT, NOW), since: NOW, leftOut: { '5': NOW - 1000 } };
    skipped = start(state);
    for (const id of [5, 6]) skipped.leaveOutFailed(media(id), error('target_unavailable'), true);
    expect(skipped.record.leftOut).toEqual({ '5': NOW - 1000, '6': NOW });
  });
});
