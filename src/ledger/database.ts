import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import SQLite from 'better-sqlite3';
import { Kysely, Migrator, PostgresDialect, sql, SqliteDialect } from 'kysely';
import { Configuration, StartupError } from '../config/index.js';
import { migrationsFor } from './ledger.migrations.js';
import type { LedgerSchema } from './ledger.schema.js';
import { forKysely, LIMITS, openPool, type PostgresSettings } from './postgres-pool.js';
import { PostgresLocks } from './postgres-locks.js';

/** How long a start waits for the process before it to let go of the file, in milliseconds. */
const LOCK_WAIT_MS = 5000;
/** Connections to PostgreSQL for one process's statements. Each takes some milliseconds, so that ten serve thousands a second. */
const CONNECTIONS_MAX = 10;

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

  constructor(
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'database'>,
  ) {}

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
    await sql`select 1`.execute(this.db);
  }

  private async open(): Promise<void> {
    const { database } = this.configuration;
    if (database.engine === 'sqlite') {
      this.db = new Kysely({ dialect: new SqliteDialect({ database: openFile(database.file) }) });
      await migrate(this.db, 'sqlite');
    } else {
      await migrateShared(database);
      const pool = openPool(database, { ...LIMITS, max: CONNECTIONS_MAX });
      this.db = new Kysely({ dialect: new PostgresDialect({ pool: forKysely(pool) }) });
      this.locks = new PostgresLocks(
        openPool(database, { ...LIMITS, max: 1, idleTimeoutMillis: 0 }),
      );
    }
  }
}

function openFile(file: string): SQLite.Database {
  if (file !== ':memory:') makePrivate(file);
  const sqlite = new SQLite(file, { timeout: LOCK_WAIT_MS });
  sqlite.pragma('locking_mode = EXCLUSIVE');
  sqlite.pragma('journal_mode = WAL');
  // Each commit reaches the disk: what was answered is still known after a power cut.
  sqlite.pragma('synchronous = FULL');
  return sqlite;
}

/** Makes the folder and the file where they are missing, for the service's own user alone. */
function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}

/** Kysely lets one process migrate and the others wait, so that these statements may take long. */
async function migrateShared(settings: PostgresSettings): Promise<void> {
  const pool = openPool(settings, { max: 1 });
  const db = new Kysely<LedgerSchema>({ dialect: new PostgresDialect({ pool: forKysely(pool) }) });
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
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? message] ?? code ?? 'the database failed';
}
