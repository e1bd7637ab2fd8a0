import { format, inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { EventLog } from '../common/logging/event-log.js';
import { Secret } from './secret.js';

describe('Secret', () => {
  const secret = new Secret('planted');

  it.each([
    ['a template', `${secret.toString()} ${String(secret)}`],
    ['JSON', JSON.stringify({ secret })],
    ['inspect', inspect({ secret }, { showHidden: true, depth: 9 })],
    ['format', format('%s %o %j', secret, secret, secret)],
    ['its keys', JSON.stringify(Object.entries(secret))],
    ['a log line', logged()],
  ])('does not show in %s', (_, text) => {
    expect(text.includes('planted')).toBe(false);
  });

  it('is returned by reveal()', () => {
    expect(secret.reveal()).toBe('planted');
  });

  function logged(): string {
    const lines: string[] = [];
    const log = new EventLog('info', { write: (line) => lines.push(line) });
    log.info('person.forgotten', { comments: secret as unknown as number });
    expect(lines).toHaveLength(1);
    return lines.join('');
  }
});
