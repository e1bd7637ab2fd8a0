import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loopbackCertificate } from '../sandbox/certificate.js';
import { ROOT } from '../test/support/run.js';
import { compile } from './compile.js';
import { bindToLoadCore, LOAD_CORE, SERVER_CORE } from './machine.js';
import { ServerProcess } from './processes/server-process.js';
import { APP_SECRET, BENCH_KEY, CREDENTIALS_KEYS } from './workload/accounts.js';

/** The service, and peers that do the same job (`bench/peers`). */
export const SERVERS = ['product', 'fastify', 'node-http', 'nest', 'express'] as const;
export type ServerName = (typeof SERVERS)[number];
/** The peer that ratios refer to: bare Fastify and undici. */
export const REFERENCE: ServerName = 'fastify';

/** What the origin counted. */
export interface OriginCount {
  readonly likes: number;
  readonly reads: number;
  readonly refused: number;
}

export interface OriginOptions {
  readonly delayMs?: number;
  readonly isTls?: boolean;
}

export interface StartOptions {
  readonly origin: ServerProcess;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts servers and origins for the scenarios, and stops them. */
export class Lab {
  private readonly running = new Set<ServerProcess>();
  private names = 0;

  private constructor(
    /** Inside the project: compiled peers find its packages, and the ledger is on its disk. */
    readonly folder: string,
  ) {}

  /** Compiles what runs, and binds this process to the core of the load. */
  static open(): Lab {
    bindToLoadCore();
    mkdirSync(join(ROOT, 'data'), { recursive: true });
    const folder = mkdtempSync(join(ROOT, 'data', 'bench-'));
    compile(folder);
    const lab = new Lab(folder);
    process.once('exit', () => {
      lab.clear();
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => process.exit(1));
    }
    return lab;
  }

  /** Stops every server and origin. */
  async stopAll(): Promise<void> {
    for (const server of [...this.running]) await this.stop(server);
  }

  async stop(server: ServerProcess): Promise<void> {
    this.running.delete(server);
    await server.stop();
  }

  /** A path for a new file. */
  makePath(name: string): string {
    this.names += 1;
    return join(this.folder, `${String(this.names)}-${name}`);
  }

  /** However the run ends, it leaves no process and no file. */
  private clear(): void {
    for (const server of this.running) server.kill();
    rmSync(this.folder, { recursive: true, maxRetries: 5 });
  }

  /** Starts a stand-in for Instagram. */
  async startOrigin({ delayMs = 0, isTls = false }: OriginOptions = {}): Promise<ServerProcess> {
    const env: Record<string, string> = { APP_SECRET, DELAY_MS: String(delayMs) };
    if (isTls) {
      const { cert, key } = await loopbackCertificate();
      writeFileSync(this.authorityFile, cert);
      Object.assign(env, { TLS_CERT: cert, TLS_KEY: key });
    }
    return this.start('origin', { env, core: LOAD_CORE, isAsked: true });
  }

  /** Starts a server on its core, the service with an empty ledger unless `env` has another. */
  async startServer(name: ServerName, { origin, env = {} }: StartOptions): Promise<ServerProcess> {
    const isTls = origin.url.startsWith('https:');
    const common = { ...(isTls ? { NODE_EXTRA_CA_CERTS: this.authorityFile } : {}) };
    const own =
      name === 'product'
        ? {
            PUBLIC_URL: 'https://channel.example',
            PORT: '0',
            CREDENTIALS_KEYS,
            META_APP_SECRET: APP_SECRET,
            INSTAGRAM_GRAPH_URL: origin.url,
            DATABASE_URL: `sqlite:${this.makePath('ledger.sqlite')}`,
          }
        : { ORIGIN: origin.url, BENCH_KEY, APP_SECRET };
    return this.start(name, { env: { ...common, ...own, ...env }, core: SERVER_CORE });
  }

  private async start(
    name: ServerName | 'origin',
    options: { env: Record<string, string>; core: number; isAsked?: boolean },
  ): Promise<ServerProcess> {
    const server = await ServerProcess.start({
      ...options,
      script: this.findScript(name),
      env: { NODE_ENV: 'production', ...options.env },
      nodeOptions: name === 'origin' ? [] : ['--trace-gc'],
      cwd: ROOT,
      ready: /(?:^ready |"service\.started",.*"address":")(https?:[^"\s]+)/m,
      logFile: this.makePath(`${name}.log`),
    });
    this.running.add(server);
    return server;
  }

  private findScript(name: ServerName | 'origin'): string {
    if (name === 'product') return join(ROOT, 'dist/main.js');
    return join(this.folder, name === 'origin' ? 'origin/main.js' : `peers/${name}.js`);
  }

  private get authorityFile(): string {
    return join(this.folder, 'authority.pem');
  }
}
