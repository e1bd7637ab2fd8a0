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
    plugins: [keepPlaces(folder)],
  });
}

/** Keeps each file's own `import.meta.url`: files are read relative to it. */
function keepPlaces(folder: string): Plugin {
  return {
    name: 'places',
    setup: (bundler) => {
      bundler.onLoad({ filter: /\.js$/ }, ({ path }) => {
        if (!path.startsWith(DIST)) return undefined;
        const url = `new URL(${JSON.stringify(relative(folder, path))}, import.meta.url).href`;
        const code = readFileSync(path, 'utf8');
        return { contents: code.replaceAll('import.meta.url', url), loader: 'js' };
      });
    },
  };
}
