import { Kysely, Migrator, PostgresDialect } from 'kysely';
import { ConnectionQueue } from './connection-queue.js';
import type { Engine, LedgerConnection, LedgerSchema } from './ledger.schema.js';
import { buildMigrations } from './migrations/migrations.js';
import { PostgresConnections, toKyselyPool } from './postgres-connections.js';
import { openPool, type PostgresSettings } from './postgres-pool.js';

/** The migrator uses one connection at a time. */
const CONNECTIONS_MAX = 1;
const CONNECTION_WAIT_MS = 2000;

/** Brings the database to the current schema. */
export async function migrate(db: LedgerConnection, engine: Engine): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve(buildMigrations(engine)) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error as Error;
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
