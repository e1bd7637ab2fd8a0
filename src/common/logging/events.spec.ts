import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the catalogue of log events', () => {
  it('has the events that docs/operations.md describes', () => {
    const [, catalogue = ''] = read('./events.ts').split('export interface LogEvents {');
    const declared = [...catalogue.matchAll(/^ {2}'([\w.]+)':/gm)].map(([, name]) => name);
    const [, section = ''] = read('../../../docs/operations.md').split('\n## Log\n');
    const entries = section.split('\nWatch for:')[0]?.match(/^- `.*?:/gm) ?? [];
    const described = entries.flatMap((entry) =>
      [...entry.matchAll(/`([\w.]+)`/g)].map(([, name]) => name),
    );
    expect(described.sort()).toEqual(declared.sort());
  });
});
