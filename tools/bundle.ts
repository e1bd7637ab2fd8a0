/**
 * Replaces the compiled `dist/main.js` with one file that contains the service and most of its
 * packages: Node needs most of a start to find and link thousands of small files
 * (docs/decisions/one-file.md). The commands and the thread of the ledger use the other files.
 */
import { readFileSync } from 'node:fs';
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

await build({
  entryPoints: [join(DIST, 'main.js')],
  outdir: DIST,
  allowOverwrite: true,
  bundle: true,
  // What is imported on demand gets a file of its own.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  external: EXTERNAL,
  banner: { js: REQUIRE },
  // Nest and the log name classes.
  keepNames: true,
  plugins: [keepPlaces(DIST)],
});

/** Keeps each file's own `import.meta.url`: files are read relative to it. */
function keepPlaces(dist: string): Plugin {
  return {
    name: 'places',
    setup: (bundler) => {
      bundler.onLoad({ filter: /\.js$/ }, ({ path }) => {
        if (!path.startsWith(dist)) return undefined;
        const url = `new URL(${JSON.stringify(relative(dist, path))}, import.meta.url).href`;
        const code = readFileSync(path, 'utf8');
        return { contents: code.replaceAll('import.meta.url', url), loader: 'js' };
      });
    },
  };
}
