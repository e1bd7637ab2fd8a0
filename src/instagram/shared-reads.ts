import type { Deadline } from '../common/deadline.js';
import type { JsonObject } from '../common/json-object.js';
import { TRY_AGAIN } from '../domain/fixes.js';
import { InstagramError } from './instagram-error.js';

/** With less time left, a read that lost its leader does not start another one. */
const OWN_READ_MIN_MS = 100;

/**
 * Lets identical reads at the same moment share one call. Each caller keeps its own deadline.
 */
export class SharedReads {
  private readonly running = new Map<string, Promise<JsonObject>>();

  /**
   * Joins the running read with this key, or starts one.
   *
   * @param read reads until the deadline of its own caller.
   */
  async run(key: string, deadline: Deadline, read: () => Promise<JsonObject>): Promise<JsonObject> {
    for (;;) {
      const leader = this.running.get(key);
      if (leader === undefined) return this.lead(key, read);
      try {
        return await within(deadline, leader);
      } catch (error) {
        if (!hadLessTime(error) || deadline.remainingMs < OWN_READ_MIN_MS) throw error;
      }
    }
  }

  private async lead(key: string, read: () => Promise<JsonObject>): Promise<JsonObject> {
    const running = read();
    this.running.set(key, running);
    try {
      return await running;
    } finally {
      this.running.delete(key);
    }
  }
}

/** Whether the read failed because its leader's time ran out. */
function hadLessTime(error: unknown): boolean {
  return error instanceof InstagramError && error.code === 'deadline_exceeded';
}

function within<T>(deadline: Deadline, task: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(
        new InstagramError('deadline_exceeded', 'Instagram did not answer in time.', {
          effect: 'none',
          fix: TRY_AGAIN,
          level: 'warn',
        }),
      );
    }, deadline.remainingMs);
    task.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
