import { type Kysely, type Migration, sql } from 'kysely';
import { StartupError } from '../../config/index.js';
import { VERSION } from '../../version.js';
import type { Engine, LedgerConnection, LedgerSchema } from './ledger.schema.js';

/** The migration that creates `schema_versions`. This one and all later ones are recorded. */
const FIRST_RECORDED = '0011-schema-versions';
/** A version as `package.json` has it. The start prints no other text from the database. */
const VERSION_FORMAT = /^\d{1,9}\.\d{1,9}\.\d{1,9}(?:-[\w.]{1,32})?$/;

/** A migration that the database has and this version does not. */
interface UnknownMigration {
  readonly name: string;
  readonly isAdditive: boolean;
  /** The version of the service that ran it; undefined if it is not recorded. */
  readonly version: string | undefined;
}

/**
 * Lets each migration record itself in its own transaction. Owns `schema_versions`: an older
 * version reads there whether it can use the database of a newer one.
 */
export function recorded(
  migrations: Readonly<Record<string, Migration>>,
  isAdditive: (name: string) => boolean,
): Record<string, Migration> {
  return Object.fromEntries(
    Object.entries(migrations).map(([name, migration]) => [
      name,
      {
        up: async (db: Kysely<LedgerSchema>): Promise<void> => {
          await migration.up(db);
          if (name < FIRST_RECORDED) return;
          await db
            .insertInto('schema_versions')
            .values({ name, is_additive: isAdditive(name) ? 1 : 0, version: VERSION })
            .execute();
        },
      },
    ]),
  );
}

/**
 * Whether a newer version has migrated the database, and this one can use it as it is.
 *
 * @param known the names of this version's migrations.
 * @throws {StartupError} if this version cannot use it.
 */
export async function isMigratedFurther(
  db: LedgerConnection,
  engine: Engine,
  known: readonly string[],
): Promise<boolean> {
  if (!(await hasTable(db, engine, 'kysely_migration'))) return false;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  const executed = rows.map(({ name }) => name);
  const names = executed.filter((name) => !known.includes(name));
  if (names.length === 0) return false;
  const unknown = await describeMigrations(db, engine, names);
  const canUse =
    unknown.every(({ isAdditive }) => isAdditive) && known.every((name) => executed.includes(name));
  if (!canUse) throw newTooNewError(unknown);
  return true;
}

async function hasTable(db: LedgerConnection, engine: Engine, name: string): Promise<boolean> {
  const query =
    engine === 'sqlite'
      ? sql<object>`select 1 from sqlite_master where type = 'table' and name = ${name}`
      : sql<object>`select 1 where to_regclass(${name}) is not null`;
  return (await query.execute(db)).rows.length > 0;
}

async function describeMigrations(
  db: LedgerConnection,
  engine: Engine,
  names: readonly string[],
): Promise<UnknownMigration[]> {
  const rows = (await hasTable(db, engine, 'schema_versions'))
    ? await db.selectFrom('schema_versions').selectAll().where('name', 'in', names).execute()
    : [];
  return [...names].sort().map((name) => {
    const row = rows.find((each) => each.name === name);
    const version = row !== undefined && VERSION_FORMAT.test(row.version) ? row.version : undefined;
    return { name, isAdditive: row?.is_additive === 1, version };
  });
}

function newTooNewError(unknown: readonly UnknownMigration[]): StartupError {
  const version = unknown.at(-1)?.version;
  const [newer, start] =
    version === undefined
      ? ['a newer version', 'that version']
      : [`a newer version (${version})`, `version ${version} or a later one`];
  return new StartupError('The service cannot start.', [
    `The database was written by ${newer} of this service, and this version (${VERSION}) cannot ` +
      `use it. Start ${start}, or restore the backup from before the upgrade`,
  ]);
}
