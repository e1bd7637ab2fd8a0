import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { Deadline } from '../../common/deadline.js';
import { type ConnectionQueue, newTimeUpError } from '../database/connection-queue.js';
import { type DatabaseBreaker, PROOF_MS } from '../database/database-breaker.js';
import { toLedgerError } from '../database/ledger-error.js';
import { ANSWER_MAX_MS, CONNECT_MAX_MS } from './postgres-pool.js';

/**
 * Another turn for an answer after its time. A process that stalled finds its timers due before it
 * reads the answers that came meanwhile, and a healthy database would count as silent.
 */
const SECOND_LOOK_MS = 10;

/** No answer came in time. */
class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

/**
 * The connections of a pool, for statements that get at most what is left of their call's deadline.
 * Reports to the breaker whether the server answers.
 */
export class PostgresConnections {
  /** @param breaker undefined for migrations, whose statements have no limit. */
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

  private async connectWithin(limitMs: number): Promise<pg.PoolClient> {
    const connecting = this.pool.connect();
    try {
      return await answerWithin(limitMs, connecting);
    } catch (error) {
      // A connection that comes later goes back to the pool.
      if (error instanceof SilenceError) {
        connecting.then(
          (client) => {
            client.release();
          },
          () => undefined,
        );
      }
      throw error;
    }
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
      const answer = this.client.query<T>(text, [...parameters]);
      const result = await (limitMs === undefined ? answer : answerWithin(limitMs, answer));
      this.breaker?.noteAnswer();
      return result;
    } catch (error) {
      this.noteFailure(error, limitMs);
      if (error instanceof SilenceError && Deadline.current?.passed === true)
        throw newTimeUpError();
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

  /** Undefined for migrations, which may wait for another process. */
  private readLimit(): number | undefined {
    if (this.breaker === undefined) return undefined;
    const limitMs = Math.min(ANSWER_MAX_MS, Deadline.current?.remainingMs ?? Infinity);
    if (limitMs > 0) return limitMs;
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
    if (error instanceof SilenceError && limitMs >= PROOF_MS) this.breaker?.noteSilence();
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

/** @throws {SilenceError} if the answer takes longer; a later failure of it is ignored. */
function answerWithin<T>(limitMs: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer = setTimeout(() => {
      timer = setTimeout(() => {
        reject(new SilenceError('The database did not answer in time.'));
      }, SECOND_LOOK_MS);
    }, limitMs);
    const settle = (): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    answer.then(settle, settle);
  });
}

/** A system error such as `ECONNREFUSED` proves that the server cannot be reached. */
function isRefusal(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code !== undefined;
}
