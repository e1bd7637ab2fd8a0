import type { Deadline } from '../common/deadline.js';

/** The share of a pull's time that must be left to begin a call to Instagram. */
const LAST_CALL_SHARE = 0.1;
/** With this share of a pull's time, a call that gets no answer is the post's problem. */
const FAIR_SHARE = 0.5;

/** The time of one pull that its calls to Instagram share. */
export class CallBudget {
  private leftAtCall = 0;

  constructor(
    private readonly deadline: Deadline,
    private readonly budgetMs: number,
  ) {}

  /** @returns whether enough time is left for a call. */
  beginCall(): boolean {
    this.leftAtCall = this.deadline.remainingMs;
    return this.leftAtCall >= this.budgetMs * LAST_CALL_SHARE;
  }

  /** Whether the last call began with a fair share of the time. */
  get callHadTime(): boolean {
    return this.leftAtCall >= this.budgetMs * FAIR_SHARE;
  }
}
