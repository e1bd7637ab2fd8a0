import fc from 'fast-check';
import { MIXES, type Mix } from './mixes.js';
import type { Action, Click, EarlierWriting, Schedule, Send, Writing } from './schedule.js';

/** The widest skew of a clock. */
const SKEW_MAX_MS = 200_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** More comments than one pull hands out. */
const FLOOD = 210;

const choice = fc.nat({ max: 999 });
/** The first value is the simplest one. */
const share = fc.constantFrom(0, 0, 0, 0.03, 0.1, 0.3);
const databaseShare = fc.constantFrom(0, 0, 0, 0.01, 0.05);
const afterEvents = fc.nat({ max: 40 });
const ageDays = fc.nat({ max: 40 });
const hangMs = fc.constantFrom(500, 5000, 30_000);
const place = { post: choice, replyTo: choice, isOwn: fc.nat({ max: 4 }).map((nat) => nat === 4) };

const clickParts = { replica: choice, liked: fc.boolean() };
const halt = {
  ms: fc.constantFrom(100, 3000, 20_000, 150_000),
  stopsTimers: fc.boolean(),
};
/** At once, or when an attempt from the beginning cannot take effect any more. */
const laterMs = fc.oneof(fc.nat({ max: 1000 }), fc.integer({ min: 110_000, max: 160_000 }));
const click: fc.Arbitrary<Click> = fc.record({
  ...clickParts,
  gapMs: fc.oneof(fc.nat({ max: 10 }), fc.nat({ max: 1000 })),
});
const writing: fc.Arbitrary<Writing> = fc.record({
  ...place,
  lateMs: fc.constantFrom(0, 0, 0, 0, MINUTE_MS, 50 * MINUTE_MS, 2 * HOUR_MS, DAY_MS),
});
const earlier: fc.Arbitrary<EarlierWriting> = fc.record({
  ...place,
  ageMs: fc.oneof(fc.nat({ max: HOUR_MS }), fc.nat({ max: 40 * DAY_MS })),
});
const send: fc.Arbitrary<Send> = fc.record({
  replica: choice,
  gapMs: fc.constantFrom(0, 1000, 12_000, 35_000, 140_000),
});

/** The steps by their kind. */
const ACTIONS: Readonly<Record<Action['kind'], fc.Arbitrary<Action>>> = {
  click: fc.record({
    kind: fc.constant('click'),
    heart: choice,
    clicks: fc.array(click, { minLength: 1, maxLength: 4, size: 'max' }),
  }),
  rush: fc.record({ kind: fc.constant('rush'), count: fc.constantFrom(3, 8, 60) }),
  read: fc.record({ kind: fc.constant('read'), heart: choice, replica: choice }),
  post: fc.record({ kind: fc.constant('post'), account: choice, ageDays }),
  comment: fc.record({
    kind: fc.constant('comment'),
    writings: fc.array(writing, { minLength: 1, maxLength: 6 }),
    count: fc.oneof(
      { weight: 40, arbitrary: fc.constantFrom(1, 1, 3, 12) },
      { weight: 1, arbitrary: fc.constant(FLOOD) },
    ),
  }),
  edit: fc.record({ kind: fc.constant('edit'), comment: choice, deletes: fc.boolean() }),
  reply: fc.record({
    kind: fc.constant('reply'),
    parent: choice,
    isCommon: fc.nat({ max: 2 }).map((nat) => nat === 2),
    sends: fc.array(send, { minLength: 1, maxLength: 3, size: 'max' }),
  }),
  pull: fc.record({
    kind: fc.constant('pull'),
    account: choice,
    replicas: fc.oneof(
      { weight: 4, arbitrary: fc.tuple(choice) },
      { weight: 1, arbitrary: fc.tuple(choice, choice) },
    ),
  }),
  crash: fc.record({
    kind: fc.constant('crash'),
    replica: choice,
    afterEvents,
    noticedMs: fc.constantFrom(0, 0, 5000, 60_000),
  }),
  halt: fc.record({ kind: fc.constant('halt'), replica: choice, afterEvents, ...halt }),
  stall: fc.record({
    kind: fc.constant('stall'),
    heart: choice,
    click,
    // While a click is handled, about so many events come.
    halt: fc.record({
      ...halt,
      afterEvents: fc.nat({ max: 10 }),
      ms: fc.constantFrom(3000, 150_000),
    }),
    others: fc.array(
      fc.record({
        ...clickParts,
        gapMs: laterMs,
      }),
      { minLength: 1, maxLength: 3, size: 'max' },
    ),
  }),
  hang_database: fc.record({ kind: fc.constant('hang_database'), ms: hangMs }),
  hang_instagram: fc.record({ kind: fc.constant('hang_instagram'), ms: hangMs }),
  back_up: fc.constant({ kind: 'back_up' }),
  restore: fc.constant({ kind: 'restore' }),
};

/** A random course of events, of which fast-check can leave out parts when it finds a failure. */
export const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  ...MIXES.map((mix) => ({ weight: mix.weight, arbitrary: schedulesOf(mix) })),
);

function schedulesOf({ actions, gaps, delaysMs, late, posts }: Mix): fc.Arbitrary<Schedule> {
  const kinds = Object.entries(actions) as [Action['kind'], number][];
  const action = fc.oneof(...kinds.map(([kind, weight]) => ({ weight, arbitrary: ACTIONS[kind] })));
  const gapMs = fc.oneof(
    ...gaps.map(({ weight, max }) => ({ weight, arbitrary: fc.nat({ max }) })),
  );
  return fc.record({
    replicas: fc.integer({ min: 1, max: 3 }),
    skews: fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -SKEW_MAX_MS, max: SKEW_MAX_MS })), {
      minLength: 3,
      maxLength: 3,
    }),
    accounts: fc.integer({ min: 1, max: 2 }),
    pageSize: fc.integer({ min: 1, max: 10 }),
    threads: fc.constantFrom('media', 'comment'),
    backfillDays: fc.constantFrom(0, 1, 30),
    postAges: fc.array(ageDays, { minLength: 1, maxLength: posts }),
    earlier: actions.pull === undefined ? fc.constant([]) : fc.array(earlier, { maxLength: 12 }),
    network: fc.record({
      delayMs: fc.constantFrom(...delaysMs),
      unreachable: share,
      lostRequest: share,
      lostAnswer: share,
      late: fc.constantFrom(...late),
      refused: share,
    }),
    database: fc.record({
      delayMs: fc.constantFrom(1, 1, 5, 50),
      breaksBefore: databaseShare,
      breaksAfter: databaseShare,
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
}
