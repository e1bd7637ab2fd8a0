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
import { LikeLedger } from './like-ledger.js';
import { MediaDirectory } from './media-directory.js';
import { MetaUsers } from './meta-users.js';
import { People } from './people.js';
import { TicketMap } from './ticket-map.js';

const ACCOUNT = '17841405309211844';
/** Larger than 32 bits hold. */
const TICKET = 90_071_992_547_409;

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
    const people = new MetaUsers(database, new Clock());
    const accounts = new ConnectedAccounts(database, new Clock());
    for (let round = 100; round < 130; round += 1) {
      const shared = { igUserId: String(round), subdomain: 'omniwear' };
      await accounts.note(shared, 'active', 0);
      for (const person of ['1', '2']) await people.connected(person, shared.igUserId);
      const done = await Promise.all(
        ['1', '2'].map((person) => people.forget(person, `${person} in ${String(round)}`)),
      );
      expect(done.map((each) => [each?.accounts, each?.shared]).sort()).toEqual([
        [0, 1],
        [1, 0],
      ]);
    }
    expect(await accounts.list()).toEqual([]);
  });

  it('knows the post or comment of a ticket, by numbers', async () => {
    const tickets = new TicketMap(database);
    const directory = new MediaDirectory(database);
    await directory.remember(ACCOUNT, new Map([['5', 'https://www.instagram.com/p/A/']]));
    await new People(database).remember(ACCOUNT, [
      { commentId: '6', mediaId: '5', authorId: 'other' },
      { commentId: '8', mediaId: '5', authorId: 'other' },
    ]);
    const resource = { subdomain: 'omniwear', ticketId: TICKET, mediaId: '5' };
    const comment = { ...resource, externalId: 'comment:5:6', commentId: '6', isFirst: true };
    const media = { ...resource, externalId: 'media:5', commentId: undefined, isFirst: false };
    await tickets.add([media, comment]);
    await tickets.add([{ ...comment, externalId: 'comment:5:7', commentId: '7' }]);
    await tickets.add([{ ...comment, externalId: 'comment:5:8', commentId: '8' }]);
    const target = { kind: 'comment', id: '6' };
    expect(await tickets.targetOf(ACCOUNT, 'omniwear', TICKET)).toEqual(target);
    expect(await tickets.targetOf(ACCOUNT, undefined, TICKET)).toEqual(target);
    expect(await tickets.targetOf(ACCOUNT, 'other', TICKET)).toBeUndefined();
    expect(await tickets.targetOf('1', 'omniwear', TICKET)).toBeUndefined();
    expect(await database.db.selectFrom('ticket_resources').select('ticket_id').execute()).toEqual([
      { ticket_id: TICKET },
      { ticket_id: TICKET },
    ]);
    expect(await directory.permalinkOf('5')).toBe('https://www.instagram.com/p/A/');
  });

  it('forgets a person and nobody else', async () => {
    const people = new People(database);
    const likes = new LikeLedger(database, new Clock());
    const mine = Array.from({ length: 501 }, (__, index) => String(1000 + index));
    await people.remember(
      ACCOUNT,
      [...mine, '6'].map((commentId) => ({
        commentId,
        mediaId: '5',
        authorId: commentId === '6' ? 'other' : 'person',
      })),
    );
    const like = async (id: string): Promise<void> => {
      await likes.confirm(await likes.begin(ACCOUNT, { kind: 'comment', id }, true));
    };
    await like('1500');
    await like('6');
    expect(await people.forget('person', undefined)).toBe(501);
    const states = await likes.states(ACCOUNT, [
      { kind: 'comment', id: '1500' },
      { kind: 'comment', id: '6' },
    ]);
    expect(states.map(({ known }) => known)).toEqual(['none', 'confirmed']);
  });

  it('forgets a person for one account, with what is under way, and no post of the same number', async () => {
    const people = new People(database);
    const likes = new LikeLedger(database, new Clock());
    const comment = { kind: 'comment', id: '77' } as const;
    const media = { kind: 'media', id: '77' } as const;
    await people.remember('21', [{ commentId: '77', mediaId: '5', authorId: 'guest' }]);
    await people.remember('22', [{ commentId: '78', mediaId: '5', authorId: 'guest' }]);
    await likes.begin('21', comment, true);
    await likes.confirm(await likes.begin('21', media, true));
    expect(await people.forget('guest', '22')).toBe(1);
    expect(await likes.states('21', [comment, media])).toMatchObject([
      { known: 'pending' },
      { known: 'confirmed' },
    ]);
    expect(await people.forget('guest', '21')).toBe(1);
    expect(await likes.states('21', [comment, media])).toMatchObject([
      { known: 'none' },
      { known: 'confirmed' },
    ]);
  });

  it('does not guess whose ticket of a number is meant', async () => {
    const directory = new MediaDirectory(database);
    await directory.remember('23', new Map([['31', 'https://www.instagram.com/p/B/']]));
    const ticket = { ticketId: 900, mediaId: '31', commentId: undefined, isFirst: true };
    const tickets = new TicketMap(database);
    await tickets.add(
      ['omniwear', 'omniwear-eu'].map((subdomain) => ({
        ...ticket,
        subdomain,
        externalId: 'media:31',
      })),
    );
    expect(await tickets.targetOf('23', undefined, 900)).toBeUndefined();
    expect(await tickets.targetOf('23', 'omniwear-eu', 900)).toEqual({ kind: 'media', id: '31' });
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
    expect(await database.locks?.take('key')).toBe(true);
  });

  it('gives a lock to one process, and frees it when its connection ends', async () => {
    const [one, two] = [await open(), await open()];
    expect(await one.locks?.take('key')).toBe(true);
    expect(await two.locks?.take('key')).toBe(false);
    expect(await two.locks?.take('other key')).toBe(true);
    await one.locks?.release('key');
    expect(await two.locks?.take('key')).toBe(true);
    await close(two);
    const deadline = performance.now() + 5000;
    while ((await one.locks?.take('key')) !== true)
      expect(performance.now()).toBeLessThan(deadline);
  });

  it('gives up a statement that takes too long', async () => {
    const database = await open();
    const slow = sql`select pg_sleep(10)`.execute(database.db);
    await expect(slow).rejects.toMatchObject({ code: '57014' });
  });

  it('does not use a connection again that fell silent', async () => {
    const relay = await startRelay(postgres.port);
    const database = await open(url.replace(String(postgres.port), String(relay.port)));
    await database.ping();
    relay.silence();
    await expect(database.ping()).rejects.toThrow('Query read timeout');
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
