import type { Contestant, Rounds } from '../compare.js';
import type { Lab, ServerName } from '../lab.js';
import type { ServerProcess } from '../processes/server-process.js';
import type { Section } from '../report/section.js';
import { CallCycle } from '../workload/call-cycle.js';
import { listHearts, RequestBuilder, type WorkloadSize } from '../workload/requests.js';

export interface Bench {
  readonly lab: Lab;
  /** How many rounds, and for how long. */
  readonly times: Rounds;
  /** Whether the ledger of 10 million rows is measured too. */
  readonly isLarge: boolean;
}

/** One question. Yields each table once it is measured. Its servers are stopped after it. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  run(bench: Bench): AsyncGenerator<Section>;
}

/** Zendesk's calls come over many connections; the usual number here. */
export const CONNECTIONS = 64;

/**
 * The service sends at most 4 likes a second of one account, and 20 at once after a pause. So the
 * calls are spread over as many accounts as the fastest peer needs.
 */
export const LIKE_SIZE: WorkloadSize = { accounts: 4096, posts: 16 };
/** Reads have no such pace. */
export const READ_SIZE: WorkloadSize = { accounts: 256, posts: 64 };

export const LABELS: Readonly<Record<ServerName, string>> = {
  product: 'this service',
  fastify: 'Fastify + undici',
  'node-http': 'node:http + undici',
  nest: 'ordinary Nest',
  express: 'Express + axios',
};

const builder = new RequestBuilder();
let likes: Buffer[] | undefined;

/** The likes of `LIKE_SIZE`, built once. */
export function buildLikes(): Buffer[] {
  likes ??= builder.likes(listHearts(LIKE_SIZE));
  return likes;
}

/** A server under likes, over 64 connections unless `others` says otherwise. */
export function toLikes(
  label: string,
  servers: { readonly server: ServerProcess; readonly origin: ServerProcess },
  others: Partial<Contestant> = {},
): Contestant {
  return {
    label,
    ...servers,
    calls: new CallCycle(buildLikes()),
    connections: CONNECTIONS,
    originCalls: 1,
    warmUpCalls: LIKE_SIZE.accounts,
    ...others,
  };
}

/** Starts servers with one origin, each under likes. */
export async function startLikes(
  lab: Lab,
  names: readonly ServerName[],
  origin: ServerProcess,
  others: Partial<Contestant> = {},
): Promise<Contestant[]> {
  const contestants: Contestant[] = [];
  for (const name of names) {
    const server = await lab.startServer(name, { origin });
    contestants.push(toLikes(LABELS[name], { server, origin }, others));
  }
  return contestants;
}
