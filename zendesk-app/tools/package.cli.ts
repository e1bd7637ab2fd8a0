import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { buildApp, zipApp } from './build.js';
import { isLoopbackUrl } from './manifest-url.js';
import { validateApp } from './validate-app.js';

const DEFAULT_OUT = 'zendesk-app.zip';

const USAGE =
  'Usage: npm run app:package -- --manifest-url https://…/manifest.json ' +
  `[--out ${DEFAULT_OUT}]`;
const OPTIONS = {
  'manifest-url': { type: 'string' },
  out: { type: 'string', default: DEFAULT_OUT },
} as const;

try {
  const { values } = readOptions();
  const manifestUrl = values['manifest-url'] ?? '';
  const files = await buildApp(manifestUrl);
  const problems = validateApp(files);
  if (problems.length > 0) {
    throw new Error(`The package has problems:\n  - ${problems.join('\n  - ')}`);
  }
  const zip = zipApp(files);
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, zip);
  console.log(
    `${values.out}: ${String(zip.length)} bytes, ${String(Object.keys(files).length)} files`,
  );
  if (isLoopbackUrl(manifestUrl)) {
    console.log('Only the sandbox can use it: Zendesk cannot reach a manifest on this machine.');
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function readOptions(): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>> {
  try {
    return parseArgs({ options: OPTIONS });
  } catch {
    throw new Error(USAGE);
  }
}
