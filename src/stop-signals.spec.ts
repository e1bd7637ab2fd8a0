import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { CapturedLog } from '../test/support/capture.js';
import { Drain } from './common/http/drain.js';
import { stopOnSignals } from './stop-signals.js';

/** Longer than a test: only a second signal can end the delay. */
const FOREVER_MS = 60_000;

function watch(delayMs: number, close = (): Promise<void> => Promise.resolve()) {
  const signals = new EventEmitter();
  const drain = new Drain();
  const logs = new CapturedLog();
  const steps: string[] = [];
  const ended = new Promise<{ signal: string; failed: boolean }>((resolve) => {
    stopOnSignals(
      {
        drain,
        log: logs.log,
        delayMs,
        close: () => {
          steps.push('closing');
          return close();
        },
        end: (signal, failed) => {
          steps.push('ended');
          resolve({ signal, failed });
        },
      },
      signals,
    );
  });
  return { signals, drain, logs, steps, ended };
}

describe('stopOnSignals', () => {
  it('is not ready at once, and closes only after the delay or a second signal', async () => {
    const { signals, drain, logs, steps, ended } = watch(FOREVER_MS);
    expect(drain.isDraining).toBe(false);
    signals.emit('SIGTERM', 'SIGTERM');
    expect(drain.isDraining).toBe(true);
    await nextTurn();
    expect(steps).toEqual([]);
    signals.emit('SIGINT', 'SIGINT');
    expect(await ended).toEqual({ signal: 'SIGTERM', failed: false });
    expect(steps).toEqual(['closing', 'ended']);
    expect(logs.events('service.stopping')).toMatchObject([
      { signal: 'SIGTERM', delay_ms: FOREVER_MS },
    ]);
    expect(signals.listenerCount('SIGTERM')).toBe(0);
  });

  it('closes without a second signal when the delay is over', async () => {
    const { signals, steps, ended } = watch(1);
    signals.emit('SIGINT', 'SIGINT');
    await ended;
    expect(steps).toEqual(['closing', 'ended']);
  });

  it('ends as failed, and logs it, if closing fails', async () => {
    const { signals, logs, ended } = watch(0, () => Promise.reject(new Error('planted')));
    signals.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toEqual({ signal: 'SIGTERM', failed: true });
    expect(logs.events('service.failed_to_stop')).toHaveLength(1);
    expect(logs.mentions('planted')).toBe(false);
  });

  it('goes on after SIGHUP, and logs the first one', () => {
    const { signals, drain, logs, steps } = watch(0);
    signals.emit('SIGHUP', 'SIGHUP');
    signals.emit('SIGHUP', 'SIGHUP');
    expect(drain.isDraining).toBe(false);
    expect(steps).toEqual([]);
    expect(logs.events('service.hangup_ignored')).toHaveLength(1);
  });
});
