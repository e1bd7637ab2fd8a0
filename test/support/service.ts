import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../src/app.module.js';
import { createAdapter, setupApp } from '../../src/app.setup.js';
import { Clock } from '../../src/common/clock.js';
import type { ConnectionLimits } from '../../src/common/http/connection-limits.js';
import { NestLog } from '../../src/common/logging/nest-log.js';
import { loadConfiguration } from '../../src/config/index.js';
import { CredentialsService } from '../../src/credentials/credentials.service.js';
import { MovableClock } from '../../sandbox/clock.js';
import { OMNIWEAR_ACCOUNT } from '../../sandbox/omniwear-account.js';
import { CapturedLog } from './capture.js';
import { sealAsEarlier, TEST_KEY } from './keys.js';

export { OTHER_KEY, TEST_KEY } from './keys.js';

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  json: Record<string, unknown>;
}

/** The whole service on its Fastify adapter, set up as `main` does, with a log that is kept. */
export class TestService {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly logs: CapturedLog,
    /** The service's time; moved forward at will. */
    readonly clock: MovableClock,
    readonly metadata: string,
  ) {}

  static async start(
    environment: Record<string, string>,
    limits?: ConnectionLimits,
  ): Promise<TestService> {
    const configuration = loadConfiguration({
      PUBLIC_URL: 'https://channel.example',
      CREDENTIALS_KEYS: TEST_KEY,
      DATABASE_URL: 'sqlite::memory:',
      // Tests talk to this machine alone: port 9 discards, where anything listens there at all.
      INSTAGRAM_GRAPH_URL: 'http://127.0.0.1:9',
      ...environment,
    });
    const logs = new CapturedLog();
    const clock = new MovableClock();
    const module = await Test.createTestingModule({
      imports: [AppModule.forRoot(configuration, logs.log)],
    })
      .setLogger(new NestLog(logs.log))
      .overrideProvider(Clock)
      .useValue(clock)
      .compile();
    const app = module.createNestApplication<NestFastifyApplication>(
      createAdapter(configuration, limits),
    );
    setupApp(app, limits);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const metadata = await app.get(CredentialsService).seal(OMNIWEAR_ACCOUNT);
    return new TestService(app, logs, clock, metadata);
  }

  /** Omniwear's metadata with other fields. Only earlier versions sealed an account without a Zendesk. */
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

  stop(): Promise<void> {
    return this.app.close();
  }
}

export const FORM = 'application/x-www-form-urlencoded';
export const JSON_TYPE = 'application/json';

export function form(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}
