/**
 * Replaces the compiled `dist/main.js` with one file that contains the service and most of its
 * packages: Node needs most of a start to find and link thousands of small files
 * (docs/decisions/one-file.md). The commands share a few such files, and so does the thread of the
 * ledger.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { EXTERNAL } from './external-packages.js';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));

/** CommonJS packages in the bundle call `require` for Node's own modules. */
const REQUIRE = `
import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
`;

/** A class at the top of a compiled file. SWC leaves its comment on the same line. */
const CLASS = /^(?:.*\*\/ )?(?:export )?(?:class (\w+)|let (\w+) = class )/gm;

const COMMANDS = join(DIST, 'cli');
const THREAD = join(DIST, 'ledger/sqlite');

await bundle(DIST, ['main.js'], 'chunks/[name]-[hash]');
await bundle(
  COMMANDS,
  readdirSync(COMMANDS).filter((name) => name.endsWith('.cli.js')),
  '[name]-[hash]',
);
await bundle(THREAD, ['sqlite-worker.js'], '[name]-[hash]');

async function bundle(folder: string, names: string[], chunkNames: string): Promise<void> {
  await build({
    entryPoints: names.map((name) => join(folder, name)),
    outdir: folder,
    allowOverwrite: true,
    bundle: true,
    // What is imported on demand, or by several commands, gets a file of its own.
    splitting: true,
    chunkNames,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: [...EXTERNAL],
    banner: { js: REQUIRE },
    plugins: [keepPlacesAndNames(folder)],
  });
}

/**
 * Keeps each file's own `import.meta.url`, because files are read relative to it, and the names of
 * its classes, because the OpenAPI document contains them. esbuild's own `keepNames` would also
 * name every function, each time it is made.
 */
function keepPlacesAndNames(folder: string): Plugin {
  return {
    name: 'places-and-names',
    setup: (bundler) => {
      bundler.onLoad({ filter: /\.js$/ }, ({ path }) => {
        if (!path.startsWith(DIST)) return undefined;
        const url = `new URL(${JSON.stringify(relative(folder, path))}, import.meta.url).href`;
        const code = readFileSync(path, 'utf8');
        const names = [...code.matchAll(CLASS)].map(
          ([, plain, decorated = plain]) =>
            `Object.defineProperty(${String(decorated)}, 'name', { value: '${String(decorated)}' });`,
        );
        const lines = [code.replaceAll('import.meta.url', url), ...names];
        return { contents: lines.join('\n'), loader: 'js' };
      });
    },
  };
}
