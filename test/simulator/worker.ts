import { checkSeed, type SeedFailure } from './check-seed.js';
import { Simulation } from './simulation.js';
import { createTemplate } from './template.js';

/** What the main process sends: which seeds to run, and whether to show each event. */
export interface WorkerOrder {
  readonly firstSeed: number;
  readonly count: number;
  /** Runs each n-th seed. */
  readonly step: number;
  readonly traces: boolean;
  readonly stopsAtFailure: boolean;
  /** Whether to find the simplest schedule that still fails. */
  readonly shrinks: boolean;
}

/** What it gets back, some times before the end. */
export interface WorkerReport {
  readonly schedules: number;
  readonly failures: readonly SeedFailure[];
  /** How often a process crashed during each operation. */
  readonly points: Readonly<Record<string, number>>;
  readonly isLast: boolean;
}

/** Schedules between two reports. */
const REPORT_EVERY = 100;

async function work(order: WorkerOrder): Promise<void> {
  const template = await createTemplate();
  const points: Record<string, number> = {};
  const failures: SeedFailure[] = [];
  const onCrashDuring = (point: string): void => {
    points[point] = (points[point] ?? 0) + 1;
  };
  const report = (schedules: number, isLast: boolean): void => {
    process.send?.({ schedules, failures, points, isLast } satisfies WorkerReport);
  };
  let schedules = 0;
  for (let index = 0; index < order.count; index += 1) {
    const seed = order.firstSeed + index * order.step;
    const failure = await checkSeed(seed, { template, onCrashDuring }, order.shrinks);
    schedules += 1;
    if (failure !== undefined) {
      failures.push(failure);
      if (order.traces) await showTrace(failure, template);
      if (order.stopsAtFailure) break;
    }
    if (schedules % REPORT_EVERY === 0) report(schedules, false);
  }
  report(schedules, true);
  process.disconnect();
}

async function showTrace({ schedule }: SeedFailure, template: Buffer): Promise<void> {
  const trace = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  await new Simulation(schedule, { template, trace }).run().catch(() => undefined);
}

process.once('message', (order: WorkerOrder) => void work(order));
