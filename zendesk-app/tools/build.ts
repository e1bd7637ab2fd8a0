import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { isManifestUrl } from './manifest-url.js';

/** The app's files by their path in the package. */
export type AppFiles = Readonly<Record<string, Uint8Array>>;

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const INTEGRATION_MANIFEST = path('../manifest.json');

/** A zip entry has a time; a fixed one makes the same files the same bytes. */
const ENTRY_TIME = new Date(2000, 0, 1);

/**
 * The app as Zendesk gets it.
 *
 * @param manifestUrl where the integration manifest is, as `isManifestUrl` takes it.
 */
export async function buildApp(manifestUrl: string): Promise<AppFiles> {
  const { href } = readManifestUrl(manifestUrl);
  return {
    'manifest.json': readFileSync(path('manifest.json')),
    'requirements.json': requirements(href),
    ...folder('translations'),
    ...folder('assets'),
    'assets/iframe.html': readFileSync(path('src/iframe.html')),
    ...(await bundle()),
  };
}

/** The files in one zip, whose bytes depend on nothing else. */
export function zipApp(files: AppFiles): Uint8Array {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const entries: Zippable = Object.fromEntries(
    sorted.map(([name, bytes]) => [name, [bytes, { level: 9, mtime: ENTRY_TIME }]]),
  );
  return zipSync(entries);
}

function readManifestUrl(text: string): URL {
  if (isManifestUrl(text)) return new URL(text);
  // It is not quoted: where it has a password, that would be shown.
  throw new Error(
    '--manifest-url must look like https://…/manifest.json: the https address of the service at which Zendesk reaches it, with /manifest.json and nothing after it, no user and no password',
  );
}

function requirements(manifestUrl: string): Uint8Array {
  const json = JSON.parse(readFileSync(path('requirements.json'), 'utf8')) as {
    channel_integrations: Record<string, { manifest_url: string }>;
  };
  for (const integration of Object.values(json.channel_integrations)) {
    integration.manifest_url = manifestUrl;
  }
  return strToU8(`${JSON.stringify(json, null, 2)}\n`);
}

function folder(name: string): AppFiles {
  return Object.fromEntries(
    readdirSync(path(name)).map((file) => [
      `${name}/${file}`,
      readFileSync(path(`${name}/${file}`)),
    ]),
  );
}

async function bundle(): Promise<AppFiles> {
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
