/** Runs tasks with the same key one at a time, in order. Tasks with other keys run in parallel. */
export class KeyedQueue {
  private readonly last = new Map<string, Promise<unknown>>();

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.last.get(key) ?? Promise.resolve();
    // After a failed task, too, the next one runs.
    const mine = before.then(task, task);
    this.last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.last.get(key) === mine) this.last.delete(key);
    }
  }

  /** Number of keys with a running or waiting task. */
  get size(): number {
    return this.last.size;
  }
}
