import fc from 'fast-check';
import { schedules } from './random-schedules.js';
import type { Schedule } from './schedule.js';
import { Simulation, type SimulationOptions } from './simulation.js';

/** How long a failing schedule is made simpler. */
const SHRINK_MS = 60_000;

export interface SeedFailure {
  readonly seed: number;
  readonly error: string;
  /** The simplest schedule that was found to fail. */
  readonly schedule: Schedule;
  readonly shrinks: number;
}

/**
 * Runs the schedule of a seed.
 *
 * @param shrinks whether to find the simplest schedule that still breaks a rule.
 */
export async function checkSeed(
  seed: number,
  options: SimulationOptions,
  shrinks: boolean,
): Promise<SeedFailure | undefined> {
  const property = fc.asyncProperty(schedules, (schedule) =>
    new Simulation(schedule, options).run(),
  );
  const result = await fc.check(property, {
    seed,
    numRuns: 1,
    unbiased: true,
    endOnFailure: !shrinks,
    interruptAfterTimeLimit: SHRINK_MS,
  });
  if (!result.failed || result.counterexample === null) return undefined;
  const { errorInstance } = result;
  const error = errorInstance instanceof Error ? errorInstance : new Error('no error');
  return {
    seed,
    error: error.stack ?? error.message,
    schedule: result.counterexample[0],
    shrinks: result.numShrinks,
  };
}
