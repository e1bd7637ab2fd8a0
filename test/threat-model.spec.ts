import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './support/run.js';

const text = readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8');
/** `path/to/x.spec.ts`: "the title of a test", or the beginning of one. */
const named = [...text.matchAll(/`([\w./-]+\.spec\.ts)`: "([^"]+)"/g)].map(
  ([, path = '', title = '']) => [path, title] as const,
);
const requirements = [...text.matchAll(/^\| (\d+\.\d+\.\d+) +\| (\w+) +\|/gm)].map(
  ([, id = '', state = '']) => [id, state] as const,
);

describe('docs/threat-model.md', () => {
  it.each(named)('names an existing test of %s: %s', (path, title) => {
    const file = join(ROOT, path);
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8').replaceAll("\\'", "'")).toContain(title);
  });

  it('names at least one test for each threat', () => {
    const threats =
      text
        .split(/^## Threats$/m)[1]
        ?.split(/^## /m)[0]
        ?.split(/^- \*\*/m) ?? [];
    expect(threats.length).toBeGreaterThan(25);
    const bare = threats.slice(1).filter((threat) => !threat.includes('.spec.ts`: "'));
    expect(bare).toEqual([]);
  });

  it('states once for each ASVS requirement whether it is met', () => {
    expect(requirements.length).toBeGreaterThan(150);
    expect(new Set(requirements.map(([id]) => id)).size).toBe(requirements.length);
    for (const [, state] of requirements) expect(['met', 'open', 'operator']).toContain(state);
  });
});
