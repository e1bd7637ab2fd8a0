import { AsyncLocalStorage } from 'node:async_hooks';

/** The clocks of a machine that is awake differ less within the longest deadline. */
const SLEEP_MIN_MS = 1000;

const calls = new AsyncLocalStorage<Deadline | undefined>();

/**
 * The time limit of one call, from its arrival to its answer. The whole call shares it: waiting in
 * queues, connecting, reading and writing. The code that runs for a call finds it in `current`.
 */
export class Deadline {
  /** Whether the timer of the signal has fired. It may fire a moment before `endsAt`. */
  private isOver = false;
  private controller: AbortController | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly parts: Deadline[] = [];
  private readonly endsAt: number;
  /** By the system's clock, which goes on while the machine sleeps. */
  private readonly sleptAt: number;

  /**
   * @param startedAt the arrival of the call, by `performance.now()`.
   */
  constructor(
    readonly milliseconds: number,
    private readonly startedAt = performance.now(),
  ) {
    this.endsAt = startedAt + milliseconds;
    this.sleptAt = Date.now() + (this.endsAt - performance.now()) + SLEEP_MIN_MS;
  }

  /** The deadline of the call for which this code runs; undefined outside of a call. */
  static get current(): Deadline | undefined {
    return calls.getStore();
  }

  /** Runs a task under a deadline; with `undefined`, as work that belongs to no call. */
  static run<T>(deadline: Deadline | undefined, task: () => T): T {
    return calls.run(deadline, task);
  }

  /**
   * Runs a task that must reach its end although the call's time may be up, such as the record of
   * Instagram's answer. The task's own limits apply.
   */
  static beyond<T>(task: () => T): T {
    return calls.run(undefined, task);
  }

  /** A deadline that ends this long after the arrival of the current call, or after now. */
  static fromArrival(milliseconds: number): Deadline {
    const call = Deadline.current;
    if (call === undefined) return new Deadline(milliseconds);
    if (call.milliseconds === milliseconds) return call;
    const part = new Deadline(milliseconds, call.startedAt);
    call.parts.push(part);
    return part;
  }

  /** A deadline that ends this long after now, or with the current call if that is sooner. */
  static within(milliseconds: number): Deadline {
    return new Deadline(Math.min(milliseconds, Deadline.current?.remainingMs ?? Infinity));
  }

  /** Aborts when the time is up. Made at its first use, because most calls need none. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.passed) this.end();
      else {
        this.timer = setTimeout(() => {
          this.end();
        }, this.remainingMs).unref();
      }
    }
    return this.controller.signal;
  }

  get passed(): boolean {
    return this.isOver || performance.now() >= this.endsAt || this.hasSlept;
  }

  /** 0 when the time is up. */
  get remainingMs(): number {
    return this.isOver || this.hasSlept ? 0 : Math.max(0, this.endsAt - performance.now());
  }

  /**
   * Whether the machine slept beyond the end. Its attempt may count as too old to take effect, so a
   * call must not be sent any more.
   */
  private get hasSlept(): boolean {
    return Date.now() >= this.sleptAt;
  }

  /** Stops the timers. The call has its answer, and no work is left that they could end. */
  clear(): void {
    clearTimeout(this.timer);
    for (const part of this.parts) part.clear();
  }

  private end(): void {
    this.isOver = true;
    this.controller?.abort();
  }
}
