/** Measures durations, whatever the clock of the system does. Tests provide another one. */
export class ElapsedTime {
  /** Milliseconds since some moment of the past. */
  now(): number {
    return performance.now();
  }
}
