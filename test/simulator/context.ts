import { AsyncLocalStorage } from 'node:async_hooks';
import { Random } from './random.js';

/** One process of the service, from its start until it crashes. */
export class Life {
  isAlive = true;
  /** Until this virtual time the process is halted: its events wait. */
  haltedUntil = 0;
  /** How long its timers and its clock for durations have stopped. */
  stoppedMs = 0;
  /** How many further events the process handles before `onEvents`; undefined for no limit. */
  eventsLeft: number | undefined;
  onEvents: () => void = () => undefined;

  constructor(
    readonly name: string,
    /** How far the process's clock is ahead. */
    public skewMs: number,
  ) {}
}

/** An operation of a call that leaves the process: a statement or a request to Instagram. */
export interface Operation {
  readonly label: string;
  /** Whether the other side has carried it out. */
  isDone: boolean;
}

/** A call that a process handles. */
export interface CallTrace {
  readonly kind: 'like' | 'state' | 'reply' | 'pull' | 'start';
  readonly name: string;
  /** The operations without an answer yet. */
  readonly pending: Set<Operation>;
}

/** Who runs the current code. Promises and virtual timers pass it on. */
export interface Context {
  readonly life: Life | undefined;
  readonly call: CallTrace | undefined;
  readonly random: Random;
}

const storage = new AsyncLocalStorage<Context>();
const OUTSIDE: Context = { life: undefined, call: undefined, random: new Random(0) };

export function currentContext(): Context {
  return storage.getStore() ?? OUTSIDE;
}

export function runIn<T>(context: Context, task: () => T): T {
  return storage.run(context, task);
}

/** The same context outside of the process, which a crash or halt does not reach. */
export function remote(context: Context): Context {
  return { ...context, life: undefined };
}
