import { describe, expect, it } from '@jest/globals';
import { EventLog } from './event-log.js';
import { readEvents } from './log-reader.js';

describe('readEvents', () => {
  it('returns the lines of one event that the log wrote', () => {
    const lines: string[] = [];
    const log = new EventLog('info', { write: (line) => lines.push(line) });
    log.info('person.forgotten', { comments: 1 });
    log.info('privacy.deauthorized', { accounts: 2 });
    log.info('person.forgotten', { comments: 3 });
    const events = readEvents(lines.join(''), 'person.forgotten');
    expect(events.map(({ comments }) => comments)).toEqual([1, 3]);
  });

  it('skips lines that are no JSON object or try to change the prototype', () => {
    const log = ['', 'Error: no JSON', '[]', 'null', '{"event":"person.forgotten","__proto__":{}}'];
    expect(readEvents(log.join('\n'), 'person.forgotten')).toEqual([]);
  });
});
