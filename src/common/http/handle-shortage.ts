import type { EventLog } from '../logging/event-log.js';
import type { FailureFields } from '../logging/events.js';
import { Tally } from '../logging/tally.js';

/** No file or connection can be opened: the limit of the process, or of the machine, is reached. */
const SHORTAGES: readonly unknown[] = ['EMFILE', 'ENFILE'];

/** Reports that the process ran out of handles, wherever a call noticed it. */
export class HandleShortage {
  private readonly tally: Tally;

  constructor(log: EventLog) {
    this.tally = new Tally((count) => {
      log.error('handles.exhausted', { count });
    });
  }

  /** @param code of an error of the system, if there was one. */
  note(code: unknown): void {
    if (SHORTAGES.includes(code)) this.tally.add();
  }

  /** Notes a shortage that made a call to Instagram or the database fail. */
  noteFailure({ network_error, database_code }: FailureFields = {}): void {
    this.note(network_error ?? database_code);
  }
}
