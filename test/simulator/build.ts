import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Options, transformSync } from '@swc/core';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = ['src', 'test/simulator', 'sandbox/zendesk'];
/** Inside the project, so the copy finds its packages. */
const OUTPUT = join(ROOT, 'node_modules', '.cache');

/** A change of one file. The text to replace occurs exactly once. */
export interface SourceChange {
  readonly file: string;
  readonly search: string;
  readonly replacement: string;
}

/** Each database is migrated before its schedule. The check needs most of a start's statements. */
const NO_MIGRATION: SourceChange = {
  file: 'src/ledger/database/database.ts',
  search: 'await migratePostgres(database);',
  replacement: '',
};

/**
 * Compiles the service and the simulator as the build does, because the types in constructors are
 * needed at run time.
 *
 * @param changes of the copy, for a mutant.
 * @returns the folder with the compiled files. The caller deletes it.
 */
export function compile(changes: readonly SourceChange[]): string {
  mkdirSync(OUTPUT, { recursive: true });
  const output = mkdtempSync(join(OUTPUT, 'simulator-'));
  const { jsc } = JSON.parse(readFileSync(join(ROOT, '.swcrc'), 'utf8')) as Options;
  const options: Options = {
    swcrc: false,
    ...(jsc === undefined ? {} : { jsc }),
    module: { type: 'es6' },
    sourceMaps: 'inline',
  };
  const all = [NO_MIGRATION, ...changes];
  const open = new Set(all);
  for (const file of listSources()) {
    let text = readFileSync(join(ROOT, file), 'utf8');
    for (const change of all.filter((each) => each.file === file)) {
      text = applyChange(text, change);
      open.delete(change);
    }
    const target = join(output, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, transformSync(text, { ...options, filename: join(ROOT, file) }).code);
  }
  for (const { file } of open) throw new Error(`there is no ${file}`);
  for (const file of ['package.json', 'manifest.json']) {
    symlinkSync(join(ROOT, file), join(output, file));
  }
  return output;
}

function listSources(): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.spec\.ts$|(?:^|\/)browser\//.test(file))
      .map((file) => `${folder}/${file}`),
  );
}

/** @throws if the text to replace does not occur exactly once. */
export function applyChange(text: string, { file, search, replacement }: SourceChange): string {
  const parts = text.split(search);
  if (parts.length === 2) return parts.join(replacement);
  throw new Error(`${file} contains ${String(parts.length - 1)} times: ${search}`);
}
