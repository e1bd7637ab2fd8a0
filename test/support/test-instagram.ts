import type { AddressInfo } from 'node:net';
import type { ArmedFault, Fault, FaultQueue } from '../../sandbox/instagram/faults.js';
import type { SeenCall } from '../../sandbox/instagram/control-routes.js';
import { createInstagram, type InstagramServer } from '../../sandbox/instagram/server.js';
import type { World } from '../../sandbox/instagram/world.js';

export interface TlsFiles {
  cert: string;
  key: string;
}

/** Which calls a failure hits. */
type Match = Partial<Omit<ArmedFault, 'fault'>>;
type Optional<T> = { [Key in keyof T]?: T[Key] | undefined };
/** The settings of a kind of failure; only those that it cannot do without are required. */
type SettingsOf<Kind extends Fault['kind']> = Omit<Extract<Fault, { kind: Kind }>, 'kind'>;
type RequiredKeys<T> = { [Key in keyof T]-?: object extends Pick<T, Key> ? never : Key }[keyof T];
type Failure<Kind extends Fault['kind']> = Pick<SettingsOf<Kind>, RequiredKeys<SettingsOf<Kind>>> &
  Optional<SettingsOf<Kind>> &
  Match;

/** The Instagram stand-in as a real server on the loopback address. */
export class TestInstagram {
  private server: InstagramServer | undefined;
  private address = '';
  private gate: { arrive: () => void; opened: Promise<void> } | undefined;

  async start(tls?: TlsFiles): Promise<void> {
    this.server = createInstagram(tls === undefined ? {} : { tls });
    const { app } = this.server;
    app.addHook('onRequest', async () => {
      const { gate } = this;
      this.gate = undefined;
      gate?.arrive();
      await gate?.opened;
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    this.address = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${String(port)}`;
  }

  get url(): string {
    return this.address;
  }

  get app(): InstagramServer['app'] {
    return this.running.app;
  }

  get world(): World {
    return this.running.world;
  }

  get faults(): FaultQueue {
    return this.running.faults;
  }

  /** Calls of the Graph API so far, oldest first. */
  get seen(): SeenCall[] {
    return this.running.seen;
  }

  /**
   * Lets the next call fail, in a way given by its kind and settings or as a whole `Fault`.
   * `times` sets another number of calls; `method`, `path` (how it ends) and `parameter` (in the
   * query) choose the calls.
   */
  failNext<Kind extends Fault['kind']>(
    kind: Kind,
    ...[failure]: object extends Failure<Kind> ? [Failure<Kind>?] : [Failure<Kind>]
  ): void;
  failNext(fault: Fault, match?: Match): void;
  failNext(fault: Fault | Fault['kind'], match: Match = {}): void {
    const { times = 1, method, path, parameter, ...settings } = match;
    this.faults.arm({
      fault: (typeof fault === 'string' ? { kind: fault, ...settings } : fault) as Fault,
      times,
      ...(method === undefined ? {} : { method }),
      ...(path === undefined ? {} : { path }),
      ...(parameter === undefined ? {} : { parameter }),
    });
  }

  /** Keeps the next call waiting from its arrival until it is released. */
  holdNext(): { arrived: Promise<void>; release: () => void } {
    let arrive = (): void => undefined;
    let release = (): void => undefined;
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const opened = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.gate = { arrive, opened };
    return {
      arrived,
      release: () => {
        release();
      },
    };
  }

  async stop(): Promise<void> {
    await this.server?.app.close();
  }

  private get running(): InstagramServer {
    if (this.server === undefined) throw new Error('the Instagram stand-in is not started');
    return this.server;
  }
}

export type RunningInstagram = TestInstagram;

export async function startInstagram(tls?: TlsFiles): Promise<TestInstagram> {
  const instagram = new TestInstagram();
  await instagram.start(tls);
  return instagram;
}
