import { readFileSync } from 'node:fs';
import { fileURLToPath, URL } from 'node:url';
import { transformSync } from '@swc/core';

const { jsc } = JSON.parse(readFileSync(new URL('../../../.swcrc', import.meta.url), 'utf8'));

/** Compiles a TypeScript file to an ES module, with SWC like the build. */
export function compile(url, sourceMaps) {
  const filename = fileURLToPath(url);
  const options = { filename, jsc, module: { type: 'es6' }, sourceMaps, swcrc: false };
  return transformSync(readFileSync(filename, 'utf8'), options);
}
