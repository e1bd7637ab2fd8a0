import { compare } from '../compare.js';
import { REFERENCE } from '../lab.js';
import { CPU, P50, P99, pickP99, ratioTo, SLOWEST } from '../report/columns.js';
import { toSection } from '../report/section.js';
import { LABELS, type Scenario, startLikes } from './scenario.js';

const PER_SECOND = [200, 1000];
/** With fewer calls in a slice, the p99 rests on a handful of them. */
const SLICE_SECONDS = 5;

/** Likes at a fixed rate, the calls at random times. */
export const rates: Scenario = {
  name: 'rates',
  about: 'latency at 200 and 1,000 likes a second',
  async *run({ lab, times }) {
    const origin = await lab.startOrigin();
    const contestants = await startLikes(lab, ['product', REFERENCE, 'nest'], origin);
    for (const perSecond of PER_SECOND) {
      const measured = await compare(
        contestants.map((each) => ({ ...each, perSecond })),
        { ...times, seconds: Math.max(times.seconds, SLICE_SECONDS) },
      );
      const columns = [
        P50,
        P99,
        ratioTo(LABELS[REFERENCE], 'p99 ÷ Fastify', pickP99),
        ratioTo(LABELS.nest, 'p99 ÷ Nest', pickP99),
        SLOWEST,
        CPU,
      ];
      const title = `${perSecond.toLocaleString('en-US')} likes a second`;
      yield toSection(title, measured, columns);
    }
  },
};
