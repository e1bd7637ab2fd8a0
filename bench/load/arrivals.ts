import { Worker } from 'node:worker_threads';

/** What the thread gets. */
export interface ArrivalTimes {
  /** When the slice begins, by `process.hrtime`, which all threads share. Nanoseconds. */
  readonly startNanos: bigint;
  /** When each call is to be sent, in milliseconds after the start. */
  readonly offsets: Float64Array;
}

/** The times of a Poisson process, in milliseconds. The same seed gives the same times. */
export function drawArrivals(perSecond: number, seconds: number, random: () => number): number[] {
  const offsets: number[] = [];
  let at = 0;
  for (;;) {
    at += (-Math.log(1 - random()) * 1000) / perSecond;
    if (at > seconds * 1000) return offsets;
    offsets.push(at);
  }
}

/**
 * Calls `onDue` with the number of calls that are due so far, each time it grows. A thread of its
 * own waits: timers of the event loop are up to a millisecond late.
 *
 * @returns when the last one is due.
 */
export async function awaitArrivals(
  times: ArrivalTimes,
  onDue: (count: number) => void,
): Promise<void> {
  const worker = new Worker(new URL('./arrivals-worker.js', import.meta.url), {
    workerData: times,
  });
  worker.on('message', onDue);
  await new Promise((resolve, reject) => {
    worker.once('exit', resolve);
    worker.once('error', reject);
  });
}
