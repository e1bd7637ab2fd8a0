import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { toLedgerError } from './ledger-error.js';

/** How long after a failure a lock is released again. */
const RETRY_MS = 1000;
/** Keys in one statement. Each takes the server some microseconds. */
const KEYS_MAX = 500;
/**
 * Locks held at once. By default PostgreSQL has room for 6,400 of all its sessions together
 * (`max_locks_per_transaction` times `max_connections`), and reports an error beyond them.
 */
const HELD_MAX = 2000;

interface Wanted {
  readonly key: string;
  readonly answer: (isTaken: boolean) => void;
  readonly fail: (error: Error) => void;
  isGivenUp: boolean;
}
interface Released {
  readonly key: string;
  readonly answer: () => void;
}

/**
 * Locks that the processes on one PostgreSQL share. All of a process's are held by one connection,
 * and end with it. Within the process a key is asked for once at a time (`KeyedLock`): to its own
 * connection, PostgreSQL would give it twice. Keys that are asked for at the same moment share a
 * statement, so that the one connection keeps up with any number of calls.
 */
export class PostgresLocks {
  private readonly wanted: Wanted[] = [];
  private readonly released: Released[] = [];
  private held = 0;
  private isWorking = false;

  /** @param pool of one connection, which is kept. */
  constructor(private readonly pool: pg.Pool) {}

  /**
   * Takes the lock if it is free.
   *
   * @param waitMs how long the answer is waited for. Without one, the lock counts as not free.
   * @throws {LedgerError}
   */
  take(key: string, waitMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        wanted.isGivenUp = true;
        resolve(false);
      };
      const timer = setTimeout(giveUp, Math.max(0, waitMs));
      const settle = (end: () => void): void => {
        clearTimeout(timer);
        end();
      };
      const wanted: Wanted = {
        key,
        answer: (isTaken) => {
          settle(() => {
            resolve(isTaken);
          });
        },
        fail: (error) => {
          settle(() => {
            reject(error);
          });
        },
        isGivenUp: false,
      };
      this.wanted.push(wanted);
      void this.work();
    });
  }

  /**
   * Releases it, as soon as PostgreSQL answers: a lock that is kept by mistake would hold the other
   * processes up for ever.
   */
  release(key: string): Promise<void> {
    return new Promise((answer) => {
      this.released.push({ key, answer });
      void this.work();
    });
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** One statement at a time, with whatever has been asked for meanwhile. */
  private async work(): Promise<void> {
    if (this.isWorking) return;
    this.isWorking = true;
    while (this.released.length > 0 || (this.wanted.length > 0 && this.held < HELD_MAX)) {
      await this.releaseSome(this.released.splice(0, KEYS_MAX));
      await this.takeSome(this.wanted.splice(0, Math.min(KEYS_MAX, HELD_MAX - this.held)));
    }
    this.isWorking = false;
  }

  private async takeSome(some: readonly Wanted[]): Promise<void> {
    const wanted = some.filter(({ isGivenUp }) => !isGivenUp);
    if (wanted.length === 0) return;
    try {
      const taken = await this.ask('pg_try_advisory_lock', wanted);
      wanted.forEach((each, index) => {
        const isTaken = taken[index] === true;
        if (isTaken) this.held += 1;
        if (isTaken && each.isGivenUp)
          this.released.push({ key: each.key, answer: () => undefined });
        each.answer(isTaken);
      });
    } catch (error) {
      for (const each of wanted) each.fail(toLedgerError(error));
    }
  }

  private async releaseSome(some: readonly Released[]): Promise<void> {
    if (some.length === 0) return;
    try {
      await this.ask('pg_advisory_unlock', some);
    } catch {
      if (!this.pool.ending) {
        void sleep(RETRY_MS, undefined, { ref: false }).then(() => {
          this.released.push(...some);
          return this.work();
        });
        return;
      }
    }
    this.held -= some.length;
    for (const { answer } of some) answer();
  }

  /** Calls a function of PostgreSQL's for each key, in their order. */
  private async ask(
    name: 'pg_try_advisory_lock' | 'pg_advisory_unlock',
    asked: readonly { readonly key: string }[],
  ): Promise<boolean[]> {
    const { rows } = await this.pool.query<{ place: number; done: boolean }>(
      `select place, ${name}(key) as done
       from unnest($1::bigint[]) with ordinality as asked(key, place)`,
      [asked.map(({ key }) => String(lockId(key)))],
    );
    const answers = new Map(rows.map(({ place, done }) => [place, done]));
    return asked.map((_, index) => answers.get(index + 1) === true);
  }
}

/** PostgreSQL's locks are named by 64 bits. Two keys that share them wait for each other, no more. */
function lockId(key: string): bigint {
  return createHash('sha256').update(key).digest().readBigInt64BE();
}
