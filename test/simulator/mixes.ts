import type { Action } from './schedule.js';

/** Which steps a schedule has, and how they follow each other. */
export interface Mix {
  /** How often schedules have this mix. */
  readonly weight: number;
  /** How often each kind of step comes. */
  readonly actions: Readonly<Partial<Record<Action['kind'], number>>>;
  /** Times between two steps: some overlap them, some let them end. */
  readonly gaps: readonly { readonly weight: number; readonly max: number }[];
  /** How long requests to Instagram take. The first value is the simplest. */
  readonly delaysMs: readonly number[];
  /** Shares of the writes that take effect long after they were sent. */
  readonly late: readonly number[];
  /** The most posts of an account. With few of them, more steps meet. */
  readonly posts: number;
}

const LATE = [0, 0, 0, 0.03, 0.1, 0.3];
const OFTEN_LATE = [0, 0.3, 0.6];
const DELAYS_MS = [1, 1, 5, 30, 300];
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/**
 * Steps of few kinds meet in more ways than steps of all kinds, so most schedules have a part of
 * them. The last gap of a mix lets every late effect happen.
 */
export const MIXES: readonly Mix[] = [
  {
    weight: 4,
    actions: {
      click: 30,
      read: 20,
      comment: 8,
      reply: 12,
      pull: 12,
      crash: 8,
      halt: 5,
      hang_database: 2,
      hang_instagram: 2,
      rush: 1,
      back_up: 3,
      restore: 1,
    },
    gaps: [
      { weight: 12, max: 20 },
      { weight: 6, max: 600 },
      { weight: 3, max: 15 * SECOND_MS },
      { weight: 1, max: 200 * SECOND_MS },
    ],
    delaysMs: DELAYS_MS,
    late: LATE,
    posts: 2,
  },
  // Likes, while processes stop and go on.
  {
    weight: 3,
    actions: { click: 30, read: 20, stall: 20, halt: 5, crash: 4, rush: 1 },
    gaps: [
      { weight: 6, max: 20 },
      { weight: 6, max: 5 * SECOND_MS },
      { weight: 3, max: 200 * SECOND_MS },
    ],
    delaysMs: DELAYS_MS,
    late: LATE,
    posts: 1,
  },
  // A ledger that is restored.
  {
    weight: 2,
    actions: { click: 40, read: 30, reply: 5, pull: 5, back_up: 6, restore: 8 },
    gaps: [
      { weight: 4, max: 600 },
      { weight: 8, max: 8 * SECOND_MS },
      { weight: 1, max: 200 * SECOND_MS },
    ],
    delaysMs: DELAYS_MS,
    late: OFTEN_LATE,
    posts: 1,
  },
  // Comments and replies, over hours.
  {
    weight: 4,
    actions: { comment: 30, edit: 6, post: 6, pull: 30, reply: 25, crash: 4, hang_instagram: 1 },
    gaps: [
      { weight: 6, max: 600 },
      { weight: 6, max: 40 * SECOND_MS },
      { weight: 3, max: 20 * MINUTE_MS },
      { weight: 3, max: 120 * MINUTE_MS },
    ],
    delaysMs: [1, 30, 2000, 12_000],
    late: LATE,
    posts: 6,
  },
];
