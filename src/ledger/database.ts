import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Kysely, Migrator, PostgresDialect, sql, SqliteDialect } from 'kysely';
import { Configuration, StartupError } from '../config/index.js';
import { ConnectionQueue } from './connection-queue.js';
import { LedgerError } from './ledger-error.js';
import { migrationsFor } from './ledger.migrations.js';
import type { LedgerSchema } from './ledger.schema.js';
import { forKysely, LIMITS, openPool, type PostgresSettings } from './postgres-pool.js';
import { PostgresLocks } from './postgres-locks.js';
import { openSqlite } from './sqlite-file.js';

/** Connections to PostgreSQL for one process's statements. Each takes some milliseconds, so that ten serve thousands a second. */
const CONNECTIONS_MAX = 10;
/** The migrator uses one connection after the other. */
const MIGRATION_CONNECTIONS = 1;
const MIGRATION_WAIT_MS = 2000;
/**
 * How long a health check's statements wait for a connection: a load balancer does not wait for
 * long either.
 */
const HEALTH_WAIT_MS = 2000;
/**
 * About what a like writes: with less, a disk would count as writable that has no room for a like.
 */
const PROBE_CHARS = 16_384;

/** What is wrong, where a code or a text of the drivers' says it; nothing of these depends on values. */
const REASONS: Readonly<Record<string, string>> = {
  SQLITE_BUSY: 'another process has it open',
  '28P01': 'PostgreSQL does not take the user and password',
  '28000': 'PostgreSQL does not let this user in from here',
  '3D000': 'PostgreSQL has no database of this name',
  '42501': 'the user may not create tables: grant it CREATE on the schema',
  'The server does not support SSL connections':
    'the server does not speak TLS: turn it on there, or set sslmode=disable where the network is your own',
};

/** Rows in one statement: SQLite takes 32,766 parameters in one, PostgreSQL 65,535. */
const ROWS_MAX = 500;

/** What one statement after the other can take of many rows. */
export function batchesOf<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_MAX) }, (_, index) =>
    rows.slice(index * ROWS_MAX, (index + 1) * ROWS_MAX),
  );
}

/**
 * The ledger's database: opened and brought to the current schema at start, closed after the last answer. The one class that knows that
 * there are two engines. SQLite belongs to one process, and a second one on the same file is refused at start
 * (`locking_mode = EXCLUSIVE`); PostgreSQL is shared by as many as there are.
 */
@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  /** Set by `onModuleInit`. */
  db: Kysely<LedgerSchema>;
  /** What puts the processes on one database in order; undefined where there is only one. */
  locks: PostgresLocks | undefined;

  private readonly connections: ConnectionQueue;

  constructor(
    @Inject(Configuration)
    private readonly configuration: Pick<Configuration, 'database' | 'proxyDeadlineMs'>,
  ) {
    this.connections = new ConnectionQueue(CONNECTIONS_MAX, configuration.proxyDeadlineMs);
  }

  async onModuleInit(): Promise<void> {
    try {
      await this.open();
    } catch (error) {
      throw new StartupError('The service cannot start.', [
        `DATABASE_URL names a database that cannot be opened (${reasonOf(error)})`,
      ]);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.locks?.close();
    await this.db.destroy();
  }

  /** Settles if the database answers. */
  async ping(): Promise<void> {
    await this.within(HEALTH_WAIT_MS, () => sql`select 1`.execute(this.db));
  }

  /**
   * Settles if the database can be written: stores a row and then deletes the one before, so that a
   * full disk has no old place for it.
   *
   * @throws {LedgerError}
   */
  async probe(): Promise<void> {
    const id = randomUUID();
    await this.within(HEALTH_WAIT_MS, () =>
      this.db.transaction().execute(async (db) => {
        await db
          .insertInto('write_probe')
          .values({ id, filler: 'x'.repeat(PROBE_CHARS) })
          .execute();
        await db.deleteFrom('write_probe').where('id', '!=', id).execute();
      }),
    );
  }

  /**
   * Runs a task whose statements wait for a connection no longer than this. SQLite has one
   * connection, which nothing holds for long.
   */
  within<T>(waitMs: number, task: () => Promise<T>): Promise<T> {
    return this.connections.within(waitMs, task);
  }

  private async open(): Promise<void> {
    const { database } = this.configuration;
    if (database.engine === 'sqlite') {
      this.db = new Kysely({ dialect: new SqliteDialect({ database: openSqlite(database.file) }) });
      await migrate(this.db, 'sqlite');
    } else {
      await migrateShared(database);
      const pool = openPool(database, { ...LIMITS, max: CONNECTIONS_MAX });
      this.db = new Kysely({
        dialect: new PostgresDialect({ pool: forKysely(pool, this.connections) }),
      });
      this.locks = new PostgresLocks(
        openPool(database, { ...LIMITS, max: 1, idleTimeoutMillis: 0 }),
      );
    }
  }
}

/** Kysely lets one process migrate and the others wait, so that these statements may take long. */
async function migrateShared(settings: PostgresSettings): Promise<void> {
  const pool = forKysely(
    openPool(settings, { max: MIGRATION_CONNECTIONS }),
    new ConnectionQueue(MIGRATION_CONNECTIONS, MIGRATION_WAIT_MS),
  );
  const db = new Kysely<LedgerSchema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(db, 'postgres');
  } finally {
    await db.destroy();
  }
}

async function migrate(db: Kysely<LedgerSchema>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve(migrationsFor(engine)) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error as Error;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof LedgerError ? error.cause : error;
  const { code, message } = cause as NodeJS.ErrnoException;
  return REASONS[code ?? message] ?? code ?? 'the database failed';
}
