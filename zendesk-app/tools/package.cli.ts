import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { buildApp, zipApp } from './build.js';
import { faultsOfApp } from './validation/validate.js';

const DEFAULT_OUT = 'dist/zendesk-app.zip';

/** `npm run app:package -- --manifest-url https://…/manifest.json [--out file.zip]` */
const { values } = parseArgs({
  options: { 'manifest-url': { type: 'string' }, out: { type: 'string', default: DEFAULT_OUT } },
});

try {
  const files = await buildApp(values['manifest-url'] ?? '');
  const faults = faultsOfApp(files);
  if (faults.length > 0) throw new Error(`Zendesk would refuse it:\n  - ${faults.join('\n  - ')}`);
  const zip = zipApp(files);
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, zip);
  console.log(
    `${values.out}: ${String(zip.length)} bytes, ${String(Object.keys(files).length)} files`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
