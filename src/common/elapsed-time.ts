/** Measures durations. A change of the system's clock does not matter. Tests provide another one. */
export class ElapsedTime {
  /** Milliseconds since some moment of the past. */
  now(): number {
    return performance.now();
  }
}
