import { median } from '../../test/support/figures.js';
import { type Lab, type ServerName, SERVERS } from '../lab.js';
import { format } from '../report/columns.js';
import type { ServerProcess } from '../processes/server-process.js';
import { buildLikes, LABELS, type Scenario } from './scenario.js';

interface Start {
  /** From the start of the process to the first like that it answered. */
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMib: number;
}

/** From nothing to the first like, with an empty ledger. */
export const startUp: Scenario = {
  name: 'start-up',
  about: 'from the start of the process to the first like',
  async *run({ lab, times }) {
    const origin = await lab.startOrigin();
    const starts = new Map(SERVERS.map((name) => [name, [] as Start[]]));
    // The first round fills the caches of the disk.
    for (let round = 0; round <= times.rounds; round += 1) {
      for (const [name, all] of starts) {
        const each = await start(lab, name, origin);
        if (round > 0) all.push(each);
      }
    }
    const list = (name: ServerName, key: keyof Start): number[] =>
      starts.get(name)?.map((each) => each[key]) ?? [];
    const ratio = (name: ServerName, key: keyof Start): string => {
      const references = list('nest', key);
      return median(
        list(name, key).map((value, round) => value / (references[round] ?? NaN)),
      ).toFixed(2);
    };
    yield {
      title: 'From the start of the process to the first like',
      heads: ['', 'fastest ms', 'median ms', '÷ Nest', 'CPU ms', 'CPU ÷ Nest', 'RSS MiB'],
      rows: SERVERS.map((name) => [
        LABELS[name],
        format(Math.min(...list(name, 'ms'))),
        format(median(list(name, 'ms'))),
        ratio(name, 'ms'),
        format(median(list(name, 'cpuMs'))),
        ratio(name, 'cpuMs'),
        format(median(list(name, 'rssMib'))),
      ]),
      measured: [],
    };
  },
};

async function start(lab: Lab, name: ServerName, origin: ServerProcess): Promise<Start> {
  const startedAt = performance.now();
  const server = await lab.startServer(name, { origin });
  const [request = Buffer.alloc(0)] = buildLikes();
  const body = request.subarray(request.indexOf('\r\n\r\n') + 4);
  const answer = await fetch(`${server.url}/like`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new Uint8Array(body),
  });
  const text = await answer.text();
  if (!text.includes('"ok":true')) throw new Error(`${name}: ${text}`);
  const ms = performance.now() - startedAt;
  const { cpuMicros, rssMib } = server;
  await lab.stop(server);
  return { ms, cpuMs: cpuMicros / 1000, rssMib };
}
