/**
 * The time that one call may take, from when its body was read to its answer. One deadline is handed through the whole
 * call, so that waiting in a queue, connecting and reading share it.
 */
export class Deadline {
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
  private readonly endsAt: number;

  constructor(milliseconds: number) {
    this.endsAt = performance.now() + milliseconds;
    this.signal = AbortSignal.timeout(milliseconds);
  }

  get passed(): boolean {
    return this.signal.aborted;
  }

  /** Milliseconds that are left; 0 when it has passed. */
  get remainingMs(): number {
    return this.passed ? 0 : Math.max(0, this.endsAt - performance.now());
  }
}
