import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES, ERRORS } from '../src/domain/error-codes.js';
import { ROOT } from './support/run.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The text of a document from this heading to the next one. */
function readSection(path: string, heading: string): string {
  const [, after = ''] = read(path).split(`\n${heading}\n`);
  return after.split(/^#/m)[0] ?? '';
}

describe('the table of error codes', () => {
  const section = readSection('docs/protocol.md', '### Errors');

  it('is the table of docs/protocol.md, with every status', () => {
    const rows = [...section.matchAll(/^\| `(\w+)` +\| (\d+) +\|/gm)];
    expect(rows.map(([, code, status]) => [code, Number(status)])).toEqual(
      ERROR_CODES.map((code) => [code, ERRORS[code].status]),
    );
  });

  const unknownEffect = ERROR_CODES.filter((code) => ERRORS[code].effect === 'unknown');

  it('has the codes with unknown effect of docs/protocol.md', () => {
    const [, sentence = ''] = /^After (.+), the like may have been set/m.exec(section) ?? [];
    expect(readQuoted(sentence, '`')).toEqual(unknownEffect);
  });

  it('has the codes with unknown effect of the sidebar app', () => {
    const source = read('zendesk-app/src/failure.ts');
    const [, list = ''] = /^const UNKNOWN_EFFECT = \[([^\]]*)\];$/m.exec(source) ?? [];
    expect(readQuoted(list, "'")).toEqual(unknownEffect);
  });
});

function readQuoted(text: string, quote: string): string[] {
  return text.split(quote).filter((_, index) => index % 2 === 1);
}
