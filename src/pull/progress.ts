import type { Deadline } from '../common/deadline.js';
import type { Place } from './pull-state.js';

/** A call to Instagram is not begun with less time than this left, as a share of the pull's time. */
const LAST_CALL_SHARE = 0.1;
/** A call that had this share of the pull's time and was not answered says something of its post, not of the time that was left. */
const FAIR_SHARE = 0.5;

/** Ends a sweep in between: the batch is full or the time is up. */
export class Pause extends Error {}

/** How far a sweep has come, in the lists and in the pull's time. */
export class Progress {
  /** Posts and pages that were got over with. */
  steps = 0;
  /** What was left of the time when the last call to Instagram began, in milliseconds. */
  private leftAtCall = 0;

  constructor(
    public place: Place,
    private readonly deadline: Deadline,
    private readonly budgetMs: number,
  ) {}

  /** @throws {Pause} where too little time is left for a call. */
  beginCall(): void {
    this.leftAtCall = this.deadline.remainingMs;
    if (this.leftAtCall < this.budgetMs * LAST_CALL_SHARE) throw new Pause();
  }

  /** Whether the last call had a fair share of the time. */
  get callHadTime(): boolean {
    return this.leftAtCall >= this.budgetMs * FAIR_SHARE;
  }

  change(change: Partial<Place>): void {
    this.place = { ...this.place, ...change };
  }

  /** Moves on to another page or post; the places inside the earlier one count no more. */
  moveTo({
    mediaAfter = this.place.mediaAfter,
    ...rest
  }: Pick<Place, 'mediaAfter' | 'mediaId' | 'commentsAfter'>): void {
    const { startedAt, leftOut, incomplete, readable } = this.place;
    this.place = { startedAt, leftOut, incomplete, readable, mediaAfter, ...rest };
  }

  moveToReplies(repliesOf: string, repliesAfter: string | undefined): void {
    this.change({ repliesOf, repliesAfter, lastId: undefined });
    this.steps += 1;
  }
}
