import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { Secret } from '../domain/secret.js';
import type { DatabaseSettings } from '../config/index.js';
import type { ConnectionQueue } from './connection-queue.js';
import { toLedgerError } from './ledger-error.js';

export type PostgresSettings = Extract<DatabaseSettings, { engine: 'postgres' }>;

/**
 * How long connecting takes at most, in milliseconds. Who waits for one of the connections that are
 * in use waits in `ConnectionQueue`.
 */
const CONNECT_MAX_MS = 2000;
/** How long a statement may take at the server, in milliseconds. The ledger's take a few. */
const STATEMENT_MAX_MS = 2000;
/** How long the server's answer is waited for, in milliseconds: when it is gone without a word, nothing else would tell. */
const ANSWER_MAX_MS = STATEMENT_MAX_MS + 500;
/** The server ends the session of a machine that is gone, and with it its locks, after about a minute. */
const KEEPALIVES =
  '-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3';

/** 64-bit integers are ticket ids and counters here, all of which a number holds; `pg` gives text by default. */
const TYPES = new pg.TypeOverrides();
TYPES.setTypeParser(pg.types.builtins.INT8, Number);

/** How statements of the ledger are limited. Those that change the schema are not. */
export const LIMITS: pg.PoolConfig = {
  statement_timeout: STATEMENT_MAX_MS,
  query_timeout: ANSWER_MAX_MS,
  // A process that was halted in the middle of a transaction does not hold up the others.
  idle_in_transaction_session_timeout: STATEMENT_MAX_MS,
};

/** Connections to PostgreSQL, made when they are needed and again after they were lost. */
export function openPool({ url, tls }: PostgresSettings, options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url.reveal(),
    // The host is what the certificate must be for. Of addresses, `pg` itself does not tell Node's TLS.
    ssl: tls === undefined ? false : { rejectUnauthorized: true, ca: tls.ca, host: hostOf(url) },
    connectionTimeoutMillis: CONNECT_MAX_MS,
    keepAlive: true,
    options: KEEPALIVES,
    application_name: 'instagram-authenticating-proxy',
    types: TYPES,
    ...options,
  });
  // A lost connection is told by the statement that meets it, or was idle and is not missed. Unheard, either event would
  // end the process: the pool speaks for its idle connections, and nobody for one that is lent out between two statements.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function hostOf(url: Secret): string {
  return new URL(url.reveal()).hostname.replace(/^\[(.*)\]$/, '$1');
}

/**
 * The same for Kysely, which gives every connection back as a good one. Here one is closed after a failure that is not the server's own word:
 * `pg` would go on to use one whose answer never came.
 */
export function forKysely(pool: pg.Pool, queue: ConnectionQueue): PostgresPool {
  return {
    connect: async () => {
      const leave = await queue.enter();
      try {
        return lend(await pool.connect(), leave);
      } catch (error) {
        leave();
        throw toLedgerError(error);
      }
    },
    end: () => pool.end(),
  };
}

function lend(client: pg.PoolClient, leave: () => void): PostgresPoolClient {
  let broken: Error | undefined;
  const query = async (text: unknown, parameters?: readonly unknown[]): Promise<unknown> => {
    if (broken !== undefined) throw toLedgerError(broken);
    try {
      return await client.query(text as string, [...(parameters ?? [])]);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) broken = error as Error;
      throw toLedgerError(error);
    }
  };
  return {
    query: query as PostgresPoolClient['query'],
    release: () => {
      client.release(broken);
      leave();
    },
  };
}
