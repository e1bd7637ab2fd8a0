import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { currentContext } from './context.js';
import type { VirtualEvent } from './event-queue.js';
import type { VirtualTime } from './virtual-time.js';

const require = createRequire(import.meta.url);
type Callback = (...parameters: unknown[]) => void;

/** What `setTimeout` returns. */
class VirtualTimer {
  private event: VirtualEvent;

  constructor(
    private readonly time: VirtualTime,
    private readonly delayMs: number,
    private readonly callback: () => void,
    private readonly repeats: boolean,
  ) {
    this.event = this.start();
  }

  close(): void {
    this.event.isCancelled = true;
  }

  refresh(): this {
    this.close();
    this.event = this.start();
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return false;
  }

  private start(): VirtualEvent {
    return this.time.startTimer(this.delayMs, () => {
      if (this.repeats) this.event = this.start();
      this.callback();
    });
  }
}

/**
 * Replaces the process's clocks, timers and sources of random numbers by those of the schedule.
 *
 * @returns a function that puts the real ones back.
 */
export function installVirtualGlobals(time: VirtualTime): () => void {
  const start =
    (repeats: boolean) =>
    (callback: Callback, ms?: number, ...rest: unknown[]) =>
      new VirtualTimer(
        time,
        Math.max(1, ms ?? 1),
        () => {
          callback(...rest);
        },
        repeats,
      );
  const stop = (timer?: unknown): void => {
    if (timer instanceof VirtualTimer) timer.close();
  };
  const restores = [
    replace(globalThis, {
      setTimeout: start(false),
      setInterval: start(true),
      setImmediate: (callback: Callback, ...rest: unknown[]) =>
        new VirtualTimer(
          time,
          0,
          () => {
            callback(...rest);
          },
          false,
        ),
      clearTimeout: stop,
      clearInterval: stop,
      clearImmediate: stop,
    }),
    replace(Date, { now: () => time.localNow }),
    replace(performance, { now: () => time.localElapsedMs }),
    replace(Math, { random: () => currentContext().random.next() }),
    replace(AbortSignal, { timeout: (ms: number) => abortAfter(time, ms) }),
    replace(require('node:timers/promises') as object, {
      setTimeout: (ms?: number, value?: unknown) => waitFor(time, ms ?? 1, value),
      setImmediate: (value?: unknown) => waitFor(time, 0, value),
    }),
    replace(require('node:crypto') as object, { randomBytes, randomUUID }),
    disableUsedStorages(),
  ];
  syncBuiltinESMExports();
  return () => {
    for (const restore of restores) restore();
    syncBuiltinESMExports();
  };
}

/**
 * Disables the storages that the schedule used. Each one in use slows every promise down, and each
 * start of a replica makes new ones.
 */
function disableUsedStorages(): () => void {
  const used = new Set<AsyncLocalStorage<unknown>>();
  const run = Reflect.get(AsyncLocalStorage.prototype, 'run') as (
    ...parameters: unknown[]
  ) => unknown;
  const restore = replace(AsyncLocalStorage.prototype, {
    run(this: AsyncLocalStorage<unknown>, ...parameters: unknown[]): unknown {
      used.add(this);
      return run.apply(this, parameters);
    },
  });
  return () => {
    restore();
    for (const storage of used) storage.disable();
  };
}

function waitFor(time: VirtualTime, ms: number, value: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    time.startTimer(ms, () => {
      resolve(value);
    });
  });
}

function abortAfter(time: VirtualTime, ms: number): AbortSignal {
  const controller = new AbortController();
  time.startTimer(ms, () => {
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  });
  return controller.signal;
}

function randomBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  currentContext().random.fill(bytes);
  return bytes;
}

function randomUUID(): string {
  const hex = randomBytes(16).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function replace(target: object, replacements: Readonly<Record<string, unknown>>): () => void {
  const before = Object.fromEntries(
    Object.keys(replacements).map((name) => [name, Object.getOwnPropertyDescriptor(target, name)]),
  );
  for (const [name, value] of Object.entries(replacements)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [name, descriptor] of Object.entries(before)) {
      if (descriptor === undefined) Reflect.deleteProperty(target, name);
      else Object.defineProperty(target, name, descriptor);
    }
  };
}
