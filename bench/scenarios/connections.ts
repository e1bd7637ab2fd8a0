import { compare, type Rounds } from '../compare.js';
import { readHandleLimit } from '../../src/config/index.js';
import { REFERENCE } from '../lab.js';
import { CPU, P50, P99, RATE, REFUSED, RSS, SLOWEST } from '../report/columns.js';
import { type Section, toSection } from '../report/section.js';
import { type Scenario, startLikes } from './scenario.js';

const COUNTS = [1, 64, 1000];
const MOST = 10_000;
/** For the answers to so many calls. */
const MOST_TIMES = { rounds: 3, seconds: 5, leadInSeconds: 1, warmUpSeconds: 2 };
/** The server's connections, and those to Instagram. */
const HANDLES_MIN = MOST + 1100;

/** By the number of connections, each with a call at all times. */
export const connections: Scenario = {
  name: 'connections',
  about: '1 to 10,000 connections',
  async *run({ lab, times }) {
    const origin = await lab.startOrigin();
    const contestants = await startLikes(lab, ['product', REFERENCE], origin);
    const measure = async (count: number, rounds: Rounds, mayRefuse = false): Promise<Section> => {
      const measured = await compare(
        contestants.map((each) => ({ ...each, connections: count, mayRefuse })),
        rounds,
      );
      const columns = [RATE, P50, P99, SLOWEST, ...(mayRefuse ? [REFUSED] : []), CPU, RSS];
      const name = count === 1 ? '1 connection' : `${count.toLocaleString('en-US')} connections`;
      return toSection(name, measured, columns);
    };
    for (const count of COUNTS) yield await measure(count, times);
    if ((readHandleLimit() ?? 0) >= HANDLES_MIN) yield await measure(MOST, MOST_TIMES, true);
    else console.log(`10,000 connections need ulimit -n ${String(HANDLES_MIN)}: left out`);
  },
};
