import { compare, type Contestant } from '../compare.js';
import { CPU, pickCpu, RATE, ratioTo } from '../report/columns.js';
import { toSection } from '../report/section.js';
import { CallCycle } from '../workload/call-cycle.js';
import { listHearts, RequestBuilder } from '../workload/requests.js';
import { CONNECTIONS, LIKE_SIZE, type Scenario, toLikes } from './scenario.js';

const MANY = 100_000;
const USUAL = '256 accounts, state';
const USUAL_LIKES = `${LIKE_SIZE.accounts.toLocaleString('en-US')} accounts, like`;

/**
 * By the number of accounts whose calls take turns. One account may not like as fast as this load,
 * so few accounts are measured by `/like/state`.
 */
export const accounts: Scenario = {
  name: 'accounts',
  about: 'states and likes of 1 to 100,000 accounts',
  async *run({ lab, times }) {
    const origin = await lab.startOrigin();
    const server = await lab.startServer('product', { origin });
    const builder = new RequestBuilder();
    const many = listHearts({ accounts: MANY, posts: 1 });
    const toStates = (label: string, requests: Buffer[]): Contestant => ({
      label,
      server,
      origin,
      calls: new CallCycle(requests),
      connections: CONNECTIONS,
      originCalls: 0,
    });
    const states = await compare(
      [
        toStates('1 account, state', builder.states(listHearts({ accounts: 1, posts: 4096 }))),
        toStates(USUAL, builder.states(listHearts({ accounts: 256, posts: 16 }))),
        toStates('100,000 accounts, state', builder.states(many)),
      ],
      times,
    );
    yield toSection('States, by the number of accounts', states, [
      CPU,
      ratioTo(USUAL, '÷ 256 accounts', pickCpu),
      RATE,
    ]);
    const likes = await compare(
      [
        toLikes(USUAL_LIKES, { server, origin }),
        toLikes(
          '100,000 accounts, like',
          { server, origin },
          { calls: new CallCycle(builder.likes(many)) },
        ),
      ],
      times,
    );
    yield toSection('Likes, by the number of accounts', likes, [
      CPU,
      ratioTo(USUAL_LIKES, '÷ fewer', pickCpu),
      RATE,
    ]);
  },
};
