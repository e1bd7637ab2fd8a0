import type { Deadline } from '../common/deadline.js';
import type { Place } from './pull-state.js';

/** The share of the pull's time that must be left to begin a call to Instagram. */
const LAST_CALL_SHARE = 0.1;
/** A call with this share of the pull's time that gets no answer is the post's fault. */
const FAIR_SHARE = 0.5;

/** Ends a sweep in between: the batch is full or the time is up. */
export class Pause extends Error {}

/** How far a sweep has come, in the lists and in the pull's time. */
export class Progress {
  /** Posts and pages that were got over with. */
  steps = 0;
  /** The milliseconds that were left when the last call to Instagram began. */
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

  /** Moves on to another page or post; drops the places inside the earlier one. */
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
