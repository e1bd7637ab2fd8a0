import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { Deadline } from '../common/deadline.js';
import { type ConnectionQueue, newTimeUpError } from './connection-queue.js';
import { type DatabaseBreaker, PROOF_MS } from './database-breaker.js';
import { toLedgerError } from './ledger-error.js';
import { ANSWER_MAX_MS, CONNECT_MAX_MS } from './postgres-pool.js';

/** `pg`'s message for an answer that did not come in time. The error has no code. */
const NO_ANSWER = 'Query read timeout';

/** `pg` also reads `query_timeout` of one query (`pg/lib/client.js`); its types omit it. */
interface TimedQuery extends pg.QueryConfig<unknown[]> {
  readonly query_timeout: number | undefined;
}

/**
 * The connections of a pool, for statements that get at most what is left of their call's deadline.
 * Reports to the breaker whether the server answers.
 */
export class PostgresConnections {
  /** @param breaker undefined where nobody waits, as for migrations. */
  constructor(
    private readonly pool: pg.Pool,
    private readonly breaker?: DatabaseBreaker,
  ) {}

  get isClosed(): boolean {
    return this.pool.ending;
  }

  /**
   * @throws {ServiceError} `deadline_exceeded` if the call's time is up, or a `LedgerError`.
   */
  async connect(): Promise<LentConnection> {
    this.breaker?.enter();
    const limitMs = Math.min(CONNECT_MAX_MS, Deadline.current?.remainingMs ?? Infinity);
    try {
      return new LentConnection(await this.connectWithin(limitMs), this.breaker);
    } catch (error) {
      if (error instanceof pg.DatabaseError) this.breaker?.noteAnswer();
      else if (limitMs >= PROOF_MS || isRefusal(error)) this.breaker?.noteSilence();
      if (Deadline.current?.passed === true && !isRefusal(error)) throw newTimeUpError();
      throw toLedgerError(error);
    }
  }

  /** Runs one statement that belongs to no call. */
  queryOnce<T extends pg.QueryResultRow>(
    text: string,
    parameters: readonly unknown[],
  ): Promise<pg.QueryResult<T>> {
    return Deadline.beyond(async () => {
      const connection = await this.connect();
      try {
        return await connection.query<T>(text, parameters);
      } finally {
        connection.release();
      }
    });
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** A connection that comes later goes back to the pool. */
  private connectWithin(limitMs: number): Promise<pg.PoolClient> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        reject(new Error('The database did not connect in time.'));
      }, limitMs);
      this.pool.connect().then(
        (client) => {
          clearTimeout(timer);
          if (isLate) client.release();
          else resolve(client);
        },
        (error: unknown) => {
          clearTimeout(timer);
          reject(error as Error);
        },
      );
    });
  }
}

/** A connection for one statement or one transaction. */
class LentConnection {
  private broken: Error | undefined;
  private isUsed = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly breaker: DatabaseBreaker | undefined,
  ) {}

  async query<T extends pg.QueryResultRow>(
    text: string,
    parameters: readonly unknown[],
  ): Promise<pg.QueryResult<T>> {
    if (this.broken !== undefined) throw toLedgerError(this.broken);
    const limitMs = this.readLimit();
    this.isUsed = true;
    try {
      const config: TimedQuery = { text, values: [...parameters], query_timeout: limitMs };
      const result = await this.client.query<T>(config);
      this.breaker?.noteAnswer();
      return result;
    } catch (error) {
      this.noteFailure(error, limitMs);
      if (isSilence(error) && Deadline.current?.passed === true) throw newTimeUpError();
      throw toLedgerError(error);
    }
  }

  /**
   * Returns the connection to the pool. A connection is closed after any error that the server did
   * not report: `pg` would reuse a connection whose answer never came. A hung server never confirms
   * the end of a connection, so its socket is destroyed.
   */
  release(): void {
    this.client.release(this.broken);
    if (this.broken !== undefined) this.client.connection.stream.destroy();
  }

  /** Undefined outside of a call; the pool's own limit applies then, if it has one. */
  private readLimit(): number | undefined {
    const { current } = Deadline;
    if (current === undefined) return undefined;
    const limitMs = Math.min(ANSWER_MAX_MS, current.remainingMs);
    if (limitMs >= 1) return limitMs;
    const error = newTimeUpError();
    // The server may be in the middle of a transaction, which ends with the connection.
    if (this.isUsed) this.broken = error;
    throw error;
  }

  private noteFailure(error: unknown, limitMs = ANSWER_MAX_MS): void {
    if (error instanceof pg.DatabaseError) {
      this.breaker?.noteAnswer();
      return;
    }
    this.broken = error as Error;
    // A lost connection proves nothing about the server: the next connection will show.
    if (isSilence(error) && limitMs >= PROOF_MS) this.breaker?.noteSilence();
  }
}

/** Adapts the connections to Kysely. Statements wait for their turn in the queue. */
export function toKyselyPool(
  connections: PostgresConnections,
  queue: ConnectionQueue,
): PostgresPool {
  return {
    connect: async () => {
      const leave = await queue.enter();
      try {
        return lend(await connections.connect(), leave);
      } catch (error) {
        leave();
        throw error;
      }
    },
    end: () => connections.close(),
  };
}

function lend(connection: LentConnection, leave: () => void): PostgresPoolClient {
  const query = (text: string, parameters: readonly unknown[] = []): Promise<unknown> =>
    connection.query(text, parameters);
  return {
    query: query as PostgresPoolClient['query'],
    release: () => {
      connection.release();
      leave();
    },
  };
}

function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === NO_ANSWER;
}

/** A system error such as `ECONNREFUSED` proves that the server cannot be reached. */
function isRefusal(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code !== undefined;
}
