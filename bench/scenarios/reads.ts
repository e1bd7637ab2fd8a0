import { compare } from '../compare.js';
import { REFERENCE } from '../lab.js';
import { COMMENTS, REPLIES } from '../origin/answers.js';
import { CPU, KIB, P50, P99, pickCpu, RATE, ratioTo } from '../report/columns.js';
import { toSection } from '../report/section.js';
import { CallCycle } from '../workload/call-cycle.js';
import { writeLedger } from '../workload/ledger-file.js';
import { listHearts, RequestBuilder, TARGETS } from '../workload/requests.js';
import { CONNECTIONS, LABELS, READ_SIZE, type Scenario, toLikes } from './scenario.js';

const LIKE = `like, ${LABELS[REFERENCE]}`;

/** The calls of the app that read, beside a like of the reference. */
export const reads: Scenario = {
  name: 'reads',
  about: 'states and posts, beside a like of the reference',
  async *run({ lab, times }) {
    const origin = await lab.startOrigin();
    const reference = await lab.startServer(REFERENCE, { origin });
    const file = lab.makePath('ledger.sqlite');
    await writeLedger(file, READ_SIZE);
    const env = { DATABASE_URL: `sqlite:${file}` };
    const server = await lab.startServer('product', { origin, env });
    const builder = new RequestBuilder();
    const hearts = listHearts(READ_SIZE);
    const toReads = (
      label: string,
      requests: Buffer[],
      originCalls: number,
    ): Parameters<typeof compare>[0][number] => ({
      label,
      server,
      origin,
      calls: new CallCycle(requests),
      connections: CONNECTIONS,
      originCalls,
    });
    const measured = await compare(
      [
        toLikes(LIKE, { server: reference, origin }),
        toReads('/like/state, one', builder.states(hearts), 0),
        toReads(`/like/state, ${String(TARGETS)}`, builder.manyStates(hearts), 0),
        toReads('/media', builder.media(hearts), 2),
      ],
      times,
    );
    const title = `Reads; \`/media\` with ${String(COMMENTS)} comments and ${String(REPLIES)} replies`;
    const columns = [CPU, ratioTo(LIKE, "÷ Fastify's like", pickCpu), RATE, P50, P99, KIB];
    yield toSection(title, measured, columns);
  },
};
