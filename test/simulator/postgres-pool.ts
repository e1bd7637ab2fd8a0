import type pg from 'pg';
import { currentContext, type Operation, remote } from './context.js';
import type { PostgresServer, Session } from './postgres-server.js';
import { describeStatement, type StatementResult } from './postgres-sql.js';
import type { VirtualTime } from './virtual-time.js';

/** How the connections to the database behave, as shares of the statements. */
export interface DatabaseFaults {
  /** The longest way of a statement or answer. */
  readonly delayMs: number;
  /** How often a connection breaks before the statement arrives. */
  readonly breaksBefore: number;
  /** How often it breaks after the statement, and its answer is lost. */
  readonly breaksAfter: number;
  /** How often a commit waits for a slow disk, and at most how long. */
  readonly slowCommits: number;
  readonly slowCommitMs: number;
}

export interface Database {
  readonly time: VirtualTime;
  readonly server: PostgresServer;
  readonly faults: DatabaseFaults;
}

interface QueryConfig {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly query_timeout?: number;
}

type Listener = (...parameters: never[]) => unknown;

/** One connection, as `pg.PoolClient`. */
class SimulatedClient {
  /** As in `pg`, for a connection that is given up. */
  readonly connection = {
    stream: {
      destroy: (): void => {
        this.close();
      },
    },
  };
  private isBroken = false;

  constructor(
    readonly session: Session,
    private readonly database: Database,
    private readonly pool: SimulatedPool,
  ) {}

  get isUsable(): boolean {
    return !this.isBroken && this.session.isOpen;
  }

  on(): this {
    return this;
  }

  query(query: string | QueryConfig, parameters?: readonly unknown[]): Promise<StatementResult> {
    const {
      text,
      values = [],
      query_timeout: own,
    } = typeof query === 'string' ? { text: query, values: parameters ?? [] } : query;
    const limitMs = own ?? this.session.limits.query_timeout;
    return new Promise((resolve, reject) => {
      const operation = begin(describeStatement(text));
      const settle = (end: () => void): void => {
        if (limit !== undefined) limit.isCancelled = true;
        finish(operation);
        end();
      };
      const limit =
        limitMs === undefined
          ? undefined
          : this.database.time.startTimer(limitMs, () => {
              this.isBroken = true;
              finish(operation);
              reject(new Error('Query read timeout'));
            });
      this.send({ text, values }, operation, (error, result) => {
        settle(() => {
          if (result === undefined) reject(error ?? new Error('no result'));
          else resolve(result);
        });
      });
    });
  }

  release(error?: Error | boolean): void {
    if (error !== undefined && error !== false) this.isBroken = true;
    this.pool.takeBack(this);
  }

  close(): void {
    this.isBroken = true;
    this.database.server.end(this.session);
  }

  private send(
    statement: { readonly text: string; readonly values: readonly unknown[] },
    operation: Operation,
    settle: (error: Error | undefined, result: StatementResult | undefined) => void,
  ): void {
    const { time, server, faults } = this.database;
    const context = currentContext();
    const { random } = context;
    const isBreaking = random.chance(faults.breaksBefore);
    const isLosing = random.chance(faults.breaksAfter);
    const isSlow = statement.text === 'commit' && random.chance(faults.slowCommits);
    const slowMs = isSlow ? random.between(0, faults.slowCommitMs) : 0;
    const [wayMs, backMs] = [
      random.between(0.1, faults.delayMs),
      random.between(0.1, faults.delayMs),
    ];
    const fail = (): void => {
      this.close();
      settle(lostConnection(), undefined);
    };
    const arrive = (): void => {
      if (!this.session.isOpen) {
        time.later(backMs, fail, context);
        return;
      }
      server.submit(this.session, statement, (error, result) => {
        operation.isDone = error === undefined;
        time.later(
          backMs,
          isLosing
            ? fail
            : () => {
                settle(error, result);
              },
          context,
        );
      });
    };
    if (isBreaking) time.later(wayMs, fail, context);
    else time.later(wayMs + slowMs, arrive, remote(context));
  }
}

/** Connections of one process to the server, as `pg.Pool`. */
export class SimulatedPool {
  ending = false;
  private readonly idle: SimulatedClient[] = [];
  private readonly clients = new Set<SimulatedClient>();
  private readonly waiting: (() => void)[] = [];
  private readonly connectListeners: Listener[] = [];

  constructor(
    private readonly options: pg.PoolConfig,
    private readonly database: Database,
  ) {}

  on(event: string, listener: Listener): this {
    if (event === 'connect') this.connectListeners.push(listener);
    return this;
  }

  get totalCount(): number {
    return this.clients.size;
  }

  get idleCount(): number {
    return this.idle.length;
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  async connect(): Promise<SimulatedClient> {
    for (;;) {
      const client = this.idle.pop();
      if (client?.isUsable === true) return client;
      if (client !== undefined) this.drop(client);
      else if (this.clients.size < (this.options.max ?? 10)) return this.open();
      else await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  async query(query: string | QueryConfig, values?: readonly unknown[]): Promise<StatementResult> {
    const client = await this.connect();
    try {
      return await client.query(query, values);
    } catch (error) {
      // `pg` drops the connection after any error of a query over the pool.
      client.close();
      throw error;
    } finally {
      client.release();
    }
  }

  end(): Promise<void> {
    this.ending = true;
    for (const client of [...this.clients]) this.drop(client);
    return Promise.resolve();
  }

  takeBack(client: SimulatedClient): void {
    if (client.isUsable) this.idle.push(client);
    else this.drop(client);
    this.waiting.shift()?.();
  }

  private drop(client: SimulatedClient): void {
    client.close();
    this.clients.delete(client);
  }

  private async open(): Promise<SimulatedClient> {
    const { time, server, faults } = this.database;
    const { life, random } = currentContext();
    const client = new SimulatedClient(server.open(life, this.options), this.database, this);
    this.clients.add(client);
    const hungMs = Math.max(0, server.hungUntil - time.elapsedMs);
    const limitMs = this.options.connectionTimeoutMillis ?? Infinity;
    const connectMs = hungMs + random.between(0.2, 3 * faults.delayMs);
    await time.sleep(Math.min(connectMs, limitMs));
    if (connectMs > limitMs) {
      this.drop(client);
      throw new Error('Connection terminated due to connection timeout');
    }
    for (const listener of this.connectListeners) listener(...([client] as never[]));
    return client;
  }
}

function lostConnection(): Error {
  return Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
}

function begin(label: string): Operation {
  const operation = { label, isDone: false };
  currentContext().call?.pending.add(operation);
  return operation;
}

function finish(operation: Operation): void {
  currentContext().call?.pending.delete(operation);
}
