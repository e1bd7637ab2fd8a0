import { compare, type Contestant } from '../compare.js';
import { CPU, pickCpu, RATE, ratioTo } from '../report/columns.js';
import { toSection } from '../report/section.js';
import { CallCycle } from '../workload/call-cycle.js';
import { writeLedger } from '../workload/ledger-file.js';
import { RequestBuilder, spreadHearts } from '../workload/requests.js';
import { LIKE_SIZE, type Scenario, toLikes } from './scenario.js';

/** Posts of each account. */
const SIZES = [
  { label: '4 thousand rows', posts: 1 },
  { label: '1 million rows', posts: 245 },
] as const;
const LARGE = { label: '10 million rows', posts: 2442 } as const;
/** Calls before the first one is repeated. */
const CALLS = 65_536;

/** Likes of random hearts that a ledger has, by its size. */
export const ledger: Scenario = {
  name: 'ledger',
  about: 'a like, by the size of the ledger; 10 million rows with --ten-million',
  async *run({ lab, times, isLarge }) {
    const origin = await lab.startOrigin();
    const builder = new RequestBuilder();
    const contestants: Contestant[] = [];
    for (const { label, posts } of isLarge ? [...SIZES, LARGE] : SIZES) {
      const size = { accounts: LIKE_SIZE.accounts, posts };
      const file = lab.makePath('ledger.sqlite');
      await writeLedger(file, size);
      const env = { DATABASE_URL: `sqlite:${file}` };
      const server = await lab.startServer('product', { origin, env });
      const calls = new CallCycle(builder.likes(spreadHearts(size, CALLS)));
      contestants.push(toLikes(label, { server, origin }, { calls }));
    }
    const columns = [CPU, ratioTo(SIZES[0].label, '÷ smallest', pickCpu), RATE];
    const measured = await compare(contestants, times);
    yield toSection('A like, by the size of the ledger', measured, columns);
  },
};
