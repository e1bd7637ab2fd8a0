import { compare } from '../compare.js';
import { CPU, KIB, P50, P99, pickCpu, RATE, ratioTo } from '../report/columns.js';
import { toSection } from '../report/section.js';
import { CallCycle } from '../workload/call-cycle.js';
import { listHearts, RequestBuilder } from '../workload/requests.js';
import { TestPostgres } from '../../test/support/postgres.js';
import { LIKE_SIZE, type Scenario, toLikes } from './scenario.js';

const COLUMNS = [CPU, ratioTo('SQLite', '÷ SQLite', pickCpu), RATE, P50, P99, KIB];

/** PostgreSQL's processes share the core of the load. */
export const postgres: Scenario = {
  name: 'postgres',
  about: 'PostgreSQL beside SQLite',
  async *run({ lab, times }) {
    const database = await TestPostgres.start();
    try {
      const origin = await lab.startOrigin();
      const env = { DATABASE_URL: await database.makeDatabase() };
      const sqlite = { origin, server: await lab.startServer('product', { origin }) };
      const shared = { origin, server: await lab.startServer('product', { origin, env }) };
      const requests = new RequestBuilder().states(listHearts(LIKE_SIZE));
      const toStates = (): { calls: CallCycle; originCalls: number } => ({
        calls: new CallCycle(requests),
        originCalls: 0,
      });
      const likes = await compare(
        [toLikes('SQLite', sqlite), toLikes('PostgreSQL', shared)],
        times,
      );
      yield toSection('Likes on both databases', likes, COLUMNS);
      const states = await compare(
        [toLikes('SQLite', sqlite, toStates()), toLikes('PostgreSQL', shared, toStates())],
        times,
      );
      yield toSection('States on both databases', states, COLUMNS);
    } finally {
      await lab.stopAll();
      await database.stop();
    }
  },
};
