import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../src/app.module.js';
import { createAdapter, setupApp } from '../../src/app.setup.js';
import { Clock } from '../../src/common/clock.js';
import { ElapsedTime } from '../../src/common/elapsed-time.js';
import type { ConnectionLimits } from '../../src/common/http/connection-limits.js';
import { NestLog } from '../../src/common/logging/nest-log.js';
import { loadConfiguration } from '../../src/config/index.js';
import { CredentialsService } from '../../src/credentials/credentials.service.js';
import { MovableClock } from '../../sandbox/clock.js';
import { OMNIWEAR_ACCOUNT } from '../../sandbox/omniwear-account.js';
import { CapturedLog } from './capture.js';
import { around, type Lifetime, TestInstagram } from './instagram.js';
import { sealAsEarlier, TEST_KEY } from './keys.js';

export { OTHER_KEY, TEST_KEY } from './keys.js';

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  json: Record<string, unknown>;
}

export type Environment = Record<string, string>;

/** The whole service on its Fastify adapter, set up as `main` does, with a log that is kept. */
export class TestService {
  /** The service's clock, moved by tests. It keeps its time when the service restarts. */
  clock = new MovableClock();
  private running: Running | undefined;

  static async start(environment: Environment, limits?: ConnectionLimits): Promise<TestService> {
    const service = new TestService();
    await service.start(environment, limits);
    return service;
  }

  /** Starts with the machine's time. */
  async start(environment: Environment, limits?: ConnectionLimits): Promise<void> {
    this.clock = new MovableClock();
    this.running = await run(environment, this.clock, limits);
  }

  /** Restarts without what it had in memory; `changes` are added to its settings. */
  async restart(changes: Environment = {}): Promise<void> {
    const { environment, limits } = this.started;
    await this.stop();
    this.running = await run({ ...environment, ...changes }, this.clock, limits);
  }

  get app(): NestFastifyApplication {
    return this.started.app;
  }

  get logs(): CapturedLog {
    return this.started.logs;
  }

  /** Omniwear's account, as Zendesk keeps it. */
  get metadata(): string {
    return this.started.metadata;
  }

  /**
   * Omniwear's metadata with other fields. Only earlier versions sealed an account without a
   * Zendesk.
   */
  seal(fields: object): Promise<string> {
    const account = { ...OMNIWEAR_ACCOUNT, ...fields };
    return 'subdomain' in fields && fields.subdomain === undefined
      ? sealAsEarlier({ v: 1, ...account })
      : this.app.get(CredentialsService).seal(account);
  }

  /** A call as Zendesk sends it, as a form. */
  proxy(path: string, clientData: unknown, metadata = this.metadata): Promise<Answer> {
    const data = typeof clientData === 'string' ? clientData : JSON.stringify(clientData);
    return this.post(path, form({ instance_metadata: metadata, client_data: data }));
  }

  async post(path: string, body: string, contentType = FORM): Promise<Answer> {
    return this.request('POST', path, body, { 'content-type': contentType });
  }

  async request(
    method: 'GET' | 'POST',
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await this.app.inject({
      method,
      url: path,
      headers,
      ...(body === undefined ? {} : { payload: body }),
    });
    const isJson = String(answer.headers['content-type']).includes('json');
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.payload,
      json: isJson && answer.payload !== '' ? (JSON.parse(answer.payload) as Answer['json']) : {},
    };
  }

  async stop(): Promise<void> {
    await this.running?.app.close();
  }

  private get started(): Running {
    if (this.running === undefined) throw new Error('the service is not started');
    return this.running;
  }
}

interface Running {
  readonly app: NestFastifyApplication;
  readonly logs: CapturedLog;
  readonly metadata: string;
  readonly environment: Environment;
  readonly limits: ConnectionLimits | undefined;
}

async function run(
  environment: Environment,
  clock: Clock,
  limits: ConnectionLimits | undefined,
): Promise<Running> {
  const configuration = loadConfiguration({
    PUBLIC_URL: 'https://channel.example',
    CREDENTIALS_KEYS: TEST_KEY,
    DATABASE_URL: 'sqlite::memory:',
    // Nothing listens on port 9 of this machine, or it discards what it receives.
    INSTAGRAM_GRAPH_URL: 'http://127.0.0.1:9',
    // Building the OpenAPI document takes half of the time of a start.
    DOCS: 'off',
    ...environment,
  });
  const logs = new CapturedLog();
  const module = await Test.createTestingModule({
    imports: [AppModule.forRoot(configuration, logs.log)],
  })
    .setLogger(new NestLog(logs.log))
    .overrideProvider(Clock)
    .useValue(clock)
    .overrideProvider(ElapsedTime)
    .useValue(clock)
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(
    createAdapter(configuration, limits),
  );
  setupApp(app, limits);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const metadata = await app.get(CredentialsService).seal(OMNIWEAR_ACCOUNT);
  return { app, logs, metadata, environment, limits };
}

export interface ServiceFixture {
  readonly service: TestService;
  readonly instagram: TestInstagram;
}

export interface ServiceOptions {
  readonly per?: Lifetime;
  readonly limits?: ConnectionLimits;
}

/**
 * The service with the Instagram stand-in that it calls.
 *
 * @param environment settings besides `INSTAGRAM_GRAPH_URL`, or a function that makes them.
 */
export function useService(
  environment:
    Environment | ((instagram: TestInstagram) => Environment | Promise<Environment>) = {},
  { per = 'describe', limits }: ServiceOptions = {},
): ServiceFixture {
  const service = new TestService();
  const instagram = new TestInstagram();
  around(
    per,
    async () => {
      await instagram.start();
      const settings =
        typeof environment === 'function' ? await environment(instagram) : environment;
      await service.start({ INSTAGRAM_GRAPH_URL: instagram.url, ...settings }, limits);
    },
    async () => {
      // At once: a call that hangs ends when its connection is closed.
      await Promise.all([instagram.stop(), service.stop()]);
    },
  );
  return { service, instagram };
}

export const FORM = 'application/x-www-form-urlencoded';
export const JSON_TYPE = 'application/json';

export function form(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}
