import type { SourceChange } from './build.js';

/** A fault planted in a copy of the service, and the rule that it breaks. */
export interface Mutant extends SourceChange {
  readonly name: string;
}

/** One mutant for each rule that `docs/decisions/simulator.md` lists. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a-failed-like-is-forgotten',
    file: 'src/proxy/like/like.service.ts',
    search: "failure instanceof InstagramError && failure.effect === 'none'",
    replacement: 'failure instanceof InstagramError',
  },
  {
    name: 'an-opposite-attempt-does-not-count',
    file: 'src/ledger/likes/like-states.ts',
    search: 'ofTarget.some(({ liked }) => liked !== like.liked)',
    replacement: 'ofTarget.length < 0',
  },
  {
    name: 'an-overlapped-attempt-decides',
    file: 'src/ledger/likes/like-statements.ts',
    search: '.set({ overlapped: 1 })',
    replacement: '.set({ overlapped: 0 })',
  },
  {
    name: 'an-attempt-settles-too-early',
    file: 'src/ledger/likes/like-statements.ts',
    search: 'isoTime(startedAt - LATE_EFFECT_MS)',
    replacement: 'isoTime(startedAt - LATE_EFFECT_MS / 6)',
  },
  {
    name: 'a-write-is-repeated-after-a-failure',
    file: 'src/instagram/graph-api.ts',
    search: "if (call.method !== 'GET') return this.callOnce(call, caller, pass);",
    replacement: '',
  },
  {
    name: 'a-posted-reply-is-forgotten',
    file: 'src/channelback/channelback.service.ts',
    search: "if (earlier.known === 'posted') return earlier.externalId;",
    replacement: '',
  },
  {
    name: 'a-lost-reply-is-not-looked-for',
    file: 'src/channelback/channelback.service.ts',
    search: 'await findLostReply(account, instagram, this.ledger, reply, earlier.firstAt)',
    replacement: 'await Promise.resolve(undefined)',
  },
  {
    name: 'a-young-reply-is-sent-again',
    file: 'src/channelback/channelback.service.ts',
    search: 'if (earlier.settlesInMs > 0) throw uncertain(Math.ceil(earlier.settlesInMs / 1000));',
    replacement: '',
  },
  {
    name: 'a-reply-with-unknown-outcome-is-forgotten',
    file: 'src/channelback/channelback.service.ts',
    search: "error instanceof InstagramError && error.effect === 'none';",
    replacement: 'error instanceof InstagramError;',
  },
  {
    name: 'a-paused-sweep-counts-as-whole',
    file: 'src/pull/sweep.ts',
    search: "if (end === 'whole') {",
    replacement: "if (end === 'whole' || end === 'paused') {",
  },
  {
    name: 'late-comments-are-left-out',
    file: 'src/pull/sweep.ts',
    search: 'LATE_MS = 7 * 86_400_000',
    replacement: 'LATE_MS = 0',
  },
  {
    name: 'the-rest-of-a-paused-post-is-skipped',
    file: 'src/pull/post-walk.ts',
    search: 'if (index < resumeAt) continue;',
    replacement: 'if (index <= resumeAt) continue;',
  },
  {
    name: 'comments-after-a-deleted-one-are-skipped',
    file: 'src/pull/comment-walk.ts',
    search: 'if (!isFound) yield* held;',
    replacement: '',
  },
  {
    name: 'a-post-that-failed-counts-as-read',
    file: 'src/pull/skipped-posts.ts',
    search: '{ ...this.leftOut, [media.id]: this.readUnreadSince(media) }',
    replacement: 'this.leftOut',
  },
  {
    name: 'an-answer-counts-as-delivered-when-it-is-sent',
    file: 'src/pull/pull-memory.ts',
    search: 'this.answers.set(`${series}/${answer}`, externalIds);',
    replacement:
      'for (const each of externalIds) this.delivered.set(`${series}/${each}`, true);' +
      'this.answers.set(`${series}/${answer}`, []);',
  },
  {
    name: 'a-restore-is-not-noticed',
    file: 'src/ledger/line/ledger-line.ts',
    search: 'if (known !== null && !isSameDatabase(known, identity)) {',
    replacement: 'if (known === identity && !isSameDatabase(known, identity)) {',
  },
  {
    name: 'a-like-after-a-restore-decides-at-once',
    file: 'src/ledger/likes/like-statements.ts',
    search: "overlapped: this.line.isSettling(value('account')),",
    replacement: 'overlapped: 0,',
  },
  {
    name: 'an-attempt-that-is-gone-is-not-written-again',
    file: 'src/ledger/likes/like-ledger.ts',
    search: 'if (isGone) await this.rewrite(attempt, isoTime(attempt.startedAt));',
    replacement: '',
  },
  {
    name: 'each-process-measures-age-by-its-own-clock',
    file: 'src/ledger/database/ledger-time.ts',
    search: ': this.now(shiftMs);',
    replacement: ': computed(() => isoTime(this.clock.now() + shiftMs));',
  },
  {
    name: 'an-answer-waits-for-its-work',
    file: 'src/common/http/answer-deadline.ts',
    search: 'deadline.remainingMs + ANSWER_GRACE_MS',
    replacement: 'deadline.remainingMs + 4000',
  },
  {
    name: 'likes-have-no-pace',
    file: 'src/gate/pace.ts',
    search: 'LIKE_PACE: PaceRule = { burst: 20, intervalMs: 250, windowMs: 5000 }',
    replacement: 'LIKE_PACE: PaceRule = { burst: 2000, intervalMs: 2, windowMs: 5000 }',
  },
];
