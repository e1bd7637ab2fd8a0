import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { loopbackCertificate } from '../../sandbox/certificate.js';
import { ENGINES, settingsOf, type TestEngine } from '../../test/support/engines.js';
import { DATABASE_PASSWORD, TestPostgres } from '../../test/support/postgres.js';
import { Clock } from '../common/clock.js';
import { ConnectedAccounts } from './connected-accounts.js';
import { Database } from './database.js';
import { MetaUsers } from './meta-users.js';

const ACCOUNT = '17841405309211844';

describe.each(ENGINES)('what is remembered on %s', (_, startEngine) => {
  let engine: TestEngine;
  let database: Database;
  beforeAll(async () => {
    engine = await startEngine();
    database = new Database(settingsOf(await engine.makeDatabase()));
    await database.onModuleInit();
  });
  afterAll(async () => {
    await database.onApplicationShutdown();
    await engine.stop();
  });

  it('deletes an account that two people share when both are forgotten at once', async () => {
    const metaUsers = new MetaUsers(database, new Clock());
    const accounts = new ConnectedAccounts(database, new Clock());
    for (let round = 100; round < 130; round += 1) {
      const shared = { igUserId: String(round), subdomain: 'omniwear' };
      await accounts.note(shared, 'active', 0);
      for (const person of ['1', '2']) await metaUsers.connected(person, shared.igUserId);
      const done = await Promise.all(
        ['1', '2'].map((person) => metaUsers.forget(person, `${person} in ${String(round)}`)),
      );
      expect(done.map((each) => [each?.accounts, each?.shared]).sort()).toEqual([
        [0, 1],
        [1, 0],
      ]);
    }
    expect(await accounts.list()).toEqual([]);
  });

  it('can be written, and says so as often as it is asked', async () => {
    for (let times = 0; times < 3; times += 1) await database.probe();
    expect(await database.db.selectFrom('write_probe').select('id').execute()).toHaveLength(1);
  });

  it('keeps the newest news of an account, in whatever order they come', async () => {
    const accounts = new ConnectedAccounts(database, new Clock());
    const connection = { igUserId: ACCOUNT, subdomain: 'omniwear' };
    await accounts.note(connection, 'inactive', 2000);
    await accounts.note(connection, 'active', 1000);
    await accounts.notePull(connection, 'ok');
    expect(await accounts.list()).toEqual([
      {
        igUserId: ACCOUNT,
        isActive: false,
        pulledAt: expect.stringMatching(/Z$/),
        outcome: 'ok',
      },
    ]);
  });
});

describe('Database on PostgreSQL', () => {
  let postgres: TestPostgres;
  let url: string;
  beforeAll(async () => {
    postgres = await TestPostgres.start();
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

  it('is brought to the current schema once by many that start at the same moment', async () => {
    const databases = await Promise.all(Array.from({ length: 6 }, () => open()));
    for (const database of databases) await database.ping();
  });

  it.each([
    ['a password that is wrong', (good: string) => good.replace(DATABASE_PASSWORD, 'planted')],
    ['a database that is not there', (good: string) => `${good}x`],
    ['a server without TLS', (good: string) => `${good}?sslmode=verify-full`],
    ['nothing that listens', (good: string) => good.replace(/:\d+\//, ':9/')],
  ])('says what is wrong with %s, without any value', async (_, change) => {
    const failure = await open(change(url)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'StartupError', faults: [expect.anything()] });
    expect(String(failure)).toMatch(/DATABASE_URL .*\((Postgre|the server|ECONNREFUSED).*\)$/);
    expect(String(failure)).not.toMatch(/planted|channel_/);
  });

  it('goes on by itself after its connections were cut, idle or in the middle of a transaction', async () => {
    const database = await open();
    const cutAll = `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'instagram%'`;
    const inTransaction = database.db.transaction().execute(async (db) => {
      await db.selectFrom('likes').selectAll().execute();
      await postgres.query('postgres', cutAll);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await db.selectFrom('likes').selectAll().execute();
    });
    await expect(inTransaction).rejects.toThrow();
    await database.ping();
    expect(await database.locks?.take('key', 1000)).toBe(true);
  });

  it('gives a lock to one process, and frees it when its connection ends', async () => {
    const [one, two] = [await open(), await open()];
    expect(await one.locks?.take('key', 1000)).toBe(true);
    expect(await two.locks?.take('key', 1000)).toBe(false);
    expect(await two.locks?.take('other key', 1000)).toBe(true);
    await one.locks?.release('key');
    expect(await two.locks?.take('key', 1000)).toBe(true);
    await close(two);
    const deadline = performance.now() + 5000;
    while ((await one.locks?.take('key', 1000)) !== true)
      expect(performance.now()).toBeLessThan(deadline);
  });

  it('gives a lock back that it got when nobody waited for it any more', async () => {
    const [one, two] = [await open(), await open()];
    expect(await one.locks?.take('key', 0)).toBe(false);
    const deadline = performance.now() + 5000;
    while ((await two.locks?.take('key', 1000)) !== true)
      expect(performance.now()).toBeLessThan(deadline);
  });

  it('takes and releases thousands of locks at once, each for the one that asked', async () => {
    const [one, two] = [(await open()).locks, (await open()).locks];
    if (one === undefined || two === undefined) throw new Error('there are no locks');
    const keys = Array.from({ length: 1800 }, (_, index) => `key ${String(index)}`);
    expect(await two.take('key 7', 1000)).toBe(true);
    const taken = await Promise.all(keys.map((key) => one.take(key, 10_000)));
    expect(keys.filter((_, index) => taken[index] !== true)).toEqual(['key 7']);
    await Promise.all(keys.map((key) => one.release(key)));
    const again = await Promise.all(keys.map((key) => two.take(key, 10_000)));
    expect(again).toEqual(keys.map(() => true));
  });

  it('gives up a statement that takes too long', async () => {
    const database = await open();
    const slow = sql`select pg_sleep(10)`.execute(database.db);
    await expect(slow).rejects.toMatchObject({ code: 'internal', cause: { code: '57014' } });
  });

  it('does not use a connection again that fell silent', async () => {
    const relay = await startRelay(postgres.port);
    const database = await open(url.replace(String(postgres.port), String(relay.port)));
    await database.ping();
    relay.silence();
    await expect(database.ping()).rejects.toMatchObject({
      cause: { message: 'Query read timeout' },
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

  /** Opens a database at a server with this certificate, and tells whether that was over TLS. */
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

  it('encrypts, where the certificate is from the authority and for the host', async () => {
    expect(await openAt('localhost', 'verify-full')).toEqual([{ ssl: true }]);
  });

  it.each([
    ['from an unknown authority', 'localhost', 'require', false, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['for another host', 'db.example', 'verify-ca', true, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('refuses a certificate %s', async (_, host, sslmode, isKnown, code) => {
    expect(await openAt(host, sslmode, isKnown)).toMatch(
      `DATABASE_URL names a database that cannot be opened (${code})`,
    );
  });
});

/** Passes bytes on to a port, until it is told to swallow those of the connections that there are. */
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
