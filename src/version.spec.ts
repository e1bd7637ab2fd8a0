import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { VERSION } from './version.js';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

describe('VERSION', () => {
  it('is a release that CHANGELOG.md describes', () => {
    expect(VERSION).toMatch(/^\d+\.\d+\.\d+$/);
    expect(read('CHANGELOG.md')).toContain(`\n## [${VERSION}] - 20`);
  });

  it('is the version of the app in the ticket’s sidebar', () => {
    expect(JSON.parse(read('zendesk-app/manifest.json'))).toMatchObject({ version: VERSION });
  });
});
