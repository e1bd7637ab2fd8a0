import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { LedgerError, toLedgerError } from '../database/ledger-error.js';
import type { PostgresConnections } from './postgres-connections.js';

/** How long after a failure the release of a lock is retried. */
const RETRY_MS = 1000;
/** Keys in one statement. Each costs the server a few microseconds. */
const KEYS_MAX = 500;
/**
 * Locks held at once. By default PostgreSQL has room for 6,400 locks of all sessions together
 * (`max_locks_per_transaction` times `max_connections`) and reports an error beyond that.
 */
const HELD_MAX = 2000;

interface LockRequest {
  readonly key: string;
  readonly answer: (isAcquired: boolean) => void;
  readonly fail: (error: Error) => void;
  isAbandoned: boolean;
}
interface ReleaseRequest {
  readonly key: string;
  readonly answer: () => void;
}

/**
 * Locks that the processes on one PostgreSQL share. One connection holds all locks of a process,
 * and they end with it. Within a process, `KeyedLock` requests a key once at a time, because
 * PostgreSQL grants a lock to the same connection twice. Keys that are requested at the same moment
 * share a statement, so one connection serves any number of calls.
 */
export class PostgresLocks {
  private readonly requests: LockRequest[] = [];
  private readonly releases: ReleaseRequest[] = [];
  private held = 0;
  private isWorking = false;

  /** @param pool has one connection, which stays open. */
  constructor(private readonly pool: PostgresConnections) {}

  /**
   * Acquires the lock if it is free.
   *
   * @param waitMs how long to wait for PostgreSQL's answer. Without an answer in that time, the
   * lock counts as not free.
   * @throws {LedgerError}
   */
  acquire(key: string, waitMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const abandon = (): void => {
        request.isAbandoned = true;
        resolve(false);
      };
      const timer = setTimeout(abandon, Math.max(0, waitMs));
      const settle = (end: () => void): void => {
        clearTimeout(timer);
        end();
      };
      const request: LockRequest = {
        key,
        answer: (isAcquired) => {
          settle(() => {
            resolve(isAcquired);
          });
        },
        fail: (error) => {
          settle(() => {
            reject(error);
          });
        },
        isAbandoned: false,
      };
      this.requests.push(request);
      void this.work();
    });
  }

  /**
   * Releases the lock and retries until PostgreSQL answers: a lock that is held by mistake would
   * block the other processes permanently.
   */
  release(key: string): Promise<void> {
    return new Promise((answer) => {
      this.releases.push({ key, answer });
      void this.work();
    });
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  /** Sends one statement at a time, with all requests that have arrived since the last one. */
  private async work(): Promise<void> {
    if (this.isWorking) return;
    this.isWorking = true;
    while (this.releases.length > 0 || (this.requests.length > 0 && this.held < HELD_MAX)) {
      await this.releaseSome(this.releases.splice(0, KEYS_MAX));
      await this.acquireSome(this.requests.splice(0, Math.min(KEYS_MAX, HELD_MAX - this.held)));
    }
    this.isWorking = false;
  }

  private async acquireSome(some: readonly LockRequest[]): Promise<void> {
    const pending = some.filter(({ isAbandoned }) => !isAbandoned);
    if (pending.length === 0) return;
    try {
      const acquired = await this.callForEach('pg_try_advisory_lock', pending);
      pending.forEach((each, index) => {
        const isAcquired = acquired[index] === true;
        if (isAcquired) this.held += 1;
        if (isAcquired && each.isAbandoned)
          this.releases.push({ key: each.key, answer: () => undefined });
        each.answer(isAcquired);
      });
    } catch (error) {
      for (const each of pending) each.fail(toLedgerError(error));
      // A failed statement keeps the locks that it had acquired.
      if (error instanceof LedgerError && error.cause instanceof pg.DatabaseError) {
        await this.callForEach('pg_advisory_unlock', pending).catch(() => undefined);
      }
    }
  }

  private async releaseSome(some: readonly ReleaseRequest[]): Promise<void> {
    if (some.length === 0) return;
    try {
      await this.callForEach('pg_advisory_unlock', some);
    } catch {
      if (!this.pool.isClosed) {
        void sleep(RETRY_MS, undefined, { ref: false }).then(() => {
          this.releases.push(...some);
          return this.work();
        });
        return;
      }
    }
    this.held -= some.length;
    for (const { answer } of some) answer();
  }

  /** Calls a PostgreSQL function for each key and returns the answers in the keys' order. */
  private async callForEach(
    name: 'pg_try_advisory_lock' | 'pg_advisory_unlock',
    requests: readonly { readonly key: string }[],
  ): Promise<boolean[]> {
    const { rows } = await this.pool.queryOnce<{ place: number; done: boolean }>(
      `select place, ${name}(key) as done
       from unnest($1::bigint[]) with ordinality as asked(key, place)`,
      [requests.map(({ key }) => String(toLockId(key)))],
    );
    const answers = new Map(rows.map(({ place, done }) => [place, done]));
    return requests.map((_, index) => answers.get(index + 1) === true);
  }
}

/** PostgreSQL names a lock by 64 bits. Two keys with the same bits only wait for each other. */
function toLockId(key: string): bigint {
  return createHash('sha256').update(key).digest().readBigInt64BE();
}
