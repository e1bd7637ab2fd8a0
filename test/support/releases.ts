import { cpSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ROOT } from './run.js';

/** The version of `makeNextVersion`. */
export const NEXT_VERSION = '99.1.0';
const NEXT_MIGRATION = '9000-next';

/** Unpacks the build of a released version into a new folder (`test/fixtures/releases`). */
export function unpackRelease(version: string, folder: string): void {
  const packed = readFileSync(join(ROOT, `test/fixtures/releases/${version}.json.gz`));
  const files = JSON.parse(gunzipSync(packed).toString()) as Record<string, string>;
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/**
 * Makes a build of a later version in a new folder: the present build with one more migration,
 * which adds a table and a column.
 */
export function makeNextVersion(folder: string, { isAdditive }: { isAdditive: boolean }): void {
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(ROOT, 'manifest.json'), join(folder, 'manifest.json'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ type: 'module', version: NEXT_VERSION }),
  );
  const migrations = join(folder, 'dist/ledger/migrations');
  renameSync(join(migrations, 'migrations.js'), join(migrations, 'present.js'));
  writeFileSync(
    join(migrations, 'migrations.js'),
    `
    import * as present from './present.js';
    const next = {
      async up(db) {
        await db.schema.createTable('next_things').addColumn('id', 'integer').execute();
        await db.schema.alterTable('likes').addColumn('next_thing', 'integer').execute();
      },
    };
    export const buildMigrations = (engine) => ({
      ...present.buildMigrations(engine),
      '${NEXT_MIGRATION}': next,
    });
    export const isAdditive = (name) =>
      name === '${NEXT_MIGRATION}' ? ${String(isAdditive)} : present.isAdditive(name);
    `,
  );
}
