/**
 * Replaces the compiled `dist/main.js` with one file that contains the service and most of its
 * packages: Node needs most of a start to find and link thousands of small files
 * (docs/decisions/one-file.md). The commands share a few such files. The thread of the ledger uses
 * the other files.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));

/** Packages that stay in `node_modules`. */
const EXTERNAL = [
  // They find files of their own: a binary, a thread, style sheets, Swagger UI.
  '@photostructure/sqlite',
  'pino',
  '@zendeskgarden/*',
  'swagger-ui-dist',
  // They load packages by name at run time, or are loaded so by others, and must exist once.
  'fastify',
  '@fastify/*',
  'class-transformer',
  'class-validator',
  'pg',
  // Optional packages of Nest, which are not installed.
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
];

/** CommonJS packages in the bundle call `require` for Node's own modules. */
const REQUIRE = `
import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
`;

/** A class at the top of a compiled file. SWC leaves its comment on the same line. */
const CLASS = /^(?:.*\*\/ )?(?:export )?(?:class (\w+)|let (\w+) = class )/gm;

const COMMANDS = join(DIST, 'cli');

await bundle(DIST, ['main.js'], 'chunks/[name]-[hash]');
await bundle(
  COMMANDS,
  readdirSync(COMMANDS).filter((name) => name.endsWith('.cli.js')),
  '[name]-[hash]',
);

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
    external: EXTERNAL,
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
