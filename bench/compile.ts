import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFileSync } from '@swc/core';

const BENCH = fileURLToPath(new URL('./', import.meta.url));
/** What runs in processes of their own. */
const FOLDERS = ['origin', 'peers', 'load'];

/** Compiles the origin and the peers as the build compiles the service. */
export function compile(target: string): void {
  for (const folder of FOLDERS) {
    for (const name of readdirSync(join(BENCH, folder))) {
      const output = join(target, folder, name.replace(/\.ts$/, '.js'));
      const { code } = transformFileSync(join(BENCH, folder, name), { sourceMaps: false });
      mkdirSync(dirname(output), { recursive: true });
      writeFileSync(output, code);
    }
  }
  writeFileSync(join(target, 'package.json'), '{"type":"module"}');
}
