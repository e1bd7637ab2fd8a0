/**
 * Writes what the image contains: the bundles of `dist`, the files that they read, and the packages
 * that stay outside the bundles (docs/decisions/small-image.md). It copies the packages that
 * `npm ci` installed, so their versions are those of `package-lock.json`.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isExternal } from './external-packages.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const APP = join(ROOT, 'image/app');
/** The folder for SQLite's file: empty, so that its owner can be the service's user. */
const DATA = join(ROOT, 'image/data');

/** Writes a file for the source's folder, which the image does not contain. */
const DEVELOPERS_COMMAND = 'openapi.cli.js';
/** Files that Node never loads. */
const NOT_LOADED = /\.(?:map|d\.[cm]?ts)$|\/(?:README|CHANGELOG)\.md$/i;
/** Of the SQLite driver: the source of its binary, and the binaries. */
const DRIVER = 'node_modules/@photostructure/sqlite/';
const DRIVER_BINARY = `${DRIVER}prebuilds/${process.platform}-${process.arch}`;

interface LockedPackage {
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}
type LockedPackages = Readonly<Record<string, LockedPackage>>;

rmSync(join(ROOT, 'image'), { recursive: true, force: true });
mkdirSync(DATA, { recursive: true });
for (const path of [
  'package.json',
  'manifest.json',
  'LICENSE',
  'dist/main.js',
  'dist/chunks',
  'dist/setup/assets',
  'dist/setup/translations',
  ...filesOf('dist/cli', /\.cli\.js$|-[A-Z0-9]{8}\.js$/).filter(
    (path) => !path.endsWith(DEVELOPERS_COMMAND),
  ),
  ...filesOf('dist/ledger/sqlite', /\/sqlite-worker\.js$|-[A-Z0-9]{8}\.js$/),
  ...packagesOutside(),
]) {
  copy(path);
}

/** The folders of the packages outside the bundle and of their dependencies. */
function packagesOutside(): Set<string> {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: LockedPackages;
  };
  const found = new Set<string>();
  const add = (folder: string): void => {
    if (found.has(folder)) return;
    found.add(folder);
    for (const name of Object.keys(packages[folder]?.dependencies ?? {})) {
      add(findPackage(packages, folder, name));
    }
  };
  Object.entries(packages)
    .filter(([folder, { dev }]) => dev !== true && isExternal(folder.slice('node_modules/'.length)))
    .forEach(([folder]) => {
      add(folder);
    });
  return found;
}

/** Looks for a dependency as Node does: in the package's own folder, then in those above it. */
function findPackage(packages: LockedPackages, from: string, name: string): string {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    const candidate = `${folder}/node_modules/${name}`;
    if (candidate in packages) return candidate;
    if (!folder.includes('/node_modules/')) break;
  }
  const top = `node_modules/${name}`;
  if (!(top in packages)) throw new Error(`package-lock.json has no ${name}, which ${from} needs`);
  return top;
}

function filesOf(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(ROOT, folder))
    .map((name) => `${folder}/${name}`)
    .filter((path) => pattern.test(path));
}

function copy(path: string): void {
  cpSync(join(ROOT, path), join(APP, path), {
    recursive: true,
    filter: (source) => isLoaded(source.slice(ROOT.length), path),
  });
}

/** @param root what is copied: packages inside a package are copied by themselves. */
function isLoaded(path: string, root: string): boolean {
  if (path.slice(root.length).startsWith('/node_modules')) return false;
  if (NOT_LOADED.test(path)) return false;
  if (path.startsWith(`${DRIVER}src`)) return false;
  return !path.startsWith(`${DRIVER}prebuilds/`) || path.startsWith(DRIVER_BINARY);
}
