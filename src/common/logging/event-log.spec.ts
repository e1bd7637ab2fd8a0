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
        log.warn('like.refused', { code: 4 });
      }),
    ).toEqual([
      {
        level: 40,
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        event: 'like.refused',
        code: 4,
      },
    ]);
  });

  it('keeps the kind and the place of an unforeseen error, never its text', () => {
    const [line] = logged((log) => {
      try {
        JSON.parse('EAAplanted');
      } catch (error) {
        log.unexpected('x.failed', error);
      }
    });
    expect(line).toMatchObject({ event: 'x.failed', error: 'SyntaxError' });
    expect(line?.stack).toMatch(/event-log\.spec/);
    expect(JSON.stringify(line).includes('planted')).toBe(false);
  });

  it.each([
    ['in its text', new Error('no\n    at EAAplanted (file:///x.js:1:1)')],
    [
      'in a text that was changed later',
      Object.assign(new Error('no\n    at EAAplanted'), { message: 'harmless' }),
    ],
  ])('does not mistake what looks like a place %s for one', (_, error) => {
    const [line] = logged((log) => {
      log.unexpected('x.failed', error);
    });
    expect(line).toMatchObject({ error: 'Error' });
    expect(JSON.stringify(line).includes('planted')).toBe(false);
  });

  it('keeps the code of a system error, but not of anything that only looks like one', () => {
    const system = Object.assign(new Error('planted'), { code: 'ENOSPC' });
    const odd = Object.assign(new Error('planted'), { code: 'planted text' });
    const lines = logged((log) => {
      log.unexpected('a', system);
      log.unexpected('b', odd);
      log.unexpected('c', 'planted');
    });
    expect(lines.map((line) => line.error_code)).toEqual(['ENOSPC', undefined, undefined]);
    expect(JSON.stringify(lines).includes('planted')).toBe(false);
  });
});
