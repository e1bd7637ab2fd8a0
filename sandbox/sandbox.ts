import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { loopbackCertificate } from './certificate.js';
import { OMNIWEAR_ACCOUNT } from './omniwear-account.js';
import { anyPort, findFreePort } from './ports.js';
import {
  type Addresses,
  defineInstagram,
  defineService,
  defineZendesk,
  fromRoot,
  type ProcessDefinition,
  type TlsFiles,
} from './process-definitions.js';
import { SandboxProcess } from './sandbox-process.js';

export type { Addresses } from './process-definitions.js';

/** Where each process listens if its port is free. */
export const PORTS = { zendesk: 4000, instagram: 4001, apps: 4002, service: 4443 } as const;

/** The service needs keys of 256 bits. */
const KEY_BYTES = 32;

export interface SandboxOptions {
  /** Whether Zendesk has Omniwear's account from the start. If not, an admin has to add it. */
  readonly connected?: boolean;
  /** Uses any free ports instead of `PORTS`, so several sandboxes can run in parallel. */
  readonly anyPorts?: boolean;
}

/**
 * Three processes: Instagram's stand-in, this service with TLS and its own database, and Zendesk's
 * stand-in, which trusts the service's certificate. Each start begins with empty data.
 */
export class Sandbox {
  /** The service's `CREDENTIALS_KEYS`, which no other sandbox has. */
  private readonly keys = `sandbox:${randomBytes(KEY_BYTES).toString('base64url')}`;
  private readonly directory = mkdtempSync(join(tmpdir(), 'instagram-sandbox-'));
  private processes: SandboxProcess[] = [];
  private service: SandboxProcess | undefined;
  private stopped = false;

  /** @param print receives each line that a process prints, with the name of the process. */
  constructor(
    private readonly print: (name: string, line: string) => void,
    private readonly options: SandboxOptions = {},
  ) {}

  /** Starts all processes. If one does not start, stops the others. */
  async start(): Promise<Addresses> {
    try {
      return await this.startAll();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** The service's process id; tests kill the service with it. */
  get servicePid(): number | undefined {
    return this.service?.pid;
  }

  /** Stops the service and starts it again on the same database. */
  async restartService(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.stopService(signal);
    await this.startService();
  }

  /** Stops the service until `startService`. */
  async stopService(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.service?.stop(signal);
  }

  /** @param changes of the service's settings, for this start only. */
  async startService(changes?: Record<string, string>): Promise<void> {
    await this.service?.start(changes);
  }

  /** Seals the account's metadata with the service's command; `fields` replace the defaults. */
  sealOmniwear(fields: object = {}): string {
    return execFileSync(process.execPath, [fromRoot('dist/cli/metadata.cli.js'), 'seal'], {
      env: { CREDENTIALS_KEYS: this.keys },
      input: JSON.stringify({ ...OMNIWEAR_ACCOUNT, ...fields }),
      encoding: 'utf8',
    }).trim();
  }

  /** Stops the processes in reverse order and removes their files. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const started of [...this.processes].reverse()) await started.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Starts the processes in the order in which they depend on each other. */
  private async startAll(): Promise<Addresses> {
    const { cert, key } = await loopbackCertificate();
    const tls = this.writeTlsFiles(cert, key);
    const addresses = await this.chooseAddresses();
    const agent = new Agent({ connect: { ca: cert } });
    await this.startProcess('instagram', defineInstagram(addresses), agent);
    const databaseFile = join(this.directory, 'channel.db');
    const metadata = this.sealOmniwear();
    const secrets = { keys: this.keys, metadata };
    const service = defineService(addresses, tls, databaseFile, secrets);
    this.service = await this.startProcess('service', service, agent);
    const appFile = this.packageApp(`${addresses.service}/manifest.json`);
    const known = this.options.connected === false ? undefined : metadata;
    const zendesk = defineZendesk(addresses, tls, appFile, known);
    await this.startProcess('zendesk', zendesk, agent);
    return addresses;
  }

  private writeTlsFiles(cert: string, key: string): TlsFiles {
    const write = (name: string, content: string): string => {
      const path = join(this.directory, name);
      writeFileSync(path, content, { mode: 0o600 });
      return path;
    };
    return { certFile: write('certificate.pem', cert), keyFile: write('key.pem', key) };
  }

  private async chooseAddresses(): Promise<Addresses> {
    const choosePort = async (preferred: number): Promise<string> =>
      String(this.options.anyPorts === true ? await anyPort() : await findFreePort(preferred));
    return {
      zendesk: `http://127.0.0.1:${await choosePort(PORTS.zendesk)}`,
      instagram: `http://127.0.0.1:${await choosePort(PORTS.instagram)}`,
      apps: `http://127.0.0.1:${await choosePort(PORTS.apps)}`,
      service: `https://127.0.0.1:${await choosePort(PORTS.service)}`,
    };
  }

  private async startProcess(
    name: string,
    { args, environment, url }: ProcessDefinition,
    agent: Agent,
  ): Promise<SandboxProcess> {
    if (this.stopped) throw new Error('The sandbox was stopped.');
    const started = new SandboxProcess({
      name,
      args,
      environment,
      onLine: (line) => {
        this.print(name, line);
      },
      isUp: () => isUp(url, agent),
      onUnexpectedEnd: () => void this.restart(name, started),
    });
    this.processes.push(started);
    await started.start();
    return started;
  }

  private async restart(name: string, ended: SandboxProcess): Promise<void> {
    if (this.stopped) return;
    this.print(name, 'ended unexpectedly; restarting');
    try {
      await ended.start();
      this.print(name, `restarted as process ${String(ended.pid)}`);
    } catch (error) {
      this.print(name, String(error));
    }
  }

  /** Builds the app's package, as an admin does before uploading it. */
  private packageApp(manifestUrl: string): string {
    const file = join(this.directory, 'app.zip');
    const command = ['--import', 'tsx', fromRoot('zendesk-app/tools/package.cli.ts')];
    execFileSync(process.execPath, [...command, '--manifest-url', manifestUrl, '--out', file]);
    return file;
  }
}

async function isUp(url: string, dispatcher: Agent): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url, { dispatcher });
    await body.dump();
    return statusCode < 500;
  } catch {
    return false;
  }
}
