import { cpSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { transformFileSync } from '@swc/core';
import { ROOT } from './run.js';

/** The version of `makeNextVersion`. */
export const NEXT_VERSION = '99.1.0';
const NEXT_MIGRATION = '9000-next';

/**
 * The driver of version 0.1.0, on the present one: npm compiles the old driver for a minute. It has
 * only what that version calls.
 */
const OLD_DRIVER = `
  import { DatabaseSync } from '@photostructure/sqlite';
  class SqliteError extends Error {}
  const guard = (task) => {
    try {
      return task();
    } catch (error) {
      throw error.errcode === undefined ? error : new SqliteError(error.message);
    }
  };
  export default class SQLite {
    static SqliteError = SqliteError;
    constructor(file, options) {
      this.inner = guard(() => new DatabaseSync(file, options));
    }
    get inTransaction() {
      return this.inner.isTransaction;
    }
    pragma(text) {
      guard(() => this.inner.exec('pragma ' + text));
    }
    prepare(text) {
      const statement = guard(() => this.inner.prepare(text));
      return {
        reader: statement.columns().length > 0,
        all: (...parameters) => guard(() => statement.all(...parameters)),
        run: (...parameters) => guard(() => statement.run(...parameters)),
      };
    }
    close() {
      this.inner.close();
    }
  }
`;

/** Unpacks the build of a released version into a new folder (`test/fixtures/releases`). */
export function unpackRelease(version: string, folder: string): void {
  const packed = readFileSync(join(ROOT, `test/fixtures/releases/${version}.json.gz`));
  const files = JSON.parse(gunzipSync(packed).toString()) as Record<string, string>;
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const driver = join(folder, 'dist/node_modules/better-sqlite3');
  mkdirSync(driver, { recursive: true });
  writeFileSync(join(driver, 'package.json'), '{"type":"module","main":"index.js"}');
  writeFileSync(join(driver, 'index.js'), OLD_DRIVER);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** Unpacks the ledger that a released version left when it was killed; returns its file. */
export function unpackLedger(version: string, folder: string): string {
  const packed = readFileSync(join(ROOT, `test/fixtures/releases/${version}-ledger.json.gz`));
  const files = JSON.parse(gunzipSync(packed).toString()) as Record<string, string>;
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), Buffer.from(content, 'base64'));
  }
  return join(folder, 'channel.db');
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
  // The bundle of the build contains the present migrations.
  const { code } = transformFileSync(join(ROOT, 'src/main.ts'), { sourceMaps: false });
  writeFileSync(join(folder, 'dist/main.js'), code);
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
