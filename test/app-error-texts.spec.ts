import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { ERROR_CODES } from '../src/domain/error-codes.js';
import { ROOT } from './support/run.js';

it.each(['de', 'en', 'es', 'fr', 'ja'])(
  'the app has a sentence in %s for each error code of the service',
  (language) => {
    const file = join(ROOT, 'zendesk-app/translations', `${language}.json`);
    const { sidebar } = JSON.parse(readFileSync(file, 'utf8')) as { sidebar: object };
    const codes = Object.keys(sidebar)
      .filter((name) => name.startsWith('error_') && name !== 'error_code')
      .map((name) => name.slice('error_'.length));
    expect(codes.sort()).toEqual([...ERROR_CODES].sort());
  },
);
