import { Injectable } from '@nestjs/common';
import type { Deadline } from '../../common/deadline.js';
import { ServiceError } from '../../common/errors/service-error.js';
import { KeyedQueue } from '../../common/keyed-queue.js';
import { TRY_AGAIN } from '../../domain/fixes.js';
import type { Target } from '../../domain/target.js';
import { Database } from './database.js';

/** How often a lock that another process holds is tried again. */
const RETRY_MS = 25;
/**
 * The part of a call's time that it waits for another process. That process may hang or have lost
 * the database.
 */
const WAIT_SHARE = 0.5;

/**
 * Runs calls with the same key one after the other, for example two clicks on one heart. Within a
 * process the order is guaranteed; between processes only while none of them hangs. The lock keeps
 * answers definite. The ledgers keep them correct without it.
 */
@Injectable()
export class KeyedLock {
  private readonly queue = new KeyedQueue();

  constructor(private readonly database: Database) {}

  /** Runs a task as soon as the key is free, or when half of the call's time has passed. */
  run<T>(key: string, deadline: Deadline, task: () => Promise<T>): Promise<T> {
    const { locks } = this.database;
    return this.queue.run(key, async () => {
      // Its answer has left while it waited.
      if (deadline.passed) throw newQueueError();
      if (locks === undefined) return task();
      const reservedMs = deadline.remainingMs * (1 - WAIT_SHARE);
      const leftMs = (): number => deadline.remainingMs - reservedMs;
      let isHeld = await locks.acquire(key, leftMs());
      while (!isHeld && leftMs() > 0) {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        isHeld = await locks.acquire(key, leftMs());
      }
      try {
        return await task();
      } finally {
        // Needs no await: PostgreSQL counts acquisitions, so the next one may come before this.
        if (isHeld) void locks.release(key);
      }
    });
  }
}

function newQueueError(): ServiceError {
  return new ServiceError(
    'deadline_exceeded',
    'Earlier calls used all the time, so this one was not started.',
    { fix: TRY_AGAIN, level: 'warn', log: { sent: false } },
  );
}

/** The key of all calls that like or unlike one target. */
export function toLikeKey(igUserId: string, { kind, id }: Target): string {
  return `like/${igUserId}/${kind}/${id}`;
}
