import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Deadline } from '../common/deadline.js';
import { KeyedQueue } from '../common/keyed-queue.js';
import { Database } from './database.js';

/** How often another process's turn is looked at, in milliseconds. */
const LOOK_AGAIN_MS = 25;
/** Of a call's time, so much is waited for another process, which may hang or be cut off from the database. */
const WAIT_SHARE = 0.5;

/**
 * Calls that are better made one after the other, such as two clicks on one heart: in one process always, and with other processes
 * on the same database as long as none of them hangs. It keeps answers definite; that they are true, the ledgers see to by themselves.
 */
@Injectable()
export class KeyedLock {
  private readonly queue = new KeyedQueue();

  constructor(private readonly database: Database) {}

  /** Runs a task when it is its turn, or when half of its time is gone. */
  run<T>(key: string, deadline: Deadline, task: () => Promise<T>): Promise<T> {
    const { locks } = this.database;
    return this.queue.run(key, async () => {
      if (locks === undefined) return task();
      const reservedMs = deadline.remainingMs * (1 - WAIT_SHARE);
      const leftMs = (): number => deadline.remainingMs - reservedMs;
      let isTaken = await locks.take(key, leftMs());
      while (!isTaken && leftMs() > 0) {
        await sleep(LOOK_AGAIN_MS);
        isTaken = await locks.take(key, leftMs());
      }
      try {
        return await task();
      } finally {
        // Nobody waits for it: if this process takes the lock again meanwhile, PostgreSQL counts.
        if (isTaken) void locks.release(key);
      }
    });
  }
}
