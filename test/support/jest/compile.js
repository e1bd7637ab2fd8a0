import { readFileSync } from 'node:fs';
import { fileURLToPath, URL } from 'node:url';
import { transformSync } from '@swc/core';

const build = JSON.parse(readFileSync(new URL('../../../.swcrc', import.meta.url), 'utf8'));
// Node requires the type of a JSON import.
const experimental = { ...build.jsc.experimental, keepImportAttributes: true };
const jsc = { ...build.jsc, experimental };

/** Compiles a TypeScript file to an ES module, with SWC like the build. */
export function compile(url, sourceMaps) {
  const filename = fileURLToPath(url);
  const options = { filename, jsc, module: { type: 'es6' }, sourceMaps, swcrc: false };
  return transformSync(readFileSync(filename, 'utf8'), options);
}
