import { createHash } from 'node:crypto';
import type pg from 'pg';

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

  /** Gives it back. Where that fails, the connection is closed, and so it is free all the same. */
  async release(key: string): Promise<void> {
    await this.pool.query('select pg_advisory_unlock($1)', [lockId(key)]);
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

/** PostgreSQL's locks are named by 64 bits. Two keys that share them wait for each other, no more. */
function lockId(key: string): bigint {
  return createHash('sha256').update(key).digest().readBigInt64BE();
}
