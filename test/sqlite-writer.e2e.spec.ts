import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { Kysely, sql } from 'kysely';
import { Deadline } from '../src/common/deadline.js';
import { InlineExecutor } from '../src/ledger/sqlite/inline-executor.js';
import { toOpenSqlite } from '../src/ledger/sqlite/open-sqlite.js';
import type { ScriptRows, ScriptRunner } from '../src/ledger/database/script.js';
import type { BoundStatement } from '../src/ledger/database/statement.js';
import type {
  SqliteCommand,
  SqliteExecutor,
  SqliteResult,
} from '../src/ledger/sqlite/sqlite-executor.js';
import { WorkerExecutor } from '../src/ledger/sqlite/worker-executor.js';
import { ROOT, runNode } from './support/run.js';

const WORKER = pathToFileURL(join(ROOT, 'dist/ledger/sqlite/sqlite-worker.js'));
const WAIT_MS = 5000;
const ignore = (): void => undefined;

/** A process that goes on working while the thread of its database ends. */
const LOSE_THREAD = `
  const run = async () => {
    await import('reflect-metadata');
    const { Worker } = await import('node:worker_threads');
    const { EventLog } = await import('./dist/common/logging/event-log.js');
    const { Database } = await import('./dist/ledger/database/database.js');
    const file = process.env.DATABASE_FILE;
    const settings = { database: { engine: 'sqlite', file }, proxyDeadlineMs: 5000 };
    const database = new Database(settings, new EventLog('info'));
    await database.onModuleInit();
    console.log('open');
    Worker.prototype.postMessage = function () { void this.terminate(); };
    setTimeout(() => process.exit(0), 5000);
    await database.ping().catch(() => undefined);
  };
  void run();
`;

interface Schema {
  things: { id: number; name: string };
}

/** Passes commands on, notes them, and can hold back or fail the commits. */
class WatchedExecutor implements SqliteExecutor {
  readonly seen: string[] = [];
  held: Promise<void> | undefined;
  failCommits = false;

  constructor(private readonly inner: SqliteExecutor) {}

  async run(command: SqliteCommand): Promise<SqliteResult> {
    this.seen.push(command.kind);
    const isScripts = command.kind === 'scripts' && command.commits;
    if (this.failCommits && (isScripts || command.kind === 'commit')) {
      // A disk that is full: the transaction is rolled back. It is one command, as a failed commit
      // is: the commands of the next unit may already be on their way.
      const rollback = [{ sql: 'rollback', parameters: [], mustReturnId: undefined }];
      const scripts = [...(isScripts ? command.scripts : []), rollback];
      await this.inner.run({ kind: 'scripts', scripts, commits: false });
      throw Object.assign(new Error('planted'), { code: 'SQLITE_FULL' });
    }
    const result = await this.inner.run(command);
    if (command.kind === 'commit') await this.held;
    return result;
  }

  count(kind: string): number {
    return this.seen.filter((each) => each === kind).length;
  }
}

const EXECUTORS = [
  ['in this thread', (file: string) => Promise.resolve(InlineExecutor.open(file))],
  ['in a worker', (file: string) => WorkerExecutor.open(file, WORKER, ignore)],
] as const;

describe.each(EXECUTORS)('SqliteWriter %s', (_, openExecutor) => {
  let directory: string;
  let executor: WatchedExecutor;
  let db: Kysely<Schema>;
  let scripts: ScriptRunner;
  const open = async (): Promise<void> => {
    executor = new WatchedExecutor(await openExecutor(join(directory, 'channel.db')));
    const opened = toOpenSqlite(executor, WAIT_MS);
    db = new Kysely<Schema>({ dialect: opened.dialect });
    scripts = opened.scripts;
  };
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'writer-'));
    await open();
    await sql`create table things (id integer primary key, name text not null unique)`.execute(db);
    executor.seen.length = 0;
  });
  afterEach(async () => {
    executor.failCommits = false;
    await db.destroy();
    rmSync(directory, { recursive: true });
  });

  const add = (name: string): Promise<unknown> =>
    db
      .insertInto('things')
      .values({ name } as never)
      .execute();
  const names = async (): Promise<string[]> => {
    const rows = await db.selectFrom('things').select('name').orderBy('name').execute();
    return rows.map(({ name }) => name);
  };
  const reopened = async (): Promise<string[]> => {
    await db.destroy();
    await open();
    return names();
  };

  it('commits many of 200 statements at once together', async () => {
    const all = Array.from({ length: 200 }, (_, index) => `n${String(index).padStart(3, '0')}`);
    await Promise.all(all.map(add));
    // A slow machine needs more commits, because none waits longer than 10 ms for others.
    expect(executor.count('commit')).toBeLessThan(100);
    expect(await reopened()).toEqual(all);
  });

  it('resolves a write only after its commit, and lets later work run meanwhile', async () => {
    let release = (): void => undefined;
    executor.held = new Promise((resolve) => {
      release = resolve;
    });
    const settled: string[] = [];
    const first = add('a').then(() => settled.push('a'));
    while (executor.count('commit') === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await names()).toEqual(['a']);
    const second = add('b').then(() => settled.push('b'));
    while (executor.count('commit') < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(settled).toEqual([]);
    release();
    await Promise.all([first, second]);
    expect(settled).toEqual(['a', 'b']);
  });

  it('commits nothing for reads', async () => {
    await names();
    expect(executor.count('commit')).toBe(0);
  });

  it('rolls back a failed statement and a failed transaction alone', async () => {
    await add('taken');
    const failing = db.transaction().execute(async (transaction) => {
      await transaction
        .insertInto('things')
        .values({ name: 'gone' } as never)
        .execute();
      await transaction
        .insertInto('things')
        .values({ name: 'taken' } as never)
        .execute();
    });
    const results = await Promise.allSettled([
      add('before'),
      failing,
      add('taken'),
      db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('things')
          .values({ name: 'kept' } as never)
          .execute();
      }),
      add('after'),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect((results[2] as PromiseRejectedResult).reason).toMatchObject({
      name: 'SqliteError',
      code: 'SQLITE_CONSTRAINT_2067',
    });
    expect(await reopened()).toEqual(['after', 'before', 'kept', 'taken']);
  });

  it('never runs two transactions at once', async () => {
    let running = 0;
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        db.transaction().execute(async (transaction) => {
          running += 1;
          expect(running).toBe(1);
          await transaction
            .insertInto('things')
            .values({ name: String(index) } as never)
            .execute();
          await new Promise((resolve) => setTimeout(resolve, 1));
          running -= 1;
        }),
      ),
    );
    const commits = executor.seen.flatMap((kind, index) => (kind === 'commit' ? [index] : []));
    // Each commit comes between two units, never within one.
    for (const index of commits) expect(executor.seen[index - 1]).toBe('release');
  });

  it('fails every unit of a failed commit, and goes on after it', async () => {
    executor.failCommits = true;
    const results = await Promise.allSettled(['a', 'b', 'c'].map(add));
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
    }
    executor.failCommits = false;
    await add('d');
    expect(await reopened()).toEqual(['d']);
  });

  it('fails the whole batch if SQLite ends its transaction', async () => {
    const lose = sql`insert or rollback into things (name) values ('taken')`;
    await add('taken');
    const results = await Promise.allSettled([add('lost'), lose.execute(db), add('next')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(await reopened()).toEqual(['next', 'taken']);
  });

  it('does not begin a unit whose time is up', async () => {
    const late = Deadline.run(new Deadline(0), () => add('late'));
    await expect(late).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(await names()).toEqual([]);
  });

  it('waits for the last commit when it closes', async () => {
    const last = add('last');
    expect(await reopened()).toEqual(['last']);
    await last;
  });

  describe('with scripts', () => {
    const insert = (name: string): BoundStatement =>
      db
        .insertInto('things')
        .values({ name } as never)
        .returning('id')
        .compile();
    const script = (...texts: string[]): Promise<ScriptRows> =>
      scripts.run(texts.map((name) => ({ statement: insert(name) })));

    it('commits 200 at once in a few messages', async () => {
      const all = Array.from({ length: 200 }, (_, index) => `n${String(index).padStart(3, '0')}`);
      await Promise.all(all.map((name) => script(name, `${name}+`)));
      expect(executor.seen.length).toBeLessThanOrEqual(3);
      expect(await reopened()).toEqual(all.flatMap((name) => [name, `${name}+`]));
    });

    it('rolls back one that does not return its row, and one that fails, alone', async () => {
      const [first] = (await script('taken')) ?? [];
      const { id } = first?.[0] as { id: number };
      const results = await Promise.allSettled([
        script('before'),
        scripts.run([{ statement: insert('missing'), mustReturnId: id }]),
        scripts.run([{ statement: insert('found'), mustReturnId: id + 2 }]),
        script('gone', 'taken'),
        script('taken'),
        script('after'),
      ]);
      expect(results).toMatchObject([
        { status: 'fulfilled' },
        { status: 'fulfilled', value: undefined },
        { status: 'fulfilled', value: [[{ id: id + 2 }]] },
        { status: 'rejected', reason: { code: 'SQLITE_CONSTRAINT_2067' } },
        { status: 'rejected', reason: { code: 'SQLITE_CONSTRAINT_2067' } },
        { status: 'fulfilled' },
      ]);
      expect(await reopened()).toEqual(['after', 'before', 'found', 'taken']);
    });

    it('reads without a commit, and beside writes', async () => {
      const read = db.selectFrom('things').select('name').compile();
      expect(await scripts.run([{ statement: read }])).toEqual([[]]);
      expect(executor.seen).toEqual(['scripts']);
      await Promise.all([script('a'), scripts.run([{ statement: read }])]);
      expect(await scripts.run([{ statement: read }])).toEqual([[{ name: 'a' }]]);
    });

    it('fails all of a failed commit, and goes on after it', async () => {
      executor.failCommits = true;
      const results = await Promise.allSettled([script('a'), script('b', 'c')]);
      for (const result of results) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
      }
      executor.failCommits = false;
      await script('d');
      expect(await reopened()).toEqual(['d']);
    });

    it('fails a batch, and the units before it, if SQLite ends the transaction', async () => {
      const lose = sql`insert or rollback into things (name) values ('taken')`.compile(db);
      await script('taken');
      const results = await Promise.allSettled([
        script('lost'),
        scripts.run([{ statement: lose }]),
        script('behind'),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      await script('next');
      expect(await reopened()).toEqual(['next', 'taken']);
    });

    it('does not begin one whose time is up, at once or while it waits', async () => {
      await expect(Deadline.run(new Deadline(0), () => script('late'))).rejects.toMatchObject({
        code: 'deadline_exceeded',
      });
      let release = (): void => undefined;
      const unit = db.transaction().execute(async () => {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      });
      const waiting = Deadline.run(new Deadline(20), () => script('later'));
      await expect(waiting).rejects.toMatchObject({ code: 'deadline_exceeded' });
      release();
      await unit;
      expect(await names()).toEqual([]);
    });
  });

  it('keeps exactly the writes that were reported as done, for any units', async () => {
    const unit = fc.record({
      names: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 3 }),
      kind: fc.constantFrom('statement', 'transaction', 'script'),
      delay: fc.integer({ min: 0, max: 2 }),
      commitFails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(unit, { maxLength: 12 }), async (units) => {
        await sql`delete from things`.execute(db);
        const done = new Set<string>();
        await Promise.all(
          units.map(async ({ names: ids, kind, delay, commitFails }) => {
            for (let turn = 0; turn < delay; turn += 1) {
              await new Promise((resolve) => setTimeout(resolve, 1));
            }
            executor.failCommits = commitFails;
            const values = ids.map((id) => ({ name: String(id) }));
            try {
              if (kind === 'script') {
                const statements = values.map((value) =>
                  db
                    .insertInto('things')
                    .values(value as never)
                    .compile(),
                );
                await scripts.run(statements.map((statement) => ({ statement })));
              } else if (kind === 'transaction') {
                await db.transaction().execute(async (transaction) => {
                  for (const value of values) {
                    await transaction
                      .insertInto('things')
                      .values(value as never)
                      .execute();
                  }
                });
              } else {
                await db
                  .insertInto('things')
                  .values(values as never)
                  .execute();
              }
              for (const { name } of values) done.add(name);
            } catch {
              // Nothing of this unit may be kept.
            }
          }),
        );
        executor.failCommits = false;
        expect(await reopened()).toEqual([...done].sort());
      }),
      { numRuns: 40 },
    );
  });
});

describe('WorkerExecutor', () => {
  it('reports a file that cannot be made, and a thread that ended', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'writer-'));
    const missing = join(directory, 'is-a-file', 'channel.db');
    const lost = jest.fn();
    const executor = await WorkerExecutor.open(join(directory, 'is-a-file'), WORKER, lost);
    await expect(WorkerExecutor.open(missing, WORKER, lost)).rejects.toMatchObject({
      code: 'EEXIST',
    });
    await executor.run({ kind: 'close' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const late = executor.run({ kind: 'commit' });
    await expect(late).rejects.toThrow('The thread of the database has ended.');
    // It ended as it was asked to.
    expect(lost).not.toHaveBeenCalled();
    rmSync(directory, { recursive: true });
  });

  it('answers the next command after one that cannot be sent', async () => {
    const executor = await WorkerExecutor.open(':memory:', WORKER, ignore);
    const select = (value: unknown): Promise<SqliteResult> =>
      executor.run({ kind: 'execute', sql: 'select ? as value', parameters: [value] });
    await expect(select(() => 1)).rejects.toThrow('could not be cloned');
    const { rows } = await select(2);
    expect(rows).toEqual([{ value: 2 }]);
    await executor.run({ kind: 'close' });
  });

  it('ends the process when the thread ends by itself', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'writer-'));
    const { code, stdout } = await runNode(['-e', LOSE_THREAD], {
      DATABASE_FILE: join(directory, 'channel.db'),
    });
    const events = stdout.trim().split('\n');
    expect(events).toEqual(['open', expect.stringContaining('"event":"database.lost"')]);
    expect(code).toBe(1);
    rmSync(directory, { recursive: true });
  });
});
