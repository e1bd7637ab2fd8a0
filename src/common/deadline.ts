/**
 * The time that one call may take, from its arrival to its answer. One deadline is handed through the whole
 * call, so that waiting in a queue, connecting and reading share it.
 */
export class Deadline {
  readonly signal: AbortSignal;

  constructor(milliseconds: number) {
    this.signal = AbortSignal.timeout(milliseconds);
  }

  get passed(): boolean {
    return this.signal.aborted;
  }

  /**
   * Settles as the promise does, or rejects with `onPassed()` when the deadline comes first. The promise
   * itself goes on.
   */
  async race<T>(promise: Promise<T>, onPassed: () => Error): Promise<T> {
    let stopListening = (): void => undefined;
    const passed = new Promise<never>((_, reject) => {
      const fail = (): void => {
        reject(onPassed());
      };
      if (this.signal.aborted) {
        fail();
        return;
      }
      this.signal.addEventListener('abort', fail, { once: true });
      stopListening = (): void => {
        this.signal.removeEventListener('abort', fail);
      };
    });
    try {
      return await Promise.race([promise, passed]);
    } finally {
      stopListening();
    }
  }
}
