import pg from 'pg';
import type { Secret } from '../../domain/secret.js';
import type { DatabaseSettings } from '../../config/index.js';

export type PostgresSettings = Extract<DatabaseSettings, { engine: 'postgres' }>;

/**
 * The limit for connecting to the server, which takes several round trips. A process in a burst of
 * calls is slow at them. A call's deadline may be sooner. Waiting for a connection that is in use
 * happens in `ConnectionQueue`.
 */
export const CONNECT_MAX_MS = 5000;
/** How long a statement may run on the server. The ledger's statements need a few milliseconds. */
const STATEMENT_MAX_MS = 2000;
/**
 * How long to wait for the server's answer, in `PostgresConnections`. Only this limit notices a
 * server that disappeared.
 */
export const ANSWER_MAX_MS = STATEMENT_MAX_MS + 500;
/** The server ends the session of an unreachable client after about a minute, with its locks. */
const KEEPALIVES =
  '-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3';

/**
 * Reads 64-bit integers as numbers; `pg` returns text by default. The ledger's are ticket ids and
 * counters, which fit into a number.
 */
const TYPES = new pg.TypeOverrides();
TYPES.setTypeParser(pg.types.builtins.INT8, Number);

/** Time limits for the ledger's statements. Migrations have none. */
export const STATEMENT_LIMITS: pg.PoolConfig = {
  statement_timeout: STATEMENT_MAX_MS,
  // A process that halts in the middle of a transaction does not block the others.
  idle_in_transaction_session_timeout: STATEMENT_MAX_MS,
};

/** Opens a pool that connects when needed, and again after a connection was lost. */
export function openPool({ url, tls }: PostgresSettings, options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url.reveal(),
    // The certificate must be for this host. `pg` does not pass an IP address to Node's TLS.
    ssl: tls === undefined ? false : { rejectUnauthorized: true, ca: tls.ca, host: readHost(url) },
    connectionTimeoutMillis: CONNECT_MAX_MS,
    keepAlive: true,
    options: KEEPALIVES,
    application_name: 'instagram-authenticating-proxy',
    types: TYPES,
    ...options,
  });
  // Without a listener, an `error` event would crash the process. The next statement on a lost
  // connection reports the loss, and a lost idle connection is not needed. The pool emits the event
  // for idle connections only, so each connection needs its own listener too.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function readHost(url: Secret): string {
  return new URL(url.reveal()).hostname.replace(/^\[(.*)\]$/, '$1');
}
