import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { compile } from './build.js';
import type { SeedFailure } from './check-seed.js';
import { countCrashes } from './fault-points.js';
import { type Mutant, MUTANTS } from './mutants.js';
import { runSchedules } from './worker-pool.js';

const SCHEDULES = 10_000;
/** CI has two cores. */
const WORKERS = 2;
/** With fewer schedules, a fault point may stay unreached by chance. */
const POINTS_FROM = 5000;
/** Schedules within which each mutant is found. */
const MUTANT_SCHEDULES = 3000;
const PROGRESS_MS = 10_000;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: String(SCHEDULES) },
    'first-seed': { type: 'string', default: '1' },
    seed: { type: 'string' },
    mutants: { type: 'boolean', default: false },
    mutant: { type: 'string' },
  },
});

async function main(): Promise<boolean> {
  if (values.mutants || values.mutant !== undefined) return runMutants(values.mutant);
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  return withCopy(undefined, (folder) =>
    seed === undefined ? runMany(folder) : runOne(folder, seed),
  );
}

async function runMany(folder: string): Promise<boolean> {
  const startedAt = Date.now();
  let printedAt = startedAt;
  const result = await runSchedules({
    folder,
    firstSeed: Number(values['first-seed']),
    schedules: Number(values.schedules),
    workers: WORKERS,
    stopsAtFailure: true,
    onProgress: (schedules, failures) => {
      if (Date.now() - printedAt < PROGRESS_MS) return;
      printedAt = Date.now();
      process.stderr.write(`${String(schedules)} schedules, ${String(failures)} failed\n`);
    },
  });
  const { schedules, failures, points } = result;
  for (const failure of failures) print(describe(failure));
  const crashes = countCrashes(points);
  for (const [name, count] of crashes) print(`${String(count).padStart(6)} crashes at ${name}`);
  const reached = crashes.filter(([, count]) => count > 0).length;
  print(`${String(reached)} of ${String(crashes.length)} fault points reached`);
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  process.stderr.write(`${String(seconds)} s, seeds from ${values['first-seed']}\n`);
  print(`${String(schedules)} schedules, ${String(failures.length)} failed`);
  const isEnough = reached === crashes.length || schedules < POINTS_FROM;
  return failures.length === 0 && isEnough;
}

/** Repeats one seed, and prints each event of its simplest failing schedule. */
async function runOne(folder: string, seed: number): Promise<boolean> {
  const options = { folder, firstSeed: seed, schedules: 1, workers: 1, traces: true };
  const { failures } = await runSchedules(options);
  for (const failure of failures) print(describe(failure));
  print(`1 schedules, ${String(failures.length)} failed`);
  return failures.length === 0;
}

/** Plants each fault in a copy of the service. The schedules must find it. */
async function runMutants(only: string | undefined): Promise<boolean> {
  let survivors = 0;
  const chosen = MUTANTS.filter(({ name }) => only === undefined || name === only);
  for (const mutant of chosen) {
    const { schedules, failures } = await withCopy(mutant, (folder) =>
      runSchedules({
        folder,
        firstSeed: Number(values['first-seed']),
        schedules: MUTANT_SCHEDULES,
        workers: 1,
        stopsAtFailure: true,
        shrinks: false,
      }),
    );
    const [failure] = failures;
    if (failure === undefined) survivors += 1;
    const rule = failure?.error.split('\n', 1)[0] ?? 'NOT FOUND';
    print(`${mutant.name}: ${rule} (${String(schedules)} schedules)`);
  }
  print(`${String(chosen.length)} mutants, ${String(survivors)} not found`);
  return survivors === 0;
}

async function withCopy<T>(
  mutant: Mutant | undefined,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = compile(mutant === undefined ? [] : [mutant]);
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function describe({ seed, error, schedule, shrinks }: SeedFailure): string {
  return [
    `seed ${String(seed)} at commit ${readCommit()} fails: ${error}`,
    `the simplest failing schedule after ${String(shrinks)} steps: ${JSON.stringify(schedule)}`,
    `repeat it with: npm run simulate -- --seed ${String(seed)}`,
  ].join('\n');
}

function readCommit(): string {
  const git = (...parameters: string[]): string =>
    execFileSync('git', parameters, { encoding: 'utf8' }).trim();
  return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = (await main()) ? 0 : 1;
