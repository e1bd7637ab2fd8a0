import type { Deadline } from '../common/deadline.js';
import type { JsonObject } from '../common/json-object.js';
import { limitTime } from '../common/limit-time.js';
import { TRY_AGAIN } from '../domain/fixes.js';
import { InstagramError } from './instagram-error.js';

/** A caller with this much more time than the one that read may succeed where that one did not. */
const MORE_TIME_MS = 100;

interface RunningRead {
  readonly answer: Promise<JsonObject>;
  /** The deadline of the caller that started it. */
  readonly deadline: Deadline;
}

/**
 * Lets identical reads at the same moment share one call. Each caller keeps its own deadline.
 */
export class SharedReads {
  private readonly running = new Map<string, RunningRead>();

  /**
   * Joins the running read with this key, or starts one.
   *
   * @param read reads until the deadline of its own caller.
   */
  async run(key: string, deadline: Deadline, read: () => Promise<JsonObject>): Promise<JsonObject> {
    for (;;) {
      const running = this.running.get(key);
      if (running === undefined) return this.lead(key, deadline, read);
      try {
        return await limitTime(running.answer, deadline.remainingMs, newLateError);
      } catch (error) {
        const moreMs = deadline.remainingMs - running.deadline.remainingMs;
        if (!lackedTime(error) || moreMs < MORE_TIME_MS) throw error;
      }
    }
  }

  private async lead(
    key: string,
    deadline: Deadline,
    read: () => Promise<JsonObject>,
  ): Promise<JsonObject> {
    const answer = read();
    this.running.set(key, { answer, deadline });
    try {
      return await answer;
    } finally {
      this.running.delete(key);
    }
  }
}

/** Whether the read failed because its caller could not wait longer. */
function lackedTime(error: unknown): boolean {
  if (!(error instanceof InstagramError)) return false;
  return error.code === 'deadline_exceeded' || error.log.gate === 'usage';
}

function newLateError(): InstagramError {
  return new InstagramError('deadline_exceeded', 'Instagram did not answer in time.', {
    effect: 'none',
    fix: TRY_AGAIN,
    level: 'warn',
  });
}
