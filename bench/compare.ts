import { type LoadResult, load } from './load/load.js';
import type { OriginCount } from './lab.js';
import type { ServerProcess } from './processes/server-process.js';
import type { CallCycle } from './workload/call-cycle.js';

/** Before a server is warm, thousands of calls at once would only queue. */
const WARM_UP_CONNECTIONS = 64;

/** One side of a comparison: a server under a load. Several may share a server. */
export interface Contestant {
  readonly label: string;
  readonly server: ServerProcess;
  readonly calls: CallCycle;
  readonly connections: number;
  /** Calls a second; as many as possible without it. */
  readonly perSecond?: number;
  /** Calls of the warm-up at least, so that each account was opened once. */
  readonly warmUpCalls?: number;
  /** Whether the server may refuse calls in words. Otherwise refusals fail the run. */
  readonly mayRefuse?: boolean;
  /** Its origin, and how many calls it gets for each call, to check the count of the load. */
  readonly origin?: ServerProcess;
  readonly originCalls?: number;
}

/** What one slice of a load measured. */
export interface Slice extends LoadResult {
  /** CPU time of the server for each answer. */
  readonly cpuMicros: number;
  readonly callsPerSecond: number;
  /** The part of its core that the server used. */
  readonly busy: number;
  /** What the server's heaps allocated. */
  readonly allocatedKib: number;
}

export interface Measured {
  readonly label: string;
  readonly slices: readonly Slice[];
  readonly rssMib: number;
  /** Calls that should have succeeded and did not, or were counted differently by the origin. */
  readonly failures: readonly string[];
}

export interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
  /** Before each slice, unmeasured: connections open and timers of the pause expire. */
  readonly leadInSeconds: number;
  /** Once for each contestant, unmeasured and without a fixed rate, for Node's compiler. */
  readonly warmUpSeconds: number;
}

/**
 * Measures all contestants in each round, in alternating order. During a slice all other servers
 * are stopped, so that their timers and collections burden nobody.
 */
export async function compare(
  contestants: readonly Contestant[],
  rounds: Rounds,
): Promise<Measured[]> {
  const servers = new Set(contestants.map(({ server }) => server));
  const slices = new Map(contestants.map((each) => [each, [] as Slice[]]));
  const failures = new Map(contestants.map((each) => [each, [] as string[]]));
  const rss = new Map<Contestant, number>();
  for (const server of servers) server.pause();
  for (let round = 0; round <= rounds.rounds; round += 1) {
    const order = round % 2 === 0 ? contestants : [...contestants].reverse();
    for (const contestant of order) {
      contestant.server.resume();
      const isWarmUp = round === 0;
      const enough = contestant.calls.position + (contestant.warmUpCalls ?? 0);
      let { slice, failure } = await measureSlice(contestant, rounds, isWarmUp);
      while (isWarmUp && failure === undefined && contestant.calls.position < enough) {
        ({ slice, failure } = await measureSlice(contestant, rounds, isWarmUp));
      }
      rss.set(contestant, contestant.server.rssMib);
      contestant.server.pause();
      if (failure !== undefined) failures.get(contestant)?.push(failure);
      if (!isWarmUp) slices.get(contestant)?.push(slice);
    }
  }
  for (const server of servers) server.resume();
  return contestants.map((each) => ({
    label: each.label,
    slices: slices.get(each) ?? [],
    rssMib: rss.get(each) ?? NaN,
    failures: failures.get(each) ?? [],
  }));
}

async function measureSlice(
  contestant: Contestant,
  rounds: Rounds,
  isWarmUp: boolean,
): Promise<{ slice: Slice; failure: string | undefined }> {
  const { server, calls, connections, perSecond } = contestant;
  const countBefore = await countOriginCalls(contestant);
  let [cpu, kib] = [0, 0];
  const result = await load({
    url: server.url,
    calls,
    connections: isWarmUp ? Math.min(connections, WARM_UP_CONNECTIONS) : connections,
    ...(perSecond === undefined || isWarmUp ? {} : { perSecond }),
    seconds: isWarmUp ? rounds.warmUpSeconds : rounds.seconds,
    leadInSeconds: isWarmUp ? 0 : rounds.leadInSeconds,
    onStart: () => {
      [cpu, kib] = [-server.cpuMicros, -server.allocatedKib];
    },
    onEnd: () => {
      [cpu, kib] = [cpu + server.cpuMicros, kib + server.allocatedKib];
    },
  });
  const counted = (await countOriginCalls(contestant)) - countBefore;
  const slice = {
    ...result,
    cpuMicros: cpu / result.answered,
    callsPerSecond: result.answered / result.seconds,
    busy: cpu / (result.seconds * 1e6),
    allocatedKib: kib,
  };
  return { slice, failure: findFailure(contestant, result, isWarmUp ? undefined : counted) };
}

function findFailure(
  { label, mayRefuse, originCalls }: Contestant,
  { sent, broken, refused, sample = '' }: LoadResult,
  counted: number | undefined,
): string | undefined {
  if (broken > 0 || (refused > 0 && mayRefuse !== true)) {
    return `${label}: ${String(broken + refused)} of ${String(sent)} calls failed: ${sample}`;
  }
  // A service that warms up reads more, such as the accounts' names.
  if (refused > 0 || originCalls === undefined || counted === undefined) return undefined;
  if (counted === sent * originCalls) return undefined;
  return `${label}: the origin counted ${String(counted)} calls for ${String(sent)}`;
}

async function countOriginCalls({ origin }: Contestant): Promise<number> {
  if (origin === undefined) return 0;
  const { likes, reads, refused } = (await origin.ask('count')) as OriginCount;
  return likes + reads + refused;
}
