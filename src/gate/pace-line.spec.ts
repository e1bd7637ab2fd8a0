import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { CapturedLog } from '../../test/support/capture.js';
import { Deadline } from '../common/deadline.js';
import { ElapsedTime } from '../common/elapsed-time.js';
import { ConnectionQueue } from '../ledger/database/connection-queue.js';
import type { PaceClaim, PaceGrant } from '../ledger/gate/gate-paces.js';
import { claimPace, LIKE_PACE, toTolerance } from './pace.js';
import { PaceLine } from './pace-line.js';
import { type GateRows, SharedRows } from './shared-rows.js';

const REPLICAS = 3;
/** Likes in 5 seconds with which Meta locks an account out. */
const LOCK_OUT_ABOVE = 50;

type Claim = (claim: PaceClaim) => Promise<PaceGrant>;

/** The row of one account, as `GatePaces` keeps it in PostgreSQL. */
class PaceRow {
  private next = -Infinity;

  readonly claim: Claim = ({ count, waitMs }) => {
    const now = performance.now();
    const { granted, next } = claimPace(LIKE_PACE, this.next, { now, count, waitMs });
    this.next = next;
    return Promise.resolve({ granted, nextInMs: next - now });
  };
}

function connect(claim: Claim): SharedRows {
  const rows = new SharedRows(new CapturedLog().log);
  rows.connect({ holds: { isShared: true }, paces: { claim } } as unknown as GateRows);
  return rows;
}

/** Sends 60 likes of each replica. Returns how many passed. */
async function countLikes(claim: Claim, waitMs: number): Promise<number> {
  const lines = Array.from({ length: REPLICAS }, () => {
    return new PaceLine('like', LIKE_PACE, connect(claim), new ElapsedTime());
  });
  const claims = lines.flatMap((line) => Array.from({ length: 60 }, () => line.claim('1', waitMs)));
  const results = await Promise.allSettled(claims);
  return results.filter(({ status }) => status === 'fulfilled').length;
}

describe('PaceLine', () => {
  it('passes one like a replica while the shared rows fail', async () => {
    const claim = (): Promise<never> => Promise.reject(new Error('the database is gone'));
    expect(await countLikes(claim, 300)).toBe(REPLICAS);
  });

  it('passes one like a replica while the shared rows do not answer', async () => {
    const claim = (): Promise<never> => new Promise(() => undefined);
    expect(await countLikes(claim, 300)).toBe(REPLICAS);
  });

  it('keeps below the lock-out if the shared rows fail after a burst', async () => {
    const row = new PaceRow();
    let isBroken = false;
    const claim: Claim = (each) =>
      isBroken ? Promise.reject(new Error('the database is gone')) : row.claim(each);
    const before = await countLikes(claim, 1000);
    isBroken = true;
    const after = await countLikes(claim, 1000);
    expect(before).toBeGreaterThanOrEqual(LIKE_PACE.burst);
    expect(before + after).toBeLessThanOrEqual(LOCK_OUT_ABOVE);
  });

  it('shares the pace of slow rows, as long as the call can wait', async () => {
    const row = new PaceRow();
    const slow: Claim = async (each) => {
      await sleep(300);
      return row.claim(each);
    };
    const line = new PaceLine('like', LIKE_PACE, connect(slow), new ElapsedTime());
    const claims = Array.from({ length: LIKE_PACE.burst }, () => line.claim('1', 5000));
    expect(await Promise.all(claims)).toHaveLength(LIKE_PACE.burst);
  });

  it('reports when a refused call fits', async () => {
    const line = new PaceLine(
      'like',
      LIKE_PACE,
      connect(() => Promise.reject(new Error('the database is gone'))),
      new ElapsedTime(),
    );
    await line.claim('1', 100);
    const error = await line.claim('1', 100).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ leftMs: expect.any(Number) });
    expect((error as { leftMs: number }).leftMs).toBeLessThanOrEqual(toTolerance(LIKE_PACE));
  });

  it('works from memory alone without shared rows', async () => {
    const line = new PaceLine(
      'like',
      LIKE_PACE,
      new SharedRows(new CapturedLog().log),
      new ElapsedTime(),
    );
    const claims = Array.from({ length: LIKE_PACE.burst }, () => line.claim('1', 100));
    const results = await Promise.allSettled(claims);
    // A process may follow another one that has just used a burst.
    const passed = results.filter(({ status }) => status === 'fulfilled').length;
    expect(passed).toBeGreaterThan(1);
    expect(passed).toBeLessThan(LIKE_PACE.burst);
  });
});

describe('SharedRows', () => {
  it('runs statements of a call whose time is up, and does not pause for the others', async () => {
    const rows = connect(() => Promise.reject(new Error('unused')));
    const queue = new ConnectionQueue(10, 3000);
    const use = (): Promise<string | undefined> =>
      rows.use(async () => {
        (await queue.enter())();
        return 'stored';
      });
    expect(await Deadline.run(new Deadline(0), use)).toBe('stored');
    expect(await Deadline.run(new Deadline(3000), use)).toBe('stored');
  });

  it('lets a statement that may wait longer run after a late one', async () => {
    const rows = connect(() => Promise.reject(new Error('unused')));
    const slow = async (): Promise<string> => {
      await sleep(100);
      return 'answer';
    };
    expect(await rows.use(slow, 20)).toBeUndefined();
    expect(await rows.use(slow, 20)).toBeUndefined();
    expect(await rows.use(slow, 2000)).toBe('answer');
  });

  it('grants a free place to a call that does not wait', async () => {
    const rows = new SharedRows(new CapturedLog().log);
    const line = new PaceLine('like', LIKE_PACE, rows, new ElapsedTime());
    await sleep(1);
    await expect(line.claim('1', 0)).resolves.toBe(0);
  });

  it('grants a free place to a call that does not wait, in shared rows too', async () => {
    const logs = new CapturedLog();
    const rows = new SharedRows(logs.log);
    const row = new PaceRow();
    const claim: Claim = async (each) => {
      await sleep(5);
      return row.claim(each);
    };
    rows.connect({ holds: { isShared: true }, paces: { claim } } as unknown as GateRows);
    const line = new PaceLine('like', LIKE_PACE, rows, new ElapsedTime());
    await expect(line.claim('1', 0)).resolves.toBe(0);
    await expect(line.claim('1', 0)).resolves.toBe(0);
    expect(logs.events('gate.not_shared')).toEqual([]);
  });
});
