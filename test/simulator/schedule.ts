import fc from 'fast-check';
import type { DatabaseFaults } from './postgres-pool.js';
import type { NetworkFaults } from './graph-network.js';

/** Chooses one of the things that exist when the step runs. */
export type Choice = number;

export type Action =
  /** Agents click, one shortly after the other, maybe on several replicas. */
  | { readonly kind: 'click'; readonly heart: Choice; readonly clicks: readonly Click[] }
  /** Agents click many hearts of one account at once. */
  | { readonly kind: 'rush'; readonly count: number }
  | { readonly kind: 'read'; readonly heart: Choice; readonly replica: Choice }
  | {
      readonly kind: 'comment';
      readonly post: Choice;
      /** 0 for a comment right under the post; otherwise chooses the comment to answer. */
      readonly replyTo: Choice;
      readonly count: number;
      readonly lateMs: number;
    }
  | { readonly kind: 'reply'; readonly parent: Choice; readonly sends: readonly Send[] }
  | { readonly kind: 'pull'; readonly account: Choice; readonly replica: Choice }
  /** The replica crashes after it has handled so many further events. */
  | {
      readonly kind: 'crash';
      readonly replica: Choice;
      readonly afterEvents: number;
      /** How long the database takes to notice. */
      readonly noticedMs: number;
    }
  /** The process stops and goes on later, as in a migration of its machine. */
  | {
      readonly kind: 'halt';
      readonly replica: Choice;
      readonly afterEvents: number;
      readonly ms: number;
    }
  | { readonly kind: 'hang_database'; readonly ms: number }
  | { readonly kind: 'hang_instagram'; readonly ms: number }
  | { readonly kind: 'back_up' }
  /** The database is recovered from the last copy, and every replica starts again. */
  | { readonly kind: 'restore' };

interface Click {
  readonly replica: Choice;
  readonly liked: boolean;
  readonly gapMs: number;
}

/** One request for a reply. Zendesk repeats it until it gets an answer. */
export interface Send {
  readonly replica: Choice;
  readonly gapMs: number;
}

interface Step {
  /** The time since the step before, which may still be running. */
  readonly gapMs: number;
  /** Decides the delays and faults of this step alone, so other steps can be left out. */
  readonly salt: number;
  readonly action: Action;
}

export interface Schedule {
  readonly replicas: number;
  /** How far each replica's clock is ahead. */
  readonly skews: readonly number[];
  readonly accounts: number;
  readonly pageSize: number;
  readonly threads: 'media' | 'comment';
  readonly network: NetworkFaults;
  readonly database: DatabaseFaults;
  /** How often an answer of the service is lost on its way. */
  readonly lostAnswers: number;
  readonly steps: readonly Step[];
}

/** The widest skew of a clock. */
const SKEW_MAX_MS = 200_000;

const choice = fc.nat({ max: 999 });
/** The first value is the simplest one. */
const share = fc.constantFrom(0, 0, 0, 0.03, 0.1, 0.3);
const delayMs = fc.constantFrom(1, 1, 5, 30, 300);
/** Gaps that overlap steps, that let them end, and that let every late effect happen. */
const gapMs = fc.oneof(
  { weight: 12, arbitrary: fc.nat({ max: 20 }) },
  { weight: 6, arbitrary: fc.nat({ max: 600 }) },
  { weight: 3, arbitrary: fc.nat({ max: 15_000 }) },
  { weight: 1, arbitrary: fc.nat({ max: 200_000 }) },
);
const afterEvents = fc.nat({ max: 40 });

const click: fc.Arbitrary<Click> = fc.record({
  replica: choice,
  liked: fc.boolean(),
  gapMs: fc.oneof(fc.nat({ max: 10 }), fc.nat({ max: 1000 })),
});
const send: fc.Arbitrary<Send> = fc.record({
  replica: choice,
  gapMs: fc.constantFrom(0, 1000, 12_000, 35_000, 140_000),
});

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      kind: fc.constant('click' as const),
      heart: choice,
      clicks: fc.array(click, { minLength: 1, maxLength: 4, size: 'max' }),
    }),
  },
  {
    weight: 20,
    arbitrary: fc.record({ kind: fc.constant('read' as const), heart: choice, replica: choice }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('comment' as const),
      post: choice,
      replyTo: choice,
      count: fc.constantFrom(1, 1, 1, 3, 12),
      lateMs: fc.constantFrom(0, 0, 0, 60_000, 3_000_000),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('reply' as const),
      parent: choice,
      sends: fc.array(send, { minLength: 1, maxLength: 3, size: 'max' }),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('pull' as const), account: choice, replica: choice }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      replica: choice,
      afterEvents,
      noticedMs: fc.constantFrom(0, 0, 5000, 60_000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('halt' as const),
      replica: choice,
      afterEvents,
      ms: fc.constantFrom(100, 3000, 20_000, 150_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('hang_database' as const),
      ms: fc.constantFrom(500, 5000, 30_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('hang_instagram' as const),
      ms: fc.constantFrom(500, 5000, 30_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('rush' as const),
      count: fc.constantFrom(3, 8, 60),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'back_up' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restore' as const }) },
);

/** A random course of events, of which fast-check can leave out parts when it finds a failure. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  replicas: fc.integer({ min: 1, max: 3 }),
  skews: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -SKEW_MAX_MS, max: SKEW_MAX_MS })), {
    minLength: 3,
    maxLength: 3,
  }),
  accounts: fc.integer({ min: 1, max: 2 }),
  pageSize: fc.integer({ min: 5, max: 10 }),
  threads: fc.constantFrom('media', 'comment'),
  network: fc.record({
    delayMs,
    unreachable: share,
    lostRequest: share,
    lostAnswer: share,
    late: share,
    refused: share,
  }),
  database: fc.record({
    delayMs: fc.constantFrom(1, 1, 5, 50),
    breaksBefore: fc.constantFrom(0, 0, 0, 0.01, 0.05),
    breaksAfter: fc.constantFrom(0, 0, 0, 0.01, 0.05),
    slowCommits: share,
    slowCommitMs: fc.constantFrom(100, 500, 3000),
  }),
  lostAnswers: share,
  steps: fc.array(fc.record({ gapMs, salt: fc.nat({ max: 2_147_483_647 }), action }), {
    minLength: 1,
    maxLength: 30,
    size: 'max',
  }),
});

export function choose<T>(from: readonly T[], by: Choice): T | undefined {
  return from[by % Math.max(1, from.length)];
}
