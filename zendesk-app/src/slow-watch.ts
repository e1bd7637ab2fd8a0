/** After this time, a note says that the answer is slow. */
export const SLOW_MS = 3_000;

/** Notices that a call takes long. */
export class SlowWatch {
  private timer: number | undefined;
  private hasPassed = false;

  /** @param onSlow is called when a call has taken `SLOW_MS`. */
  constructor(private readonly onSlow: () => void) {}

  /** Whether the call in progress takes long. */
  get isSlow(): boolean {
    return this.hasPassed;
  }

  /** @param isSending whether a call is in progress. */
  update(isSending: boolean): void {
    if (!isSending) {
      window.clearTimeout(this.timer);
      this.timer = undefined;
      this.hasPassed = false;
      return;
    }
    this.timer ??= window.setTimeout(() => {
      this.hasPassed = true;
      this.onSlow();
    }, SLOW_MS);
  }
}
