import type { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import type { Drain } from './common/http/drain.js';
import type { EventLog } from './common/logging/event-log.js';

/** The signals that stop the service. */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** Shells and engines report a signal as this status and its number (POSIX: above 128). */
const SIGNAL_STATUS = 128;

interface Stop {
  readonly drain: Drain;
  readonly log: EventLog;
  /** `SHUTDOWN_DELAY_MS`. */
  readonly delayMs: number;
  /** Closes the listener, waits for the running calls and closes the database. */
  readonly close: () => Promise<void>;
  /** Ends the process after `close`. `failed` says that `close` failed. */
  readonly end: (signal: StopSignal, failed: boolean) => void;
}

/**
 * Stops the service at SIGTERM or SIGINT. It reports "not ready" at once and goes on serving for
 * the delay, so a load balancer sends the next calls elsewhere before the listener closes. A
 * second signal ends the delay. SIGHUP, which a closed terminal sends, does not stop a service.
 *
 * @param signals emits the signals; the process itself, except in tests.
 */
export function stopOnSignals(
  { drain, log, delayMs, close, end }: Stop,
  signals: EventEmitter = process,
): void {
  let shorten: (() => void) | undefined;
  const stop = async (signal: StopSignal): Promise<void> => {
    drain.start();
    log.info('service.stopping', { signal, delay_ms: delayMs });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      shorten = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    let failed = false;
    try {
      await close();
    } catch (error) {
      failed = true;
      log.unexpected('service.failed_to_stop', error);
    }
    for (const name of STOP_SIGNALS) signals.off(name, onSignal);
    end(signal, failed);
  };
  const onSignal = (signal: StopSignal): void => {
    if (shorten === undefined) void stop(signal);
    else shorten();
  };
  for (const name of STOP_SIGNALS) signals.on(name, onSignal);
  let hungUp = false;
  signals.on('SIGHUP', () => {
    if (!hungUp) log.warn('service.hangup_ignored');
    hungUp = true;
  });
}

/** Ends the process as the signal would, so a supervisor sees why it ended. */
export function endProcess(signal: StopSignal, failed: boolean): void {
  if (failed) process.exit(1);
  // The kernel ignores a signal that the first process of a container sends to itself.
  if (process.pid === 1) process.exit(SIGNAL_STATUS + constants.signals[signal]);
  process.kill(process.pid, signal);
}
