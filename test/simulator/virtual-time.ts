import { type Context, currentContext, runIn } from './context.js';
import { EventQueue, type VirtualEvent } from './event-queue.js';

/** A schedule that needs more events than this hangs in a loop. */
const EVENTS_MAX = 500_000;

const realSetImmediate = globalThis.setImmediate;

/**
 * Time that jumps from event to event. Between two events, the promises of the first one settle, so
 * exactly one event is responsible for all code that runs.
 */
export class VirtualTime {
  /** Milliseconds since the start, with fractions. */
  elapsedMs = 0;
  /** A fault that ends the schedule, such as a rejection that no code handles. */
  private fault: { readonly error: unknown } | undefined;
  private readonly queue = new EventQueue();
  private order = 0;
  private events = 0;

  /** @param startAt milliseconds since 1970. */
  constructor(private readonly startAt: number) {}

  /** The true time, without any process's skew. Milliseconds since 1970. */
  get now(): number {
    return this.startAt + this.elapsedMs;
  }

  /** The time on the clock of the process that runs. Whole milliseconds since 1970. */
  get localNow(): number {
    return Math.floor(this.now + (currentContext().life?.skewMs ?? 0));
  }

  /** The clock for durations of the process that runs. Milliseconds, with fractions. */
  get localElapsedMs(): number {
    return this.elapsedMs - (currentContext().life?.stoppedMs ?? 0);
  }

  fail(error: unknown): void {
    this.fault ??= { error };
  }

  later(delayMs: number, run: () => void, context: Context = currentContext()): VirtualEvent {
    const at = this.elapsedMs + Math.max(0, delayMs);
    const event: VirtualEvent = { at, order: this.order++, isCancelled: false, context, run };
    this.queue.push(event);
    return event;
  }

  /** Like `later`, for a timer of the process, which stops when the whole machine does. */
  startTimer(delayMs: number, run: () => void): VirtualEvent {
    const event = this.later(delayMs, run);
    event.stoppedMs = event.context.life?.stoppedMs;
    return event;
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.later(delayMs, resolve);
    });
  }

  /**
   * Runs events until the task settles.
   *
   * @throws the task's error, the first fault, or an error if nothing is left to happen.
   */
  async run(task: () => Promise<void>): Promise<void> {
    const end = { isReached: false };
    task().then(
      () => {
        end.isReached = true;
      },
      (error: unknown) => {
        this.fail(error);
      },
    );
    await settlePromises();
    while (!end.isReached && this.fault === undefined) await this.step();
    if (this.fault !== undefined) throw this.fault.error as Error;
  }

  private async step(): Promise<void> {
    const event = this.queue.pop();
    if (event === undefined) throw new Error('nothing is left to happen, and a task still waits');
    if (event.isCancelled) return;
    this.elapsedMs = event.at;
    if (!this.isHandled(event)) return;
    this.events += 1;
    if (this.events > EVENTS_MAX) throw new Error('the schedule comes to no end');
    runIn(event.context, event.run);
    await settlePromises();
  }

  /** Whether the event's process handles it now: it neither crashed nor is halted. */
  private isHandled(event: VirtualEvent): boolean {
    const { life } = event.context;
    if (life === undefined) return true;
    if (life.isAlive && life.eventsLeft !== undefined && life.haltedUntil <= event.at) {
      life.eventsLeft -= 1;
      if (life.eventsLeft < 0) {
        life.eventsLeft = undefined;
        life.onEvents();
      }
    }
    if (!life.isAlive) return false;
    const { stoppedMs = life.stoppedMs } = event;
    const at = Math.max(event.at + life.stoppedMs - stoppedMs, life.haltedUntil);
    if (at <= event.at) return true;
    if (event.stoppedMs !== undefined) event.stoppedMs = life.stoppedMs;
    event.at = at;
    event.order = this.order++;
    this.queue.push(event);
    return false;
  }
}

/** Lets all promises settle whose time has come. */
function settlePromises(): Promise<void> {
  return new Promise((resolve) => {
    realSetImmediate(resolve);
  });
}
