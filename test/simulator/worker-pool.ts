import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { SeedFailure } from './check-seed.js';
import type { WorkerOrder, WorkerReport } from './worker.js';

export interface RunResult {
  readonly schedules: number;
  readonly failures: readonly SeedFailure[];
  readonly points: Readonly<Record<string, number>>;
}

interface RunOptions {
  /** The folder that `compile` returned. */
  readonly folder: string;
  readonly firstSeed: number;
  readonly schedules: number;
  readonly workers: number;
  readonly traces?: boolean;
  readonly stopsAtFailure?: boolean;
  readonly shrinks?: boolean;
  readonly onProgress?: (schedules: number, failures: number) => void;
}

/** Runs the schedules of consecutive seeds in several processes. */
export async function runSchedules(options: RunOptions): Promise<RunResult> {
  const { firstSeed, schedules, workers } = options;
  const { traces = false, stopsAtFailure = false, shrinks = true } = options;
  const reports = new Map<number, WorkerReport>();
  const runs = Array.from({ length: workers }, (_, index) => {
    const count = Math.ceil((schedules - index) / workers);
    const seeds = { firstSeed: firstSeed + index, count, step: workers };
    const order = { ...seeds, traces, stopsAtFailure, shrinks };
    return runWorker(options.folder, order, (report) => {
      reports.set(index, report);
      const { schedules: done, failures } = sum([...reports.values()]);
      options.onProgress?.(done, failures.length);
    });
  });
  return sum(await Promise.all(runs));
}

function runWorker(
  folder: string,
  order: WorkerOrder,
  onReport: (report: WorkerReport) => void,
): Promise<WorkerReport> {
  return new Promise((resolve, reject) => {
    const worker = fork(join(folder, 'test/simulator/worker.js'), {
      execArgv: ['--enable-source-maps', '--disable-warning=ExperimentalWarning'],
    });
    let last: WorkerReport | undefined;
    worker.on('message', (report: WorkerReport) => {
      onReport(report);
      if (report.isLast) last = report;
    });
    worker.once('exit', (code) => {
      if (last !== undefined) resolve(last);
      else reject(new Error(`a worker ended with code ${String(code)}`));
    });
    worker.send(order);
  });
}

function sum(reports: readonly WorkerReport[]): RunResult {
  const points: Record<string, number> = {};
  for (const report of reports) {
    for (const [point, count] of Object.entries(report.points)) {
      points[point] = (points[point] ?? 0) + count;
    }
  }
  return {
    schedules: reports.reduce((total, each) => total + each.schedules, 0),
    failures: reports.flatMap(({ failures }) => failures),
    points,
  };
}
