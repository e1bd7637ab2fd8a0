import fc from 'fast-check';
import type { ErrorCode, WriteEffect } from '../../src/domain/error-codes.js';

export const OWNER = '17841405309211844';
export const DAY_MS = 86_400_000;
/** The longest delay before a comment appears. */
export const LATEST_MS = 3 * DAY_MS;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Chooses one of the things that exist when the step runs. */
export type Choice = number;

export function choose<T>(from: readonly T[], choice: Choice): T | undefined {
  return from[choice % from.length];
}

/** What goes wrong with one call to Instagram. */
export type Trouble =
  | { kind: 'fails'; code: ErrorCode; effect: WriteEffect }
  /** A write has its effect, then its answer is lost. */
  | { kind: 'acts_and_fails' }
  /** A write has its effect some time after its answer was lost. */
  | { kind: 'acts_later'; afterMs: number }
  /** The service is killed while it waits for the answer. */
  | { kind: 'killed'; acts: boolean }
  /** Another person deletes a comment at that moment. */
  | { kind: 'deletes'; comment: Choice };

/** Troubles by the number of the call that they hit. */
export type Troubles = readonly (readonly [number, Trouble])[];

/** A comment or reply on Instagram. */
export interface Writing {
  readonly post: Choice;
  /** The comment to reply to; undefined for a comment on the post. */
  readonly replyTo: Choice | undefined;
  readonly authorId: string;
  /** How long after its time it appears. */
  readonly lateMs: number;
  readonly pauseMs: number;
}

/** One request of Zendesk: the process that gets it, and whether Zendesk receives the answer. */
export interface Request {
  readonly process: number;
  readonly arrives: boolean;
}

export interface ReplyStep {
  readonly kind: 'reply';
  /** The reply without an answer to repeat, if there is one; undefined for a new reply. */
  readonly repeat: Choice | undefined;
  readonly parent: Choice;
  /** Whether other replies may have the same text. */
  readonly isCommon: boolean;
  readonly troubles: Troubles;
  /** One request, or two at once. */
  readonly requests: readonly Request[];
  readonly pauseMs: number;
}

export type Step =
  | { readonly kind: 'write'; readonly writing: Writing }
  /** More comments than one pull hands out. */
  | { readonly kind: 'flood'; readonly writings: readonly Writing[] }
  | { readonly kind: 'edit'; readonly comment: Choice; readonly deletes: boolean }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'post'; readonly ageDays: number }
  /** One pull, or two at once whose answers arrive in this order or the reverse. */
  | {
      readonly kind: 'pull';
      readonly troubles: Troubles;
      readonly requests: readonly Request[];
      readonly isReversed: boolean;
    }
  | { readonly kind: 'restart'; readonly process: number }
  | ReplyStep;

export interface Schedule {
  readonly pageSize: number;
  /** How long the calls to Instagram take, used in turn. */
  readonly durations: readonly number[];
  readonly threads: 'media' | 'comment';
  readonly backfillDays: number;
  readonly postAges: readonly number[];
  /** Comments from before the account was connected. */
  readonly earlier: readonly Writing[];
  readonly steps: readonly Step[];
  /** The processes that get the pulls at the end, used in turn. */
  readonly lastProcesses: readonly number[];
}

const choice = fc.nat({ max: 1_000_000 });
const ageDays = fc.nat({ max: 40 });
/** Most requests go to the first process, whose memory then counts. */
const process = fc.oneof(
  { weight: 9, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constant(1) },
);
/** True in this share of the cases, and false after shrinking. */
const chance = (share: number): fc.Arbitrary<boolean> =>
  fc.nat({ max: 99 }).map((percent) => percent >= 100 - share * 100);
const maybe = <T>(share: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  chance(share).chain((isGiven) => (isGiven ? value : fc.constant(undefined)));
const request = (arrives: number): fc.Arbitrary<Request> =>
  fc.record({ process, arrives: chance(1 - arrives).map((isLost) => !isLost) });

const writing: fc.Arbitrary<Writing> = fc.record({
  post: choice,
  replyTo: maybe(0.5, choice),
  authorId: fc.constantFrom('7', '8', OWNER),
  lateMs: fc.oneof(
    { weight: 18, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.nat({ max: 20 * MINUTE_MS }) },
    { weight: 1, arbitrary: fc.nat({ max: LATEST_MS }) },
  ),
  pauseMs: fc.constantFrom(0, 500, 30_000),
});

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.constantFrom<Trouble>(
    { kind: 'fails', code: 'platform_unavailable', effect: 'unknown' },
    { kind: 'fails', code: 'deadline_exceeded', effect: 'unknown' },
  ),
  fc.constantFrom<Trouble>(
    { kind: 'fails', code: 'rate_limited', effect: 'none' },
    { kind: 'fails', code: 'auth_expired', effect: 'none' },
  ),
  fc.constantFrom<Trouble>(
    { kind: 'fails', code: 'permission_missing', effect: 'none' },
    { kind: 'fails', code: 'target_unavailable', effect: 'none' },
  ),
  fc.oneof(
    fc.constant<Trouble>({ kind: 'killed', acts: false }),
    choice.map((comment): Trouble => ({ kind: 'deletes', comment })),
  ),
);
const replyTrouble: fc.Arbitrary<Trouble> = fc.oneof(
  trouble,
  fc.constant<Trouble>({ kind: 'killed', acts: true }),
  fc.constant<Trouble>({ kind: 'acts_and_fails' }),
  fc.nat({ max: 29_000 }).map((afterMs): Trouble => ({ kind: 'acts_later', afterMs })),
);
const pullTroubles = (share: number): fc.Arbitrary<Troubles> =>
  fc
    .array(maybe(share, fc.tuple(fc.nat({ max: 12 }), trouble)), { minLength: 1, maxLength: 3 })
    .map((all) => all.filter((each) => each !== undefined));

const steps: { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
  {
    weight: 80,
    arbitrary: writing.map((each): Step => ({ kind: 'write', writing: each })),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(writing, { minLength: 1, maxLength: 12 })
      .map((writings): Step => ({ kind: 'flood', writings })),
  },
  {
    weight: 20,
    arbitrary: fc.record({ kind: fc.constant('edit'), comment: choice, deletes: fc.boolean() }),
  },
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('wait'),
      ms: fc.constantFrom(1000, MINUTE_MS, 20 * MINUTE_MS, 2 * HOUR_MS),
    }),
  },
  { weight: 19, arbitrary: fc.record({ kind: fc.constant('post'), ageDays }) },
  {
    weight: 60,
    arbitrary: fc.record({
      kind: fc.constant('pull'),
      troubles: pullTroubles(0.4),
      requests: fc.tuple(request(0.7)),
      isReversed: fc.constant(false),
    }),
  },
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('pull'),
      troubles: pullTroubles(0.2),
      requests: fc.tuple(request(0.8), request(0.8)),
      isReversed: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('restart'), process: fc.nat({ max: 1 }) }),
  },
  {
    weight: 80,
    arbitrary: fc.record({
      kind: fc.constant('reply'),
      repeat: maybe(0.6, choice),
      parent: choice,
      isCommon: chance(0.3),
      troubles: maybe(0.6, fc.tuple(fc.nat({ max: 2 }), replyTrouble)).map((each): Troubles =>
        each === undefined ? [] : [each],
      ),
      requests: chance(0.2).chain((isTwice): fc.Arbitrary<readonly Request[]> =>
        isTwice ? fc.tuple(request(0.7), request(0.7)) : fc.tuple(request(0.7)),
      ),
      pauseMs: fc.oneof(fc.constant(0), fc.constantFrom(1000, 31_000, 120_000)),
    }),
  },
];

/** A random course of events, of which fast-check can leave out parts when it finds a failure. */
export const schedules: fc.Arbitrary<Schedule> = fc.record({
  pageSize: fc.integer({ min: 1, max: 5 }),
  durations: fc
    .constantFrom(10, 2000, 12_000)
    .chain((max) => fc.array(fc.integer({ min: 1, max }), { minLength: 1, maxLength: 12 })),
  threads: fc.constantFrom('media', 'comment'),
  backfillDays: fc.constantFrom(0, 1, 30),
  postAges: fc.array(ageDays, { minLength: 1, maxLength: 6 }),
  earlier: fc.array(writing, { maxLength: 60, size: 'max' }),
  steps: fc.array(fc.oneof(...steps), { maxLength: 30, size: 'max' }),
  lastProcesses: fc.array(process, { minLength: 1, maxLength: 6 }),
});
