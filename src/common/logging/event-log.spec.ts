import { describe, expect, it } from '@jest/globals';
import { EventLog } from './event-log.js';

describe('EventLog', () => {
  const logged = (write: (log: EventLog) => void): Record<string, unknown>[] => {
    const lines: string[] = [];
    write(new EventLog('info', { write: (line) => lines.push(line) }));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it('writes an event with its fields and an ISO time', () => {
    expect(
      logged((log) => {
        log.warn('zendesk.reports_failure', { type: 'channelback' });
      }),
    ).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        event: 'zendesk.reports_failure',
        type: 'channelback',
      },
    ]);
  });

  it('logs the kind and the place of an unexpected error, never its text', () => {
    const [line] = logged((log) => {
      try {
        JSON.parse('EAAplanted');
      } catch (error) {
        log.unexpected('event.failed', error);
      }
    });
    expect(line).toMatchObject({ event: 'event.failed', error: 'SyntaxError' });
    expect(line?.stack).toMatch(/event-log\.spec/);
    expect(JSON.stringify(line).includes('planted')).toBe(false);
  });

  it.each([
    ['in the error message', new Error('no\n    at EAAplanted (file:///x.js:1:1)')],
    [
      'in a message that was changed later',
      Object.assign(new Error('no\n    at EAAplanted'), { message: 'harmless' }),
    ],
  ])('does not log a line %s that looks like a stack frame', (_, error) => {
    const [line] = logged((log) => {
      log.unexpected('event.failed', error);
    });
    expect(line).toMatchObject({ error: 'Error' });
    expect(JSON.stringify(line).includes('planted')).toBe(false);
  });

  it('logs the code of a system error, and no other text in its place', () => {
    const system = Object.assign(new Error('planted'), { code: 'ENOSPC' });
    const odd = Object.assign(new Error('planted'), { code: 'planted text' });
    const lines = logged((log) => {
      log.unexpected('event.failed', system);
      log.unexpected('event.failed', odd);
      log.unexpected('event.failed', 'planted');
    });
    expect(lines.map((line) => line.error_code)).toEqual(['ENOSPC', undefined, undefined]);
    expect(JSON.stringify(lines).includes('planted')).toBe(false);
  });
});
