import { Kysely, Migrator, PostgresDialect } from 'kysely';
import { ConnectionQueue } from './connection-queue.js';
import type { Engine, LedgerConnection, LedgerSchema } from './ledger.schema.js';
import { buildMigrations, isAdditive } from '../migrations/migrations.js';
import { PostgresConnections, toKyselyPool } from '../postgres/postgres-connections.js';
import { openPool, type PostgresSettings } from '../postgres/postgres-pool.js';
import { isMigratedFurther, recorded } from './schema-versions.js';

/** The migrator uses one connection at a time. */
const CONNECTIONS_MAX = 1;
const CONNECTION_WAIT_MS = 2000;

/**
 * Brings the database to the current schema. A newer schema stays as it is.
 *
 * @throws {StartupError} if the schema is newer and this version cannot use it.
 */
export async function migrate(db: LedgerConnection, engine: Engine): Promise<void> {
  const migrations = recorded(buildMigrations(engine), isAdditive);
  const known = Object.keys(migrations);
  if (await isMigratedFurther(db, engine, known)) return;
  const provider = { getMigrations: () => Promise.resolve(migrations) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error === undefined) return;
  // A process of a newer version may have migrated the database meanwhile.
  if (await isMigratedFurther(db, engine, known)) return;
  throw error as Error;
}

/**
 * Migrates over a connection without a time limit for statements: Kysely lets one process migrate
 * while the others wait.
 */
export async function migratePostgres(settings: PostgresSettings): Promise<void> {
  const pool = toKyselyPool(
    new PostgresConnections(openPool(settings, { max: CONNECTIONS_MAX })),
    new ConnectionQueue(CONNECTIONS_MAX, CONNECTION_WAIT_MS),
  );
  const db = new Kysely<LedgerSchema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(db, 'postgres');
  } finally {
    await db.destroy();
  }
}
