import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { loopbackCertificate } from './certificate.js';
import { SANDBOX_APP } from './instagram/omniwear.js';
import { OMNIWEAR_ACCOUNT } from './omniwear-account.js';
import { Part } from './part.js';
import { anyPort, freePort } from './ports.js';

/** Where the parts listen, unless the port is taken. */
export const PORTS = { zendesk: 4000, instagram: 4001, apps: 4002, service: 4443 } as const;

/**
 * The key that seals the sandbox's account. It is fixed so that the example in Swagger UI opens here, and published with
 * it; the service refuses it wherever it is to talk to the real Instagram.
 */
const SANDBOX_KEY = 'sandbox:xvuf5f-DFdeUoll7QeUM5VIpnYjX1_lpVPtNOBjxoH8';

const root = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

export interface Addresses {
  readonly zendesk: string;
  /** Where Zendesk serves the app from. */
  readonly apps: string;
  readonly instagram: string;
  readonly service: string;
}

/**
 * The three parties as three processes: Instagram's stand-in, this service with TLS and a database of its own, and
 * Zendesk's stand-in, which trusts the service's certificate. Everything is fresh at each start.
 */
export class Sandbox {
  private readonly directory = mkdtempSync(join(tmpdir(), 'instagram-sandbox-'));
  private parts: Part[] = [];
  private servicePart: Part | undefined;
  private stopped = false;

  /** @param print told each line that a part prints, with the part's name. */
  constructor(
    private readonly print: (part: string, line: string) => void,
    private readonly options: {
      /** Whether Zendesk has Omniwear's account from the start; otherwise an admin has to add it. */
      readonly connected?: boolean;
      /** Whether the parts listen at any ports instead of `PORTS`, as many sandboxes at once have to. */
      readonly anyPorts?: boolean;
    } = {},
  ) {}

  /** Starts the parts; where one does not start, none is left. */
  async start(): Promise<Addresses> {
    try {
      return await this.startParts();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** In the order in which they need each other. */
  private async startParts(): Promise<Addresses> {
    const { cert, key } = await loopbackCertificate();
    const file = (name: string, content: string): string => {
      const path = join(this.directory, name);
      writeFileSync(path, content, { mode: 0o600 });
      return path;
    };
    const certFile = file('certificate.pem', cert);
    const keyFile = file('key.pem', key);
    const port = (wished: number): Promise<number> =>
      this.options.anyPorts === true ? anyPort() : freePort(wished);
    const [zendeskPort, instagramPort, appsPort, servicePort] = [
      await port(PORTS.zendesk),
      await port(PORTS.instagram),
      await port(PORTS.apps),
      await port(PORTS.service),
    ];
    const addresses = {
      zendesk: `http://127.0.0.1:${String(zendeskPort)}`,
      instagram: `http://127.0.0.1:${String(instagramPort)}`,
      apps: `http://127.0.0.1:${String(appsPort)}`,
      service: `https://127.0.0.1:${String(servicePort)}`,
    };
    const agent = new Agent({ connect: { ca: cert } });

    await this.add('instagram', {
      args: ['--import', 'tsx', root('sandbox/instagram/main.ts')],
      environment: { PORT: String(instagramPort) },
      url: `${addresses.instagram}/_control/calls`,
      agent,
    });
    this.servicePart = await this.add('service', {
      args: [root('dist/main.js')],
      environment: {
        PORT: String(servicePort),
        PUBLIC_URL: addresses.service,
        TLS_CERT_FILE: certFile,
        TLS_KEY_FILE: keyFile,
        CREDENTIALS_KEYS: SANDBOX_KEY,
        DATABASE_URL: `sqlite:${join(this.directory, 'channel.db')}`,
        INSTAGRAM_GRAPH_URL: addresses.instagram,
        META_APP_ID: SANDBOX_APP.id,
        META_APP_SECRET: SANDBOX_APP.secret,
        FACEBOOK_DIALOG_URL: addresses.instagram,
        ZENDESK_LOOPBACK_ORIGIN: addresses.zendesk,
      },
      url: `${addresses.service}/health/ready`,
      agent,
    });
    await this.add('zendesk', {
      args: ['--import', 'tsx', root('sandbox/zendesk/main.ts')],
      environment: {
        PORT: String(zendeskPort),
        APPS_PORT: String(appsPort),
        APP_FILE: this.packageApp(`${addresses.service}/manifest.json`),
        CA_FILE: certFile,
        ...(this.options.connected === false ? {} : { OMNIWEAR_METADATA: this.sealOmniwear() }),
      },
      url: addresses.zendesk,
      agent,
    });
    return addresses;
  }

  /** The service's process id, to try what its end does. */
  get servicePid(): number | undefined {
    return this.servicePart?.pid;
  }

  /** Ends the service, at once with SIGKILL, and starts it again on the same database. */
  async restartService(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.stopService(signal);
    await this.startService();
  }

  /** Ends the service, which stays away until it is started. */
  async stopService(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.servicePart?.stop(signal);
  }

  async startService(): Promise<void> {
    await this.servicePart?.start();
  }

  /** The account's metadata, made as an admin makes it: by the service's own command. `fields` are what differs. */
  sealOmniwear(fields: object = {}): string {
    return execFileSync(process.execPath, [root('dist/cli/metadata.cli.js'), 'seal'], {
      env: { CREDENTIALS_KEYS: SANDBOX_KEY },
      input: JSON.stringify({ ...OMNIWEAR_ACCOUNT, ...fields }),
      encoding: 'utf8',
    }).trim();
  }

  /** Stops the parts, the last started first, and removes what they left. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const part of [...this.parts].reverse()) await part.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async add(
    name: string,
    options: {
      args: string[];
      environment: Record<string, string>;
      url: string;
      agent: Agent;
    },
  ): Promise<Part> {
    if (this.stopped) throw new Error('The sandbox was stopped.');
    const part = new Part({
      name,
      args: options.args,
      environment: options.environment,
      onLine: (line) => {
        this.print(name, line);
      },
      answers: () => answers(options.url, options.agent),
      onUnexpectedEnd: () => {
        if (this.stopped) return;
        this.print(name, 'ended; starting it again');
        part.start().then(
          () => {
            this.print(name, `is up again, as process ${String(part.pid)}`);
          },
          (error: unknown) => {
            this.print(name, String(error));
          },
        );
      },
    });
    this.parts.push(part);
    await part.start();
    return part;
  }

  /** The app's package, made as for an admin to upload. */
  private packageApp(manifestUrl: string): string {
    const file = join(this.directory, 'app.zip');
    const command = ['--import', 'tsx', root('zendesk-app/tools/package.cli.ts')];
    execFileSync(process.execPath, [...command, '--manifest-url', manifestUrl, '--out', file]);
    return file;
  }
}

async function answers(url: string, dispatcher: Agent): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url, { dispatcher });
    await body.dump();
    return statusCode < 500;
  } catch {
    return false;
  }
}
