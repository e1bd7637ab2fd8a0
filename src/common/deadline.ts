/**
 * The time limit of one call, from its parsed body to its answer. The whole call shares it: waiting
 * in queues, connecting and reading.
 */
export class Deadline {
  /** Aborts when the time is up. */
  readonly signal: AbortSignal;
  private readonly endsAt: number;

  constructor(milliseconds: number) {
    this.endsAt = performance.now() + milliseconds;
    this.signal = AbortSignal.timeout(milliseconds);
  }

  get passed(): boolean {
    return this.signal.aborted;
  }

  /** 0 when the time is up. */
  get remainingMs(): number {
    return this.passed ? 0 : Math.max(0, this.endsAt - performance.now());
  }
}
