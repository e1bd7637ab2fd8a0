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
    search: "error.effect === 'none') await this.withdraw",
    replacement: 'error.effect) await this.withdraw',
  },
  {
    name: 'an-opposite-attempt-does-not-count',
    file: 'src/ledger/like-ledger.ts',
    search: 'known.some(({ liked }) => liked !== like?.liked)',
    replacement: 'like === undefined && known.length > 0',
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
    search: 'LATE_EFFECT_MS = 120_000',
    replacement: 'LATE_EFFECT_MS = 20_000',
  },
  {
    name: 'a-write-is-repeated-after-a-broken-connection',
    file: 'src/instagram/graph-api.ts',
    search: "!isBroken || request.method !== 'GET'",
    replacement: '!isBroken',
  },
  {
    name: 'a-reply-is-recorded-after-it-was-sent',
    file: 'src/channelback/channelback.service.ts',
    search: "if (earlier.known === 'posted') return earlier.externalId;",
    replacement: '',
  },
  {
    name: 'a-lost-reply-is-not-looked-for',
    file: 'src/channelback/channelback.service.ts',
    search: 'return found ?? this.send(sending, earlier);',
    replacement: 'return this.send(sending, found === undefined ? earlier : earlier);',
  },
  {
    name: 'a-young-reply-is-sent-again',
    file: 'src/channelback/channelback.service.ts',
    search: 'if (earlier.lastAt > appearsSince) throw uncertain();',
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
    name: 'a-session-lock-is-never-released',
    file: 'src/ledger/keyed-lock.ts',
    search: 'if (isHeld) void locks.release(key);',
    replacement: 'isHeld = false;',
  },
];
