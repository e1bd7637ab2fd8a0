import { AsyncResource } from 'node:async_hooks';

/** A task gets the result of the task before it, if that one has just succeeded. */
type Task<T> = (before: T | undefined) => Promise<T>;

interface Waiting<T> {
  /** The last task that came. It runs for all callers that wait. */
  task: Task<T>;
  readonly outcome: Promise<T>;
  readonly start: (before: T | undefined) => Promise<T>;
}

/**
 * Runs tasks with the same key one at a time. While a task runs, the tasks that come wait, and of
 * these only the last one runs. Its outcome answers all callers that waited. Tasks with other keys
 * run in parallel.
 */
export class LatestQueue<T> {
  /** A running key, with the tasks that wait for it. */
  private readonly keys = new Map<string, Waiting<T> | undefined>();

  /** @returns the outcome of this task, or of a later one that replaced it. */
  run(key: string, task: Task<T>): Promise<T> {
    if (!this.keys.has(key)) {
      const running = task(undefined);
      void this.runWaiting(key, running);
      return running;
    }
    const waiting = this.keys.get(key);
    // It runs in the context of its own caller, whose deadline counts for it.
    const bound = AsyncResource.bind(task);
    if (waiting === undefined) {
      const first = toWaiting(bound);
      this.keys.set(key, first);
      return first.outcome;
    }
    waiting.task = bound;
    return waiting.outcome;
  }

  /** Number of keys with a running task. */
  get size(): number {
    return this.keys.size;
  }

  private async runWaiting(key: string, first: Promise<T>): Promise<void> {
    let running = first;
    for (;;) {
      this.keys.set(key, undefined);
      const before = await running.catch(() => undefined);
      const next = this.keys.get(key);
      if (next === undefined) break;
      running = next.start(before);
    }
    this.keys.delete(key);
  }
}

function toWaiting<T>(task: Task<T>): Waiting<T> {
  let start: (before: T | undefined) => void = () => undefined;
  const outcome = new Promise<T | undefined>((resolve) => {
    start = resolve;
  }).then((before) => waiting.task(before));
  const waiting: Waiting<T> = {
    task,
    outcome,
    start: (before) => {
      start(before);
      return outcome;
    },
  };
  return waiting;
}
