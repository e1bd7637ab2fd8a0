import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { isManifestUrl } from './manifest-url.js';

/** The app's files by their path in the package. */
export type AppFiles = Readonly<Record<string, Uint8Array>>;

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const INTEGRATION_MANIFEST = path('../manifest.json');

/** Each zip entry has a time. A fixed one gives the same bytes for the same files. */
const ENTRY_TIME = new Date(2000, 0, 1);

/**
 * Builds the files of the package.
 *
 * @param manifestUrl the integration manifest's address. `isManifestUrl` must accept it.
 */
export async function buildApp(manifestUrl: string): Promise<AppFiles> {
  const { href } = parseManifestUrl(manifestUrl);
  return {
    'manifest.json': readFileSync(path('manifest.json')),
    'requirements.json': buildRequirements(href),
    ...readFolder('translations'),
    ...readFolder('assets'),
    'assets/iframe.html': readFileSync(path('src/iframe.html')),
    ...(await bundleSource()),
  };
}

/** Packs the files. The bytes of the zip depend on the files alone. */
export function zipApp(files: AppFiles): Uint8Array {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const entries: Zippable = Object.fromEntries(
    sorted.map(([name, bytes]) => [name, [bytes, { level: 9, mtime: ENTRY_TIME }]]),
  );
  return zipSync(entries);
}

function parseManifestUrl(text: string): URL {
  if (isManifestUrl(text)) return new URL(text);
  // The message does not quote the address, which may contain a password.
  throw new Error(
    '--manifest-url must look like https://…/manifest.json: the https address at which Zendesk ' +
      'reaches the service, followed by /manifest.json, without user, password, query or hash',
  );
}

function buildRequirements(manifestUrl: string): Uint8Array {
  const json = JSON.parse(readFileSync(path('requirements.json'), 'utf8')) as {
    channel_integrations: Record<string, { manifest_url: string }>;
  };
  for (const integration of Object.values(json.channel_integrations)) {
    integration.manifest_url = manifestUrl;
  }
  return strToU8(`${JSON.stringify(json, null, 2)}\n`);
}

function readFolder(name: string): AppFiles {
  return Object.fromEntries(
    readdirSync(path(name)).map((file) => [
      `${name}/${file}`,
      readFileSync(path(`${name}/${file}`)),
    ]),
  );
}

async function bundleSource(): Promise<AppFiles> {
  const { id } = JSON.parse(readFileSync(INTEGRATION_MANIFEST, 'utf8')) as { id: string };
  const { outputFiles } = await build({
    entryPoints: [path('src/main.ts')],
    absWorkingDir: path(''),
    outdir: path('assets'),
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'eof',
    banner: { js: '/*! Icons: Zendesk Garden, copyright Zendesk, Inc., Apache License 2.0 */' },
    loader: { '.svg': 'text' },
    define: { MANIFEST_ID: JSON.stringify(id) },
  });
  return Object.fromEntries(
    outputFiles.map(({ path: file, contents }) => [
      `assets/${file.replaceAll('\\', '/').split('/').at(-1) ?? ''}`,
      contents,
    ]),
  );
}
