import { Writable } from 'node:stream';
import { EventLog } from '../../src/common/logging/event-log.js';

/** An event log that keeps its lines. */
export class CapturedLog {
  readonly lines: string[] = [];
  readonly log: EventLog;

  constructor(level = 'trace') {
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done): void => {
        this.lines.push(chunk.toString().trim());
        done();
      },
    });
    this.log = new EventLog(level, stream);
  }

  /** The events with a name, as objects. */
  events(name: string): Record<string, unknown>[] {
    return this.lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ event }) => event === name);
  }

  /** Whether the log contains a text. A failing test does not print the line. */
  mentions(text: string): boolean {
    return this.lines.some((line) => line.includes(text));
  }
}
