/**
 * Compares the start of the service with the start of peers that do the same job: from `spawn` to
 * the answer of the first like. The starts alternate in one run. On a busy machine only the CPU
 * time is reliable.
 *
 * `--rounds N`, `--only a,b`.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { transformFileSync } from '@swc/core';
import { median } from '../test/support/figures.js';
import { LOAD_CORE, SERVER_CORE, type ServerOptions, ServerProcess } from './server-process.js';
import { APP_SECRET, BENCH_KEY, buildLikes, CREDENTIALS_KEYS } from './workload.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PRODUCT = 'product';
/** The ordinary Nest service, which the goal refers to. */
const REFERENCE = 'nest';
/** The service may need this many times the CPU time of the reference. */
const GOAL = 1.2;

interface Start {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly rssMib: number;
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, only: { type: 'string' } },
});
const rounds = Number(values.rounds);
const names = values.only?.split(',') ?? [PRODUCT, REFERENCE, 'fastify'];

// Inside the project: the compiled peers find its packages there.
mkdirSync(join(ROOT, 'data'), { recursive: true });
const folder = mkdtempSync(join(ROOT, 'data', 'start-up-'));
let origin: ServerProcess | undefined;
try {
  compile();
  origin = await ServerProcess.start(describe('origin', LOAD_CORE, {}));
  const [like = ''] = await buildLikes({ accounts: 1, hearts: 1 });
  const starts = new Map(names.map((name) => [name, [] as Start[]]));
  // The first round fills the caches of the disk.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, all] of starts) {
      const start = await measure(name, origin.url, like, round);
      if (round > 0) all.push(start);
    }
  }
  print(starts);
} finally {
  await origin?.stop();
  rmSync(folder, { recursive: true });
}

/** Compiles the peers as the build compiles the service. */
function compile(): void {
  mkdirSync(join(folder, 'peers'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const peers = readdirSync(join(ROOT, 'bench/peers')).map((file) => `peers/${file}`);
  for (const source of ['origin.ts', ...peers]) {
    const { code } = transformFileSync(join(ROOT, 'bench', source), { sourceMaps: false });
    writeFileSync(join(folder, source.replace(/\.ts$/, '.js')), code);
  }
}

function describe(
  name: string,
  core: number,
  env: Readonly<Record<string, string>>,
  script = join(folder, `${name}.js`),
): ServerOptions {
  return {
    script,
    core,
    env: { NODE_ENV: 'production', ...env },
    cwd: ROOT,
    ready: /(?:^ready |"service\.started","address":")(http:[^"\s]+)/m,
    logFile: join(folder, `${name.replace('/', '-')}.log`),
  };
}

/** The service gets a new ledger for each start; the migration is a part of it. */
function describeServer(name: string, originUrl: string, round: number): ServerOptions {
  if (name !== PRODUCT) {
    const env = { ORIGIN: originUrl, BENCH_KEY, APP_SECRET };
    return describe(`peers/${name}`, SERVER_CORE, env);
  }
  const env = {
    PUBLIC_URL: 'https://channel.example',
    PORT: '0',
    CREDENTIALS_KEYS,
    META_APP_SECRET: APP_SECRET,
    INSTAGRAM_GRAPH_URL: originUrl,
    DATABASE_URL: `sqlite:${join(folder, `ledger-${String(round)}.sqlite`)}`,
  };
  return describe(PRODUCT, SERVER_CORE, env, join(ROOT, 'dist/main.js'));
}

async function measure(
  name: string,
  originUrl: string,
  like: string,
  round: number,
): Promise<Start> {
  const startedAt = performance.now();
  const server = await ServerProcess.start(describeServer(name, originUrl, round));
  try {
    const answer = await fetch(`${server.url}/like`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: like,
    });
    const text = await answer.text();
    if (!text.includes('"ok":true')) throw new Error(`${name} answered ${text}`);
    const wallMs = performance.now() - startedAt;
    return { cpuMs: server.cpuMicros / 1000, wallMs, rssMib: server.rssMib };
  } finally {
    await server.stop();
  }
}

function print(starts: ReadonlyMap<string, readonly Start[]>): void {
  const middle = (all: readonly Start[], key: keyof Start): number =>
    median(all.map((start) => start[key]));
  const reference = starts.get(REFERENCE) ?? [];
  const rows = [...starts].map(([name, all]) => ({
    server: name,
    'CPU ms': Math.round(middle(all, 'cpuMs')),
    'CPU ÷ nest': ratio(all, reference, 'cpuMs'),
    'wall ms': Math.round(middle(all, 'wallMs')),
    'wall ÷ nest': ratio(all, reference, 'wallMs'),
    'RSS MiB': Math.round(middle(all, 'rssMib')),
  }));
  console.table(rows);
  console.log(`Medians of ${String(rounds)} starts each. Goal: ${String(GOAL)} × ${REFERENCE}.`);
}

/** The median of the ratios in each round. */
function ratio(
  all: readonly Start[],
  reference: readonly Start[],
  key: 'cpuMs' | 'wallMs',
): string {
  if (reference.length === 0) return '';
  return median(all.map((start, index) => start[key] / (reference[index]?.[key] ?? NaN))).toFixed(
    2,
  );
}
