import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { SETUP_PATHS } from './setup-paths.js';
import { PAGE_CONSTANTS } from './views/page-ids.js';

/** A file for the pages. The path contains a hash of the text, so browsers may cache it. */
interface Asset {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/** Zendesk Garden, which styles Zendesk's own pages. */
const GARDEN = ['bedrock', 'buttons', 'forms', 'tables', 'callouts'];

const require = createRequire(import.meta.url);
const readOwn = (name: string): string =>
  readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8');

export const ASSETS = {
  style: asset(
    'setup.css',
    'text/css; charset=utf-8',
    [
      ...GARDEN.map((part) =>
        readFileSync(require.resolve(`@zendeskgarden/css-${part}/dist/index.css`), 'utf8'),
      ),
      readOwn('setup.css'),
    ].join('\n'),
  ),
  script: asset(
    'setup.js',
    'text/javascript; charset=utf-8',
    `const PAGE = ${JSON.stringify(PAGE_CONSTANTS)};\n${readOwn('setup.js')}`,
  ),
} as const;

function asset(name: string, type: string, text: string): Asset {
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  return { path: `${SETUP_PATHS.assets}/${hash}/${name}`, type, text };
}
