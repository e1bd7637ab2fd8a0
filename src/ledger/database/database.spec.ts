import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { loopbackCertificate } from '../../../sandbox/certificate.js';
import { ENGINES, settingsOf, sharedDatabase } from '../../../test/support/engines.js';
import { DATABASE_PASSWORD, TestPostgres } from '../../../test/support/postgres.js';
import { Database } from './database.js';

describe.each(ENGINES)('Database.probe on %s', (_, startEngine) => {
  const getDatabase = sharedDatabase(startEngine);

  it('can run repeatedly and keeps one row', async () => {
    const database = getDatabase();
    for (let times = 0; times < 3; times += 1) await database.probe();
    expect(await database.db.selectFrom('write_probe').select('id').execute()).toHaveLength(1);
  });
});

describe('Database on PostgreSQL', () => {
  let postgres: TestPostgres;
  let url: string;
  beforeAll(async () => {
    postgres = await TestPostgres.start();
    await postgres.query('postgres', "create role planted_guest login password 'planted'");
  });
  afterAll(() => postgres.stop());
  beforeEach(async () => {
    url = await postgres.makeDatabase();
  });

  const opened = new Set<Database>();
  const open = async (address = url): Promise<Database> => {
    const database = new Database(settingsOf(address));
    await database.onModuleInit();
    opened.add(database);
    return database;
  };
  const close = async (database: Database): Promise<void> => {
    opened.delete(database);
    await database.onApplicationShutdown();
  };
  afterEach(async () => {
    await Promise.all([...opened].map(close));
  });

  it('is migrated once by many processes that start at the same time', async () => {
    const databases = await Promise.all(Array.from({ length: 6 }, () => open()));
    for (const database of databases) await database.ping();
  });

  it.each([
    [
      'a wrong password',
      (good: string) => good.replace(DATABASE_PASSWORD, 'planted'),
      'PostgreSQL rejects the user or the password',
    ],
    ['a missing database', (good: string) => `${good}x`, 'PostgreSQL has no database of this name'],
    [
      'a user who may not create tables',
      (good: string) => good.replace(`channel:${DATABASE_PASSWORD}`, 'planted_guest:planted'),
      'the user may not create tables: grant it CREATE on the schema',
    ],
    [
      'a server without TLS',
      (good: string) => `${good}?sslmode=verify-full`,
      'the server has no TLS: turn it on there, or set sslmode=disable if the network is your own',
    ],
    ['a closed port', (good: string) => good.replace(/:\d+\//, ':9/'), 'ECONNREFUSED'],
  ])('describes %s without any value from the settings', async (_, change, reason) => {
    const failure = await open(change(url)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'StartupError',
      faults: [`DATABASE_URL names a database that cannot be opened (${reason})`],
    });
    expect(String(failure)).not.toMatch(/planted|channel_/);
  });

  it('recovers after its connections were cut, idle or in a transaction', async () => {
    const database = await open();
    const cutAll = `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name like 'instagram%'`;
    const inTransaction = database.db.transaction().execute(async (db) => {
      await db.selectFrom('likes').selectAll().execute();
      await postgres.query('postgres', cutAll);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await db.selectFrom('likes').selectAll().execute();
    });
    await expect(inTransaction).rejects.toThrow();
    await database.ping();
    expect(await database.locks?.acquire('key', 1000)).toBe(true);
  });

  it('grants a lock to one process and frees it when the connection ends', async () => {
    const [one, two] = [await open(), await open()];
    expect(await one.locks?.acquire('key', 1000)).toBe(true);
    expect(await two.locks?.acquire('key', 1000)).toBe(false);
    expect(await two.locks?.acquire('other key', 1000)).toBe(true);
    await one.locks?.release('key');
    expect(await two.locks?.acquire('key', 1000)).toBe(true);
    await close(two);
    const deadline = performance.now() + 5000;
    while ((await one.locks?.acquire('key', 1000)) !== true)
      expect(performance.now()).toBeLessThan(deadline);
  });

  it('releases a lock that was granted after the caller had stopped waiting', async () => {
    const [one, two] = [await open(), await open()];
    expect(await one.locks?.acquire('key', 0)).toBe(false);
    const deadline = performance.now() + 5000;
    while ((await two.locks?.acquire('key', 1000)) !== true)
      expect(performance.now()).toBeLessThan(deadline);
  });

  it('acquires and releases thousands of locks at once, each for its caller', async () => {
    const [one, two] = [(await open()).locks, (await open()).locks];
    if (one === undefined || two === undefined) throw new Error('there are no locks');
    const keys = Array.from({ length: 1800 }, (_, index) => `key ${String(index)}`);
    expect(await two.acquire('key 7', 1000)).toBe(true);
    const taken = await Promise.all(keys.map((key) => one.acquire(key, 10_000)));
    expect(keys.filter((_, index) => taken[index] !== true)).toEqual(['key 7']);
    await Promise.all(keys.map((key) => one.release(key)));
    const again = await Promise.all(keys.map((key) => two.acquire(key, 10_000)));
    expect(again).toEqual(keys.map(() => true));
  });

  it('releases the locks that were granted before the server had no room for more', async () => {
    const full = await open();
    const [one, two] = [(await open()).locks, (await open()).locks];
    if (one === undefined || two === undefined) throw new Error('there are no locks');
    const keys = Array.from({ length: 30 }, (_, index) => `key ${String(index)}`);
    await full.db.connection().execute(async (db) => {
      const run = (call: string): Promise<unknown> => sql`select ${sql.raw(call)}`.execute(db);
      const filling = run('pg_advisory_lock(g) from generate_series(1, 100000) g');
      await expect(filling).rejects.toMatchObject({ cause: { code: '53200' } });
      await run('pg_advisory_unlock(g) from generate_series(1, 10) g');
      const taken = await Promise.allSettled(keys.map((key) => one.acquire(key, 5000)));
      expect(taken.map(({ status }) => status)).toEqual(keys.map(() => 'rejected'));
      await run('pg_advisory_unlock_all()');
    });
    const deadline = performance.now() + 5000;
    for (const key of keys) {
      while (!(await two.acquire(key, 1000))) expect(performance.now()).toBeLessThan(deadline);
    }
  });

  it('cancels a statement that takes too long', async () => {
    const database = await open();
    const slow = sql`select pg_sleep(10)`.execute(database.db);
    await expect(slow).rejects.toMatchObject({ code: 'internal', cause: { code: '57014' } });
  });

  it('does not reuse a connection that stopped answering', async () => {
    const relay = await startRelay(postgres.port);
    const database = await open(url.replace(String(postgres.port), String(relay.port)));
    await database.ping();
    relay.silence();
    await expect(database.ping()).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
    await database.ping();
    await close(database);
    relay.stop();
  });
});

describe('Database on PostgreSQL over TLS', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'database-tls-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  /** Opens a database at a server with this certificate and returns whether TLS was used. */
  const openAt = async (host: string, sslmode: string, isKnown = true): Promise<unknown> => {
    const tls = await loopbackCertificate({ host });
    const postgres = await TestPostgres.start(tls);
    const file = join(directory, 'ca.pem');
    writeFileSync(file, tls.cert);
    const url = await postgres.makeDatabase();
    const authority = isKnown ? `&sslrootcert=${file}` : '';
    const database = new Database(settingsOf(`${url}?sslmode=${sslmode}${authority}`));
    try {
      await database.onModuleInit();
      const query = sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`;
      const { rows } = await query.execute(database.db);
      await database.onApplicationShutdown();
      return rows;
    } catch (error) {
      return String(error);
    } finally {
      await postgres.stop();
    }
  };

  it('encrypts if the certificate is from the authority and for the host', async () => {
    expect(await openAt('localhost', 'verify-full')).toEqual([{ ssl: true }]);
  });

  it.each([
    ['from an unknown authority', 'localhost', 'require', false, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['for another host', 'db.example', 'verify-ca', true, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('rejects a certificate %s', async (_, host, sslmode, isKnown, code) => {
    expect(await openAt(host, sslmode, isKnown)).toMatch(
      `DATABASE_URL names a database that cannot be opened (${code})`,
    );
  });
});

/** Forwards bytes to a port. `silence` drops all further bytes of the open connections. */
async function startRelay(
  to: number,
): Promise<{ port: number; silence: () => void; stop: () => void }> {
  const pairs: [Socket, Socket][] = [];
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far).pipe(near);
    pairs.push([near, far]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    silence: () => {
      for (const [near, far] of pairs) {
        near.unpipe();
        far.unpipe();
        near.resume();
      }
    },
    stop: () => {
      for (const socket of pairs.flat()) socket.destroy();
      server.close();
    },
  };
}
