/**
 * Compares `POST /like` with peers that do the same job, side by side in one run. Each server has
 * a process on one core; the load and the origin have the other. Slices alternate, and all other
 * servers are stopped during a slice. Prints CPU time for each call and the ratios.
 *
 * `--rounds N`, `--seconds S`, `--connections N`, `--only a,b`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { transformFileSync } from '@swc/core';
import { median, quantile } from '../test/support/figures.js';
import { load } from './load.js';
import { LOAD_CORE, SERVER_CORE, ServerProcess } from './server-process.js';
import { APP_SECRET, BENCH_KEY, buildLikes, CREDENTIALS_KEYS } from './workload.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PEERS = ['fastify', 'node-http', 'nest', 'express'] as const;
/** The peer that all ratios refer to. */
const REFERENCE = 'fastify';
const PRODUCT = 'product';
/** Enough accounts that none reaches the limit of likes for one account. */
const SIZE = { accounts: 2048, hearts: 16 };
const WARM_UP_SECONDS = 5;

interface Slice {
  readonly cpuMicros: number;
  readonly callsPerSecond: number;
  readonly kib: number;
  readonly p50: number;
  readonly p99: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '64' },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const names = [PRODUCT, ...PEERS].filter(
  (name) => values.only === undefined || values.only.split(',').includes(name),
);

execFileSync('taskset', ['-cp', String(LOAD_CORE), String(process.pid)]);
// Inside the project: the compiled peers find its packages there.
mkdirSync(join(ROOT, 'data'), { recursive: true });
const folder = mkdtempSync(join(ROOT, 'data', 'bench-'));
const started: ServerProcess[] = [];
try {
  compile();
  const origin = await start('origin', LOAD_CORE, {});
  const bodies = await buildLikes(SIZE);
  const servers = new Map<string, ServerProcess>();
  for (const name of names) servers.set(name, await startServer(name, origin.url));
  const slices = await measure(servers, bodies);
  print(servers, slices);
} finally {
  for (const server of started) await server.stop();
  rmSync(folder, { recursive: true });
}

/** Compiles the peers as the build compiles the service. */
function compile(): void {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const sources = ['origin.ts', ...readdirSync(join(ROOT, 'bench/peers')).map((f) => `peers/${f}`)];
  mkdirSync(join(folder, 'peers'));
  for (const source of sources) {
    const { code } = transformFileSync(join(ROOT, 'bench', source), { sourceMaps: false });
    writeFileSync(join(folder, source.replace(/\.ts$/, '.js')), code);
  }
}

async function start(
  name: string,
  core: number,
  env: Record<string, string>,
  script = join(folder, `${name}.js`),
): Promise<ServerProcess> {
  const server = await ServerProcess.start({
    script,
    core,
    env: { NODE_ENV: 'production', ...env },
    nodeOptions: ['--trace-gc'],
    cwd: ROOT,
    ready: /(?:^ready |"service\.started","address":")(http:[^"\s]+)/m,
    logFile: join(folder, `${name.replace('/', '-')}.log`),
  });
  started.push(server);
  return server;
}

function startServer(name: string, origin: string): Promise<ServerProcess> {
  if (name !== PRODUCT) {
    return start(`peers/${name}`, SERVER_CORE, { ORIGIN: origin, BENCH_KEY, APP_SECRET });
  }
  const database = mkdtempSync(join(tmpdir(), 'bench-ledger-'));
  process.once('exit', () => {
    rmSync(database, { recursive: true });
  });
  const env = {
    PUBLIC_URL: 'https://channel.example',
    PORT: '0',
    CREDENTIALS_KEYS,
    META_APP_SECRET: APP_SECRET,
    INSTAGRAM_GRAPH_URL: origin,
    DATABASE_URL: `sqlite:${join(database, 'ledger.sqlite')}`,
  };
  return start(PRODUCT, SERVER_CORE, env, join(ROOT, 'dist/main.js'));
}

async function measure(
  servers: ReadonlyMap<string, ServerProcess>,
  bodies: readonly string[],
): Promise<Map<string, Slice[]>> {
  const slices = new Map([...servers.keys()].map((name) => [name, [] as Slice[]]));
  let offset = 0;
  for (const server of servers.values()) server.pause();
  for (let round = 0; round <= rounds; round += 1) {
    const order = [...servers].sort(() => (round % 2 === 0 ? 1 : -1));
    for (const [name, server] of order) {
      server.resume();
      const slice = await runSlice(server, bodies, offset, round === 0 ? WARM_UP_SECONDS : seconds);
      server.pause();
      // The first round warms up.
      if (round > 0) slices.get(name)?.push(slice);
      offset += 1021;
    }
  }
  return slices;
}

async function runSlice(
  server: ServerProcess,
  bodies: readonly string[],
  offset: number,
  duration: number,
): Promise<Slice> {
  const cpu = server.cpuMicros;
  const log = server.logEnd;
  const result = await load({ url: server.url, bodies, connections, seconds: duration, offset });
  if (result.errors > 0) throw new Error(`${String(result.errors)} calls of a slice failed`);
  return {
    cpuMicros: (server.cpuMicros - cpu) / result.calls,
    callsPerSecond: result.callsPerSecond,
    kib: server.allocatedKib(log) / result.calls,
    p50: result.p50,
    p99: result.p99,
  };
}

function print(
  servers: ReadonlyMap<string, ServerProcess>,
  slices: ReadonlyMap<string, readonly Slice[]>,
): void {
  const reference = slices.get(REFERENCE);
  const rows = [...slices].map(([name, all]) => ({
    server: name,
    'CPU µs a call': round(median(all.map(({ cpuMicros }) => cpuMicros))),
    'ratio to fastify': ratio(all, reference),
    'calls a second': round(median(all.map(({ callsPerSecond }) => callsPerSecond))),
    'p50 ms': median(all.map(({ p50 }) => p50)),
    'p99 ms': median(all.map(({ p99 }) => p99)),
    'KiB a call': round(median(all.map(({ kib }) => kib))),
    'RSS MiB': round(servers.get(name)?.rssMib ?? NaN),
    'start ms': round(servers.get(name)?.startMs ?? NaN),
  }));
  console.table(rows);
}

/** The median of the ratios in each round, and the quartiles. */
function ratio(all: readonly Slice[], reference: readonly Slice[] | undefined): string {
  if (reference === undefined) return '';
  const ratios = all.map(
    ({ cpuMicros }, index) => cpuMicros / (reference[index]?.cpuMicros ?? NaN),
  );
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2));
  return `${String(middle)} (${String(low)} to ${String(high)})`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
