import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Deadline } from '../../common/deadline.js';
import { EventLog } from '../../common/logging/event-log.js';
import { Configuration, StartupError } from '../../config/index.js';
import { ConnectionQueue } from './connection-queue.js';
import { DatabaseBreaker } from './database-breaker.js';
import type { Engine, LedgerConnection } from './ledger.schema.js';
import { migrate, migratePostgres } from './migrate.js';
import { describeOpeningFailure } from './opening-failure.js';
import { PostgresLocks } from '../postgres/postgres-locks.js';
import { PostgresConnections, toKyselyPool } from '../postgres/postgres-connections.js';
import { openPool, STATEMENT_LIMITS } from '../postgres/postgres-pool.js';
import { KyselyScripts, type ScriptRows, type ScriptRunner, type ScriptStep } from './script.js';
import { openSqlite } from '../sqlite/open-sqlite.js';
import type { BoundStatement } from './statement.js';

/**
 * PostgreSQL connections for the statements of one process. A statement needs a few milliseconds,
 * so ten connections serve thousands of statements a second.
 */
const CONNECTIONS_MAX = 10;
/** How long a health check waits for a connection. Load balancers do not wait long either. */
const HEALTH_WAIT_MS = 2000;
/**
 * About the size of one like's writes. With a smaller probe, a disk without room for a like would
 * count as writable.
 */
const PROBE_CHARS = 16_384;

/**
 * The ledger's database: opened and migrated at start, closed after the last answer. No other class
 * has to know that there are two engines. SQLite belongs to one process: a second process on the
 * same file fails at start (`locking_mode = EXCLUSIVE`). Any number of processes can share
 * PostgreSQL.
 */
@Injectable()
export class Database implements OnModuleInit, OnApplicationShutdown {
  /** Set by `onModuleInit`. */
  db: LedgerConnection;
  private scripts: ScriptRunner;
  /** Locks that the processes on one PostgreSQL share; undefined on SQLite. */
  locks: PostgresLocks | undefined;

  private readonly connections: ConnectionQueue;

  constructor(
    @Inject(Configuration)
    private readonly configuration: Pick<Configuration, 'database' | 'proxyDeadlineMs'>,
    /** The command line has no log. */
    private readonly log: EventLog = new EventLog('silent'),
  ) {
    this.connections = new ConnectionQueue(CONNECTIONS_MAX, configuration.proxyDeadlineMs);
  }

  get engine(): Engine {
    return this.configuration.database.engine;
  }

  /** SQLite's file; undefined for PostgreSQL and for a database in memory. */
  get file(): string | undefined {
    const { database } = this.configuration;
    if (database.engine !== 'sqlite' || database.file === ':memory:') return undefined;
    return database.file;
  }

  async onModuleInit(): Promise<void> {
    try {
      await this.open();
    } catch (error) {
      if (error instanceof StartupError) throw error;
      throw new StartupError('The service cannot start.', [
        `DATABASE_URL names a database that cannot be opened (${describeOpeningFailure(error)})`,
      ]);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.locks?.close();
    await this.db.destroy();
  }

  /** Runs one statement. @returns its rows. */
  async run<Row>(statement: BoundStatement<Row>): Promise<readonly Row[]> {
    const [rows = []] = (await this.runScript([{ statement }])) ?? [];
    return rows as readonly Row[];
  }

  /**
   * Runs a script in a transaction.
   *
   * @returns the rows of each step; undefined if it was rolled back because of `mustReturnId`.
   */
  async runScript(steps: readonly ScriptStep[]): Promise<ScriptRows> {
    if (!this.log.hearsDebug) return this.scripts.run(steps);
    const startedAt = performance.now();
    const rows = await this.scripts.run(steps);
    this.log.debug('database.answered', { ms: performance.now() - startedAt });
    return rows;
  }

  /** Resolves if the database answers. */
  async ping(): Promise<void> {
    await this.within(HEALTH_WAIT_MS, () => sql`select 1`.execute(this.db));
  }

  /**
   * Resolves if the database is writable. It stores a new row before it deletes the previous one,
   * so a full disk cannot reuse the old row's space.
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
   * Runs a task whose statements together have at most this long, and at most the rest of the
   * current call's time.
   */
  within<T>(milliseconds: number, task: () => Promise<T>): Promise<T> {
    return Deadline.run(Deadline.within(milliseconds), task);
  }

  /** A process without its database is useless, so its supervisor has to start another one. */
  private endProcess(error: Error): void {
    this.log.unexpected('database.lost', error);
    process.exit(1);
  }

  private async open(): Promise<void> {
    const { database, proxyDeadlineMs } = this.configuration;
    if (database.engine === 'sqlite') {
      const { dialect, scripts } = await openSqlite(database.file, proxyDeadlineMs, (error) => {
        this.endProcess(error);
      });
      this.db = new Kysely({ dialect });
      this.scripts = scripts;
      await migrate(this.db, 'sqlite');
    } else {
      await migratePostgres(database);
      const breaker = new DatabaseBreaker(this.log);
      const pool = openPool(database, { ...STATEMENT_LIMITS, max: CONNECTIONS_MAX });
      const connections = new PostgresConnections(pool, breaker);
      this.db = new Kysely({
        dialect: new PostgresDialect({ pool: toKyselyPool(connections, this.connections) }),
      });
      this.scripts = new KyselyScripts(this.db);
      const lockPool = openPool(database, { ...STATEMENT_LIMITS, max: 1, idleTimeoutMillis: 0 });
      this.locks = new PostgresLocks(new PostgresConnections(lockPool, breaker));
    }
  }
}
