import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import SQLite from 'better-sqlite3';
import { Kysely, Migrator, sql, SqliteDialect } from 'kysely';
import { Configuration, StartupError } from '../config/index.js';
import { migrationProvider } from './ledger.migrations.js';
import type { LedgerSchema } from './ledger.schema.js';

/** How long a start waits for the process before it to let go of the file, in milliseconds. */
const LOCK_WAIT_MS = 5000;

/** Rows in one statement: SQLite takes 32,766 parameters in one. */
export const ROWS_MAX = 500;

/**
 * The ledger's database: opened and brought to the current schema at start, closed after the last answer.
 * SQLite belongs to one process: likes of one target are put in order inside it, so a second process on the same
 * file is refused at start (`locking_mode = EXCLUSIVE`).
 */
@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  /** Set by `onModuleInit`. */
  db: Kysely<LedgerSchema>;

  constructor(
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'databaseFile'>,
  ) {}

  async onModuleInit(): Promise<void> {
    try {
      this.db = new Kysely({ dialect: new SqliteDialect({ database: this.open() }) });
      const { error } = await new Migrator({
        db: this.db,
        provider: migrationProvider,
      }).migrateToLatest();
      if (error !== undefined) throw error as Error;
    } catch (error) {
      throw new StartupError('The service cannot start.', [
        `DATABASE_URL names a database that cannot be opened (${reasonOf(error)})`,
      ]);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.db.destroy();
  }

  /** Settles if the database answers. */
  async ping(): Promise<void> {
    await sql`select 1`.execute(this.db);
  }

  private open(): SQLite.Database {
    const file = this.configuration.databaseFile;
    if (file !== ':memory:') makePrivate(file);
    const sqlite = new SQLite(file, { timeout: LOCK_WAIT_MS });
    sqlite.pragma('locking_mode = EXCLUSIVE');
    sqlite.pragma('journal_mode = WAL');
    // Each commit reaches the disk: what was answered is still known after a power cut.
    sqlite.pragma('synchronous = FULL');
    return sqlite;
  }
}

/** Makes the folder and the file where they are missing, for the service's own user alone. */
function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'SQLITE_BUSY') return 'another process has it open';
  return code ?? 'the database failed';
}
