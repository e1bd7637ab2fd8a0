/** Hooks of Node's module loader for the files that Jest runs. */
import { existsSync } from 'node:fs';
import { URL } from 'node:url';
import { compile } from './compile.js';

const GLOBALS = new URL('globals.js', import.meta.url).href;

export function resolve(specifier, context, next) {
  if (specifier === '@jest/globals') return { url: GLOBALS, shortCircuit: true };
  const { parentURL } = context;
  if (parentURL?.endsWith('.ts') && /^\.{1,2}\/.*\.js$/.test(specifier)) {
    const { href } = new URL(specifier.replace(/\.js$/, '.ts'), parentURL);
    if (existsSync(new URL(href))) return { url: href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  return { format: 'module', source: compile(url, false).code, shortCircuit: true };
}
