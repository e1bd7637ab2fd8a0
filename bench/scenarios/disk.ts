import { execFileSync } from 'node:child_process';
import { compare, type Contestant } from '../compare.js';
import { REFERENCE } from '../lab.js';
import { CPU, P50, P99, RATE, SLOWEST } from '../report/columns.js';
import { toSection } from '../report/section.js';
import { buildSlowSync } from '../../test/support/slow-sync.js';
import { LABELS, type Scenario, startLikes, toLikes } from './scenario.js';

const DELAYS_MS = [0, 1, 4];
const PER_SECOND = 200;
const SLICE_SECONDS = 5;
/** Prints the milliseconds of ten syncs. */
const TEN_SYNCS = `
  const { openSync, fsyncSync } = require('node:fs');
  const file = openSync(process.argv[1], 'w');
  const startedAt = performance.now();
  for (let sync = 0; sync < 10; sync += 1) fsyncSync(file);
  console.log(performance.now() - startedAt);
`;

/** A disk whose syncs take longer, as that of a cloud. */
export const disk: Scenario = {
  name: 'disk',
  about: 'a disk whose flush takes 0, 1 and 4 ms longer',
  async *run({ lab, times }) {
    let slowSync: ReturnType<typeof buildSlowSync>;
    try {
      slowSync = buildSlowSync(lab.folder);
    } catch {
      console.log('a slow disk needs gcc: left out');
      return;
    }
    checkDelay(lab.makePath('sync'), slowSync(4));
    const origin = await lab.startOrigin();
    const contestants: Contestant[] = await startLikes(lab, [REFERENCE], origin);
    for (const delayMs of DELAYS_MS) {
      const server = await lab.startServer('product', { origin, env: slowSync(delayMs) });
      contestants.push(toLikes(`flush + ${String(delayMs)} ms`, { server, origin }));
    }
    const full = await compare(contestants, times);
    const stored = `${LABELS[REFERENCE]} stores nothing`;
    yield toSection(`A slow disk at saturation; ${stored}`, full, [RATE, P50, P99, CPU]);
    const slow = await compare(
      contestants.map((each) => ({ ...each, perSecond: PER_SECOND })),
      { ...times, seconds: Math.max(times.seconds, SLICE_SECONDS) },
    );
    yield toSection(`A slow disk, ${String(PER_SECOND)} likes a second`, slow, [P50, P99, SLOWEST]);
  },
};

/** Proves that the library works here, for example that the system has no other C library. */
function checkDelay(file: string, env: Record<string, string>): void {
  const output = execFileSync(process.execPath, ['-e', TEN_SYNCS, file], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (Number(output) < 40) throw new Error('the library for a slow disk has no effect');
}
