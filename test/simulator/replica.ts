import { createHash } from 'node:crypto';
import pg from 'pg';
import {
  AnswerDeadline,
  ConfiguredLimits,
  type Exchange,
} from '../../src/common/http/answer-deadline.js';
import { SharedGateModule } from '../../src/gate/shared-gate.module.js';
import { LoginTransport } from '../../src/instagram/login-transport.js';
import { LineWatch } from '../../src/ledger/line/line-watch.js';
import { ChannelbackService } from '../../src/channelback/channelback.service.js';
import { Clock } from '../../src/common/clock.js';
import { Deadline } from '../../src/common/deadline.js';
import { EventLog } from '../../src/common/logging/event-log.js';
import { Configuration, loadConfiguration } from '../../src/config/index.js';
import { CredentialsService } from '../../src/credentials/credentials.service.js';
import type { Account } from '../../src/domain/account.js';
import type { Target } from '../../src/domain/target.js';
import { GraphTransport } from '../../src/instagram/graph-transport.js';
import { LikeStateService } from '../../src/proxy/like-state/like-state.service.js';
import { LikeService } from '../../src/proxy/like/like.service.js';
import { PullService } from '../../src/pull/pull.service.js';
import { IntegrationManifest } from '../../src/zendesk/integration-manifest.js';
import type { ChannelbackAnswer } from '../../src/channelback/channelback-answer.dto.js';
import type { PullAnswer } from '../../src/pull/pull-answer.dto.js';
import { Container } from './container.js';
import type { GraphNetwork } from './graph-network.js';
import { type Database, SimulatedPool } from './postgres-pool.js';
import { SimulatedTransport } from './simulated-transport.js';

/** The settings of every replica; no part of the simulator opens what they name. */
const SETTINGS = loadConfiguration({
  PUBLIC_URL: 'https://channel.example',
  CREDENTIALS_KEYS: `test:${createHash('sha256').update('simulator').digest('base64url')}`,
  DATABASE_URL: 'postgres://simulated@127.0.0.1/simulated',
});

/** The time from the arrival of a call to its answer. Milliseconds. */
export const DEADLINES = { proxy: SETTINGS.proxyDeadlineMs, pull: SETTINGS.pullBudgetMs + 2000 };

export interface Surroundings {
  readonly database: Database;
  readonly network: GraphNetwork;
  /** Accounts by their metadata. */
  readonly accounts: ReadonlyMap<string, Account>;
  readonly log: EventLog;
}

/** The state of a like, as `/like/state` reports it. */
export interface ReportedLike {
  readonly liked: boolean | null;
  readonly source: string;
}

export interface ReplyRequest {
  readonly id: string;
  readonly text: string;
  readonly parent: string;
}

/** What a process starts. The others are created where these need them. */
const ROOTS = [
  LineWatch,
  SharedGateModule,
  LikeService,
  LikeStateService,
  PullService,
  ChannelbackService,
];

const noNote = (): void => undefined;

/**
 * One process of the service. This file alone knows how the service is put together: the classes
 * that are replaced, and the methods that its routes call.
 */
export class Replica {
  private readonly container: Container;

  constructor(private readonly surroundings: Surroundings) {
    const { network, accounts, log } = surroundings;
    this.container = new Container([
      [Configuration, SETTINGS],
      [Clock, new Clock()],
      [EventLog, log],
      [CredentialsService, openPrepared(accounts)],
      [GraphTransport, new SimulatedTransport(network)],
      // Logins use another connection, and no step of a schedule logs in.
      [LoginTransport, {}],
      [IntegrationManifest, { manifest: { id: 'simulated' } }],
      [ConfiguredLimits, DEADLINES],
    ]);
    for (const root of ROOTS) this.container.get(root);
  }

  /** Opens and migrates the database, and starts the timers. */
  async start(): Promise<void> {
    const { database } = this.surroundings;
    // `pg` creates its pools from this property, so the service's own code opens and uses them.
    pg.Pool = class extends SimulatedPool {
      constructor(options: pg.PoolConfig) {
        super(options, database);
      }
    } as unknown as typeof pg.Pool;
    await this.container.start();
  }

  like(metadata: string, target: Target, liked: boolean): Promise<boolean> {
    return this.serve('proxy', async () => {
      const call = this.toCall(metadata, { ...toFields(target), liked });
      return (await this.container.get(LikeService).set(call)).liked;
    });
  }

  readLike(metadata: string, target: Target): Promise<ReportedLike> {
    return this.serve('proxy', async () => {
      const call = this.toCall(metadata, toFields(target));
      return (await this.container.get(LikeStateService).get(call)) as unknown as ReportedLike;
    });
  }

  pull(metadata: string, state: string): Promise<PullAnswer> {
    return this.serve('pull', () =>
      this.container.get(PullService).pull({ metadata, state }, noNote),
    );
  }

  reply(metadata: string, { id, text, parent }: ReplyRequest): Promise<ChannelbackAnswer> {
    const request = { metadata, message: text, parent_id: parent, request_unique_identifier: id };
    return this.serve('proxy', () => this.container.get(ChannelbackService).post(request, noNote));
  }

  /** Runs a route's work under its deadline, as the server does. */
  private serve<T>(limit: 'proxy' | 'pull', work: () => Promise<T>): Promise<T> {
    const deadlines = this.container.get(AnswerDeadline);
    const request = { arrivedAt: performance.now(), id: '', routeOptions: {} };
    const exchange = { request: request as Exchange['request'], reply: { sent: false } };
    return deadlines.run(exchange, deadlines.start(request, limit), work) as Promise<T>;
  }

  private toCall<T extends object>(
    metadata: string,
    data: T,
  ): { account: Account; data: T; deadline: Deadline; note: () => void } {
    const account = this.surroundings.accounts.get(metadata);
    if (account === undefined) throw new Error('unknown metadata');
    const deadline = Deadline.fromArrival(SETTINGS.proxyDeadlineMs);
    return { account, data, deadline, note: noNote };
  }
}

function toFields({ kind, id }: Target): { media_id: string } | { comment_id: string } {
  return kind === 'media' ? { media_id: id } : { comment_id: id };
}

/** Opens accounts without decryption, which uses threads that a schedule cannot control. */
function openPrepared(accounts: ReadonlyMap<string, Account>): Partial<CredentialsService> {
  return {
    open: (metadata) => {
      const account = accounts.get(metadata);
      return account === undefined
        ? Promise.reject(new Error('unknown metadata'))
        : Promise.resolve(account);
    },
    reseal: () => Promise.resolve(undefined),
    readKeyId: () => 'test',
    readSealTime: () => undefined,
  };
}
