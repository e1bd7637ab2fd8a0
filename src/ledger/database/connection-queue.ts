import { TRY_AGAIN } from '../../domain/fixes.js';
import { Deadline } from '../../common/deadline.js';
import { ServiceError } from '../../common/errors/service-error.js';

/** Statements that may wait at once. Each belongs to a call, and each call has a deadline. */
export const WAITING_MAX = 10_000;

interface Waiting {
  readonly admit: () => void;
  readonly reject: () => void;
}

/**
 * Grants a fixed number of connections in the order of the requests. `pg` has a queue too, but one
 * time limit covers both waiting and connecting, so a burst of calls would fail although the
 * database works.
 */
export class ConnectionQueue {
  private readonly waiting = new Set<Waiting>();
  private free: number;

  /**
   * @param connections how many may be in use at once.
   * @param waitMs how long a statement waits that belongs to no call.
   */
  constructor(
    connections: number,
    private readonly waitMs: number,
  ) {
    this.free = connections;
  }

  /**
   * Waits for a connection.
   *
   * @returns a function that releases the connection.
   * @throws {ServiceError} `deadline_exceeded`; nothing was sent.
   */
  async enter(): Promise<() => void> {
    if (Deadline.current?.passed === true) throw newTimeUpError();
    if (this.free > 0) this.free -= 1;
    else await this.wait();
    return () => {
      const [next] = this.waiting;
      if (next === undefined) this.free += 1;
      else next.admit();
    };
  }

  /** Whether a statement waits for its turn. */
  get isContended(): boolean {
    return this.waiting.size > 0;
  }

  private wait(): Promise<void> {
    const waitMs = Deadline.current?.remainingMs ?? this.waitMs;
    return new Promise((resolve, reject) => {
      const fail = (): void => {
        this.waiting.delete(waiting);
        reject(newTooBusyError());
      };
      const timer = setTimeout(fail, waitMs);
      const admit = (): void => {
        clearTimeout(timer);
        this.waiting.delete(waiting);
        resolve();
      };
      const waiting: Waiting = { admit, reject: fail };
      this.waiting.add(waiting);
      if (this.waiting.size > WAITING_MAX) {
        clearTimeout(timer);
        fail();
      }
    });
  }
}

/** The time of a call ran out before a statement was sent, or before its answer came. */
export function newTimeUpError(): ServiceError {
  return newError('The database did not answer in time.');
}

/** The time of a call ran out before the database could be used. */
export function newTooBusyError(): ServiceError {
  return newError('Too many calls came at once, so this one was not started.');
}

function newError(message: string): ServiceError {
  return new ServiceError('deadline_exceeded', message, {
    fix: TRY_AGAIN,
    level: 'warn',
    log: { waited_for: 'database' },
  });
}
