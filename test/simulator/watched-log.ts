import { EventLog } from '../../src/common/logging/event-log.js';
import type { EventName, LogEvents } from '../../src/common/logging/events.js';

/** The service's log, without output. Reports a rule that the service itself finds broken. */
export class WatchedLog extends EventLog {
  constructor(private readonly onBroken: (error: Error) => void) {
    super('silent');
  }

  override write<Name extends EventName>(
    _level: string,
    event: Name,
    fields?: Partial<LogEvents[Name]>,
  ): void {
    if (event !== 'invariant.broken') return;
    const { rule } = fields as Partial<LogEvents['invariant.broken']>;
    this.onBroken(new Error(`invariant: ${String(rule)}`));
  }

  /** Formats no stack: each takes as long as several statements. */
  override unexpected(): void {
    return;
  }
}
