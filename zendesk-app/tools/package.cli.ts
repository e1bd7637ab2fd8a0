import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { buildApp, zipApp } from './build.js';
import { isOfThisMachine } from './manifest-url.js';
import { faultsOfApp } from './validation/validate.js';

const DEFAULT_OUT = 'zendesk-app.zip';

const USAGE = `Usage: npm run app:package -- --manifest-url https://…/manifest.json [--out ${DEFAULT_OUT}]`;
const OPTIONS = {
  'manifest-url': { type: 'string' },
  out: { type: 'string', default: DEFAULT_OUT },
} as const;

try {
  const { values } = readOptions();
  const manifestUrl = values['manifest-url'] ?? '';
  const files = await buildApp(manifestUrl);
  const faults = faultsOfApp(files);
  if (faults.length > 0) throw new Error(`Zendesk would refuse it:\n  - ${faults.join('\n  - ')}`);
  const zip = zipApp(files);
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, zip);
  console.log(
    `${values.out}: ${String(zip.length)} bytes, ${String(Object.keys(files).length)} files`,
  );
  if (isOfThisMachine(manifestUrl)) {
    console.log('It is for the sandbox: Zendesk cannot reach a manifest on this machine.');
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
