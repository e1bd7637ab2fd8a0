import {
  DatabaseSync,
  type DatabaseSyncInstance,
  type StatementSyncInstance,
} from '@photostructure/sqlite';
import pg from 'pg';
import { isoTime } from '../../src/common/iso-time.js';
import type { Life } from './context.js';
import {
  type AdvisoryLocks,
  answerServerStatement,
  type StatementResult,
  toSqliteParameters,
  toSqliteText,
} from './postgres-sql.js';
import type { VirtualTime } from './virtual-time.js';

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

const SQLITE_CONSTRAINT = 19;
/** The lowest byte of an extended result code is its primary code. */
const PRIMARY_CODE = 0xff;

type Answer = (error: Error | undefined, result: StatementResult | undefined) => void;

interface Waiting {
  readonly session: Session;
  readonly statement: Statement;
  readonly answer: Answer;
  isCancelled: boolean;
}

/** One connection, as the server sees it. */
export class Session implements AdvisoryLocks {
  isOpen = true;
  /** `failed` after an error, until the rollback. */
  transaction: 'none' | 'open' | 'failed' = 'none';
  /** Raised by each statement, so a timer can see whether one came. */
  statements = 0;
  readonly held = new Map<string, number>();

  constructor(
    readonly life: Life | undefined,
    readonly limits: pg.PoolConfig,
    private readonly server: PostgresServer,
  ) {}

  readonly acquire = (key: string): boolean => this.server.acquireLock(this, key);
  readonly release = (key: string): boolean => this.server.releaseLock(this, key);
}

/**
 * A PostgreSQL server with the rows in SQLite's memory. Transactions run one at a time: from its
 * first statement to its end, a transaction keeps the statements of other sessions waiting.
 */
export class PostgresServer {
  /** Until this virtual time the server answers nothing. */
  hungUntil = 0;
  private sqlite: DatabaseSyncInstance;
  private readonly prepared = new Map<string, StatementSyncInstance>();
  private readonly sessions = new Set<Session>();
  private readonly locks = new Map<string, Session>();
  private owner: Session | undefined;
  private waiting: Waiting[] = [];
  private tables: string[] = [];
  /** When the server was started last. */
  private startedAt = 0;
  /** A recovery to an earlier time begins another one. */
  private timeline = 1;

  constructor(
    private readonly time: VirtualTime,
    content: Buffer,
  ) {
    this.sqlite = this.load(content);
  }

  /** A copy of all rows, for `restore`. */
  copy(): Buffer | undefined {
    return this.owner === undefined ? Buffer.from(this.sqlite.serialize()) : undefined;
  }

  /** Recovers an earlier copy, on a server that starts again. */
  restore(content: Buffer): void {
    this.waiting = [];
    this.endAll();
    this.sqlite.close();
    this.prepared.clear();
    this.timeline += 1;
    this.startedAt = this.time.elapsedMs;
    this.sqlite = this.load(content);
  }

  close(): void {
    this.sqlite.close();
  }

  open(life: Life | undefined, limits: pg.PoolConfig): Session {
    const session = new Session(life, limits, this);
    this.sessions.add(session);
    return session;
  }

  /** Ends a session as soon as its statement is finished: the server reads the loss after it. */
  end(session: Session): void {
    const isBusy = this.waiting.some((each) => each.session === session);
    session.isOpen = false;
    if (!isBusy) this.finish(session);
  }

  /** Ends the sessions of a process that crashed, or all. */
  endAll(life?: Life): void {
    for (const session of [...this.sessions]) {
      if (life === undefined || session.life === life) this.end(session);
    }
  }

  /** Runs a statement as soon as no other session has a transaction open. */
  submit(session: Session, statement: Statement, answer: Answer): void {
    session.statements += 1;
    const waiting = { session, statement, answer, isCancelled: false };
    this.waiting.push(waiting);
    const { statement_timeout: limit } = session.limits;
    if (typeof limit === 'number' && limit > 0 && !endsOrBegins(statement)) {
      this.time.later(limit, () => {
        this.cancel(waiting);
      });
    }
    this.work();
  }

  acquireLock(session: Session, key: string): boolean {
    const holder = this.locks.get(key);
    if (holder !== undefined && holder !== session) return false;
    this.locks.set(key, session);
    session.held.set(key, (session.held.get(key) ?? 0) + 1);
    return true;
  }

  releaseLock(session: Session, key: string): boolean {
    const count = session.held.get(key) ?? 0;
    if (count === 0) return false;
    session.held.set(key, count - 1);
    if (count > 1) return true;
    session.held.delete(key);
    this.locks.delete(key);
    return true;
  }

  private work(): void {
    if (this.time.elapsedMs < this.hungUntil) {
      this.time.later(this.hungUntil - this.time.elapsedMs, () => {
        this.work();
      });
      return;
    }
    while (this.time.elapsedMs >= this.hungUntil) {
      const next = this.waiting.find(({ session, statement }) => this.mayRun(session, statement));
      if (next === undefined) return;
      this.waiting.splice(this.waiting.indexOf(next), 1);
      this.runNext(next);
    }
  }

  private mayRun(session: Session, { text }: Statement): boolean {
    return this.owner === undefined || this.owner === session || text.includes('advisory');
  }

  private runNext({ session, statement, answer }: Waiting): void {
    try {
      answer(undefined, this.execute(session, statement));
    } catch (error) {
      if (session.transaction === 'open') session.transaction = 'failed';
      answer(this.toServerError(error, statement), undefined);
    }
    if (!session.isOpen) this.finish(session);
    else if (session.transaction !== 'none') this.watchIdle(session);
  }

  private execute(session: Session, { text, values }: Statement): StatementResult {
    const word = text.trim().toLowerCase();
    if (word === 'begin' || word.startsWith('start transaction')) {
      session.transaction = 'open';
      return DONE;
    }
    if (word === 'commit' || word === 'rollback') {
      this.endTransaction(session, word === 'commit' && session.transaction === 'open');
      return DONE;
    }
    if (session.transaction === 'failed') throw newServerError('25P02');
    const about = answerServerStatement(text, values, session, this.tables);
    if (about !== undefined) return about;
    if (session.transaction === 'open' && this.owner === undefined) {
      this.owner = session;
      this.sqlite.exec('begin');
    }
    return this.runStatement(text, values);
  }

  private runStatement(text: string, values: readonly unknown[]): StatementResult {
    let statement = this.prepared.get(text);
    if (statement === undefined) {
      statement = this.sqlite.prepare(toSqliteText(text));
      this.prepared.set(text, statement);
    }
    const command = /\w+/.exec(text)?.[0].toUpperCase() ?? '';
    const parameters = toSqliteParameters(values);
    if (statement.columns().length === 0) {
      return { command, rowCount: statement.run(parameters).changes, rows: [] };
    }
    const rows = statement.all(parameters);
    return { command, rowCount: rows.length, rows };
  }

  private endTransaction(session: Session, commits: boolean): void {
    session.transaction = 'none';
    if (this.owner !== session) return;
    this.sqlite.exec(commits ? 'commit' : 'rollback');
    this.owner = undefined;
  }

  /** The server ends a session that leaves its transaction idle. */
  private watchIdle(session: Session): void {
    const { idle_in_transaction_session_timeout: limit } = session.limits;
    if (typeof limit !== 'number') return;
    const { statements } = session;
    this.time.later(limit, () => {
      if (session.transaction === 'none' || session.statements !== statements) return;
      session.isOpen = false;
      this.finish(session);
    });
  }

  private cancel(waiting: Waiting): void {
    const index = this.waiting.indexOf(waiting);
    if (index === -1) return;
    const hungMs = this.hungUntil - this.time.elapsedMs;
    if (hungMs > 0) {
      // A server that hangs does not cancel either.
      this.time.later(hungMs, () => {
        this.cancel(waiting);
      });
      return;
    }
    this.waiting.splice(index, 1);
    const { session } = waiting;
    if (session.transaction === 'open') session.transaction = 'failed';
    waiting.answer(newServerError('57014'), undefined);
    if (!session.isOpen) this.finish(session);
  }

  private finish(session: Session): void {
    this.sessions.delete(session);
    this.endTransaction(session, false);
    for (const key of session.held.keys()) this.locks.delete(key);
    session.held.clear();
    this.work();
  }

  private toServerError(error: unknown, { text }: Statement): Error {
    const { errcode, message } = error as Error & { readonly errcode?: number };
    if (errcode === undefined) return error as Error;
    if ((errcode & PRIMARY_CODE) === SQLITE_CONSTRAINT) return newServerError('23505');
    const failure = new Error(`the simulated server cannot run: ${text} (${message})`);
    this.time.fail(failure);
    return failure;
  }

  private load(content: Buffer): DatabaseSyncInstance {
    const { time } = this;
    const sqlite = new DatabaseSync(':memory:');
    sqlite.deserialize(content);
    // 64-bit integers, because divisions of floating-point numbers keep their fraction.
    sqlite.function('simulated_time', () => BigInt(Math.floor(time.now)));
    sqlite.function('simulated_iso_time', (shiftMs: number) => isoTime(time.now + shiftMs));
    sqlite.function('to_regclass', (name: string) => (this.tables.includes(name) ? name : null));
    sqlite.function('simulated_start', () => String(this.startedAt));
    sqlite.function('simulated_timeline', () => String(this.timeline));
    const tables = sqlite.prepare(`select name from sqlite_master where type = 'table'`).all();
    this.tables = (tables as { name: string }[]).map(({ name }) => name);
    return sqlite;
  }
}

/** Statements that wait for no other transaction, so no limit ends them. */
function endsOrBegins({ text }: Statement): boolean {
  return /^\s*(?:begin|start|commit|rollback)\b/i.test(text);
}

const DONE: StatementResult = { command: '', rowCount: 0, rows: [] };

function newServerError(code: string): Error {
  const error = new pg.DatabaseError(`the server reports ${code}`, 0, 'error');
  error.code = code;
  return error;
}
