import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

/** How long after a failure a lock is given back again, in milliseconds. */
const RETRY_MS = 1000;

/**
 * Locks that the processes on one PostgreSQL share. All of a process's are held by one connection, and end with it. Within the process a
 * key is asked for once at a time (`Turns`): to its own connection, PostgreSQL would give it twice.
 */
export class PostgresLocks {
  /** @param pool of one connection, which is kept. */
  constructor(private readonly pool: pg.Pool) {}

  /** Takes the lock if it is free. */
  async take(key: string): Promise<boolean> {
    const { rows } = await this.pool.query<{ taken: boolean }>(
      'select pg_try_advisory_lock($1) as taken',
      [lockId(key)],
    );
    return rows[0]?.taken === true;
  }

  /** Gives it back, as soon as PostgreSQL answers: a lock that is kept by mistake would hold the other processes up for ever. */
  async release(key: string): Promise<void> {
    while (!this.pool.ending) {
      try {
        await this.pool.query('select pg_advisory_unlock($1)', [lockId(key)]);
        return;
      } catch {
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

/** PostgreSQL's locks are named by 64 bits. Two keys that share them wait for each other, no more. */
function lockId(key: string): bigint {
  return createHash('sha256').update(key).digest().readBigInt64BE();
}
