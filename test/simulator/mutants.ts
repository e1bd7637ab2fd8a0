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
    file: 'src/ledger/like-states.ts',
    search: 'ofTarget.some(({ liked }) => liked !== like.liked)',
    replacement: 'ofTarget.length < 0',
  },
  {
    name: 'an-overlapped-attempt-decides',
    file: 'src/ledger/like-ledger.ts',
    search: '.set({ overlapped: 1 })',
    replacement: '.set({ overlapped: 0 })',
  },
  {
    name: 'an-attempt-settles-too-early',
    file: 'src/ledger/like-ledger.ts',
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
    search: 'return found ?? this.send(sending, earlier.known',
    replacement: 'return this.send(sending, earlier.known',
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
    replacement: "if (end === 'whole' || end !== 'paused') {",
  },
  {
    name: 'late-comments-are-left-out',
    file: 'src/pull/sweep.ts',
    search: 'LATE_MS = 7 * 86_400_000',
    replacement: 'LATE_MS = 0',
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
    file: 'src/ledger/ledger-line.ts',
    search: 'if (known !== null && !isSameDatabase(known, identity)) {',
    replacement: 'if (known === identity && !isSameDatabase(known, identity)) {',
  },
  {
    name: 'a-like-after-a-restore-decides-at-once',
    file: 'src/ledger/like-ledger.ts',
    search: 'overlapped: this.line.isSettling(igUserId),',
    replacement: 'overlapped: 0,',
  },
  {
    name: 'an-attempt-that-is-gone-is-not-written-again',
    file: 'src/ledger/like-ledger.ts',
    search: 'if (error.isGone) await this.rewrite(attempt, isoTime(attempt.startedAt));',
    replacement: '',
  },
  {
    name: 'each-process-measures-age-by-its-own-clock',
    file: 'src/ledger/ledger-time.ts',
    search: "if (this.database.engine === 'sqlite') return sql.val(",
    replacement: 'if (this.clock.now() > 0) return sql.val(',
  },
  {
    name: 'an-answer-waits-for-its-work',
    file: 'src/common/http/deadline.interceptor.ts',
    search: 'deadline.remainingMs + ANSWER_GRACE_MS',
    replacement: 'deadline.remainingMs + 4000',
  },
  {
    name: 'likes-have-no-pace',
    file: 'src/gate/pace.ts',
    search: 'LIKE_PACE: PaceRule = { burst: 20, intervalMs: 250 }',
    replacement: 'LIKE_PACE: PaceRule = { burst: 2000, intervalMs: 2 }',
  },
];
