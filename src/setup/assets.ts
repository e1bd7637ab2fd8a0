import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A file that the pages load. Its address changes with it, so that a browser may keep it. */
export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/** Zendesk Garden: how Zendesk's own pages look. */
const GARDEN = ['bedrock', 'buttons', 'forms', 'tables', 'callouts'];

const require = createRequire(import.meta.url);
const own = (name: string): string =>
  readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8');

export const ASSETS = {
  style: asset(
    'setup.css',
    'text/css; charset=utf-8',
    [
      ...GARDEN.map((part) =>
        readFileSync(require.resolve(`@zendeskgarden/css-${part}/dist/index.css`), 'utf8'),
      ),
      own('setup.css'),
    ].join('\n'),
  ),
  script: asset('setup.js', 'text/javascript; charset=utf-8', own('setup.js')),
} as const;

function asset(name: string, type: string, text: string): Asset {
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  return { path: `/admin/assets/${hash}/${name}`, type, text };
}
