import { compare } from '../compare.js';
import { REFERENCE } from '../lab.js';
import { CPU, P50, P99, pickRate, RATE, ratioTo, RSS } from '../report/columns.js';
import { toSection } from '../report/section.js';
import { LABELS, type Scenario, startLikes } from './scenario.js';

const DELAY_MS = 200;
/** As many as connections to Instagram. */
const CONNECTIONS = 1000;

/** Many calls that wait for Instagram. */
export const slowOrigin: Scenario = {
  name: 'slow-origin',
  about: 'an Instagram that takes 200 ms, 1,000 calls in flight',
  async *run({ lab, times }) {
    const origin = await lab.startOrigin({ delayMs: DELAY_MS });
    const contestants = await startLikes(lab, ['product', REFERENCE, 'nest'], origin, {
      connections: CONNECTIONS,
    });
    const measured = await compare(contestants, { ...times, leadInSeconds: 1 });
    const columns = [
      RATE,
      ratioTo(LABELS[REFERENCE], 'calls ÷ Fastify', pickRate),
      P50,
      P99,
      CPU,
      RSS,
    ];
    yield toSection('Instagram takes 200 ms, 1,000 calls in flight', measured, columns);
  },
};
