import { hrtime } from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';

/** The thread of `awaitArrivals`. It is no TypeScript, which Node 20 does not load in threads. */

const { startNanos, offsets } = workerData;
const never = new Int32Array(new SharedArrayBuffer(4));
const now = () => Number(hrtime.bigint() - startNanos) / 1e6;

for (let due = 0; due < offsets.length;) {
  const waitMs = offsets[due] - now();
  // Nothing wakes it before the time has passed.
  if (waitMs > 0) Atomics.wait(never, 0, 0, waitMs);
  const passed = now();
  while (offsets[due] <= passed) due += 1;
  parentPort.postMessage(due);
}
