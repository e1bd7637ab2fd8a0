import { ServiceError } from '../../src/common/errors/service-error.js';
import { ChannelbackService } from '../../src/channelback/channelback.service.js';
import type { Configuration } from '../../src/config/index.js';
import type { CredentialsService } from '../../src/credentials/credentials.service.js';
import type { Account } from '../../src/domain/account.js';
import type { InstagramClient } from '../../src/instagram/instagram-client.js';
import { ChannelbackLedger } from '../../src/ledger/channelback-ledger.js';
import { ConnectedAccounts } from '../../src/ledger/connected-accounts.js';
import { Database } from '../../src/ledger/database.js';
import { LedgerLine } from '../../src/ledger/ledger-line.js';
import { Permalinks } from '../../src/ledger/permalinks.js';
import { PullAnswers } from '../../src/ledger/pull-answers.js';
import { CommentAuthors } from '../../src/ledger/comment-authors.js';
import { KeyedLock } from '../../src/ledger/keyed-lock.js';
import { PullDeliveries } from '../../src/pull/pull-deliveries.js';
import { PullMemory } from '../../src/pull/pull-memory.js';
import type { PullAnswer } from '../../src/pull/pull-answer.dto.js';
import { PullService } from '../../src/pull/pull.service.js';
import type { IntegrationManifest } from '../../src/zendesk/integration-manifest.js';
import { type IntegrationInstance, type Resource, Tickets } from '../../sandbox/zendesk/tickets.js';
import { checkChannelbackAnswer, checkPullAnswer } from '../../sandbox/zendesk/rules.js';
import { CapturedLog } from '../support/capture.js';
import { settingsOf } from '../support/engines.js';
import { anAccount } from '../support/account.js';
import { Life, ModelClient, ModelInstagram, type ModelTime } from './model-instagram.js';
import {
  type Choice,
  choose,
  DAY_MS,
  LATEST_MS,
  OWNER,
  type ReplyStep,
  type Request,
  type Schedule,
  type Step,
  type Writing,
} from './schedule.js';

const BUDGET_MS = 40_000;
/** More comments than one pull hands out. */
const FLOOD = 210;

interface Service {
  readonly pulls: PullService;
  readonly channelbacks: ChannelbackService;
  readonly life: Life;
}

interface Reply {
  readonly id: string;
  readonly text: string;
  readonly parent: string;
  /** The comment in a successful answer that Zendesk received. */
  acknowledged: string | undefined;
}

/**
 * Runs a random schedule: customers write, edit and delete, Zendesk pulls and sends replies,
 * Instagram fails, answers are lost, and the service is killed and restarted on its database. At
 * the end nothing fails for a while, and the tickets and replies are checked.
 */
export class ChannelSchedule {
  private readonly time: ModelTime = { now: Date.UTC(2026, 10, 23, 9), spent: 0 };
  private readonly instagram: ModelInstagram;
  private readonly tickets = new Tickets(1);
  private readonly instance: IntegrationInstance = {
    id: '360001',
    subdomain: 'omniwear',
    name: 'Omniwear',
    metadata: 'sealed',
    state: '',
    active: true,
    needsUpdate: false,
  };
  private readonly replies: Reply[] = [];
  private readonly database = new Database(settingsOf('sqlite::memory:'));
  private readonly account: Account;
  /** Two processes on one database. */
  private readonly services: Service[];

  constructor(private readonly schedule: Schedule) {
    const { pageSize, durations, threads, backfillDays } = schedule;
    this.instagram = new ModelInstagram(this.time, pageSize, durations);
    this.account = anAccount({ connectedAt: this.time.now, threads, backfillDays });
    for (const ageDays of schedule.postAges) this.post(ageDays);
    this.time.now -= 2 * DAY_MS;
    for (const writing of schedule.earlier) this.write(writing);
    this.time.now = this.account.connectedAt ?? this.time.now;
    this.services = [this.startService(), this.startService()];
  }

  async run(): Promise<void> {
    // Budgets are measured in the model's time, so a schedule can be repeated.
    const realNow = performance.now.bind(performance);
    performance.now = () => this.time.spent;
    try {
      await this.database.onModuleInit();
      for (const step of this.schedule.steps) {
        this.instagram.settle();
        await this.take(step);
      }
      await this.recover();
      this.check();
    } finally {
      performance.now = realNow;
      await this.database.onApplicationShutdown();
    }
  }

  private async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'write':
        this.write(step.writing);
        return;
      case 'flood':
        for (let count = 0; count < FLOOD; count += 1) {
          const writing = choose(step.writings, count);
          if (writing !== undefined) this.write(writing);
        }
        return;
      case 'edit':
        this.editOrDelete(step.comment, step.deletes);
        return;
      case 'wait':
        this.time.now += step.ms;
        return;
      case 'post':
        this.post(step.ageDays);
        return;
      case 'pull':
        this.instagram.setTroubles(step.troubles);
        await this.pull(step.requests, step.isReversed);
        return;
      case 'restart':
        this.restart(this.service(step.process));
        return;
      case 'reply':
        await this.reply(step);
    }
  }

  private post(ageDays: number): void {
    this.instagram.media.push({
      id: this.instagram.newId(),
      createdAt: this.time.now - ageDays * DAY_MS,
    });
  }

  private write({ post, replyTo, authorId, lateMs, pauseMs }: Writing): void {
    const mediaId = choose(this.instagram.media, post)?.id ?? '';
    const parents = [...this.instagram.comments.values()].filter(
      (comment) => comment.mediaId === mediaId && comment.parentId === undefined,
    );
    const parentId = replyTo === undefined ? undefined : choose(parents, replyTo)?.id;
    this.instagram.write({ mediaId, parentId }, authorId, 'Hi', lateMs);
    this.time.now += pauseMs;
  }

  private editOrDelete(choice: Choice, deletes: boolean): void {
    const comment = choose([...this.instagram.comments.values()], choice);
    if (comment === undefined) return;
    if (deletes) this.instagram.removeIfAllowed(comment.id);
    else if (comment.authorId !== OWNER) comment.text = 'Edited';
  }

  private startService(): Service {
    const life = new Life();
    const { log } = new CapturedLog();
    const clock = { now: () => this.time.now };
    const credentials = {
      open: () => Promise.resolve(this.account),
      reseal: () => Promise.resolve(undefined),
      readKeyId: () => 'key',
      readSealTime: () => undefined,
    } as unknown as CredentialsService;
    const client = new ModelClient(this.instagram, life) as unknown as InstagramClient;
    const configuration = { pullBudgetMs: BUDGET_MS, proxyDeadlineMs: BUDGET_MS } as Configuration;
    const memory = new PullMemory();
    const pulls = new PullService(
      credentials,
      client,
      new Permalinks(this.database),
      new CommentAuthors(this.database, clock),
      new ConnectedAccounts(this.database, clock),
      memory,
      new PullDeliveries(memory, new PullAnswers(this.database, clock), log),
      { manifest: { id: 'manifest' } } as IntegrationManifest,
      configuration,
      clock,
      log,
      LedgerLine.create(this.database, clock),
    );
    const channelbacks = new ChannelbackService(
      credentials,
      client,
      new ChannelbackLedger(this.database, clock),
      new KeyedLock(this.database),
      configuration,
      log,
    );
    return { pulls, channelbacks, life };
  }

  private service(index: number): Service {
    const service = this.services[index];
    if (service === undefined) throw new Error('no such process');
    return service;
  }

  private restart(service: Service): void {
    service.life.kill();
    const index = this.services.indexOf(service);
    if (index !== -1) this.services[index] = this.startService();
  }

  /** Asks a process. Undefined if it refuses, or is killed; then it is started again. */
  private async ask<T>(
    index: number,
    call: (service: Service) => Promise<T>,
  ): Promise<T | undefined> {
    const service = this.service(index);
    const { life } = service;
    const answer = await Promise.race([
      call(service).catch((error: unknown) => {
        if (error instanceof ServiceError) return undefined;
        throw error;
      }),
      life.end.then(() => undefined),
    ]);
    if (!life.ended) return answer;
    this.restart(service);
    return undefined;
  }

  private askToPull(index: number): Promise<PullAnswer | undefined> {
    const { metadata, state } = this.instance;
    return this.ask(index, ({ pulls }) => pulls.pull({ metadata, state }, () => undefined));
  }

  private async pull(requests: readonly Request[], isReversed: boolean): Promise<void> {
    const answers = await Promise.all(requests.map(({ process }) => this.askToPull(process)));
    const received = answers.filter((_, index) => requests[index]?.arrives);
    for (const answer of isReversed ? received.reverse() : received) this.receive(answer);
  }

  private receive(answer: PullAnswer | undefined): void {
    if (answer === undefined) return;
    const faults = checkPullAnswer(JSON.parse(JSON.stringify(answer)));
    if (faults.length > 0) throw new Error(faults.join('; '));
    const resources = answer.external_resources as unknown as Resource[];
    const { orphans } = this.tickets.import(this.instance, resources, true);
    if (orphans.length > 0) throw new Error(`without parents: ${orphans.join(', ')}`);
    if (answer.state === undefined) return;
    this.instance.state = answer.state;
  }

  private async reply({ troubles, requests, pauseMs, ...step }: ReplyStep): Promise<void> {
    const reply = this.replyToRepeat(step.repeat) ?? this.newReply(step.parent, step.isCommon);
    if (reply === undefined) return;
    this.instagram.setTroubles(troubles);
    await Promise.all(requests.map((request) => this.send(reply, request)));
    this.time.now += pauseMs;
  }

  private replyToRepeat(choice: Choice | undefined): Reply | undefined {
    if (choice === undefined) return undefined;
    const unanswered = this.replies.filter(({ acknowledged }) => acknowledged === undefined);
    return choose(unanswered, choice);
  }

  private newReply(choice: Choice, isCommon: boolean): Reply | undefined {
    const comments = [...this.tickets.all.values()].flatMap((ticket) => ticket.comments);
    const parent = choose(comments, choice)?.externalId;
    if (parent === undefined) return undefined;
    const number = String(this.replies.length + 1);
    const text = isCommon ? 'Reply: thanks' : `Reply ${number}`;
    const reply = { id: `r${number}`, text, parent, acknowledged: undefined };
    this.replies.push(reply);
    return reply;
  }

  private async send(reply: Reply, { process, arrives }: Request): Promise<void> {
    const answer = await this.ask(process, ({ channelbacks }) =>
      channelbacks.post(
        {
          metadata: 'sealed',
          message: reply.text,
          parent_id: reply.parent,
          request_unique_identifier: reply.id,
        },
        () => undefined,
      ),
    );
    if (answer === undefined || !arrives) return;
    const faults = checkChannelbackAnswer(JSON.parse(JSON.stringify(answer)));
    if (faults.length > 0) throw new Error(faults.join('; '));
    if (reply.acknowledged !== undefined && reply.acknowledged !== answer.external_id) {
      throw new Error(`${reply.id} was acknowledged as two comments`);
    }
    reply.acknowledged = answer.external_id;
  }

  /** Without further troubles, some pulls bring everything. */
  private async recover(): Promise<void> {
    this.instagram.setTroubles([]);
    this.time.now += LATEST_MS;
    for (let quiet = 0, pulls = 0; quiet < 3; pulls += 1) {
      this.time.now += 1_900_000;
      this.instagram.settle();
      const before = this.instance.state;
      const answer = await this.askToPull(choose(this.schedule.lastProcesses, pulls) ?? 0);
      this.receive(answer);
      if (answer === undefined || before === this.instance.state) throw new Error('no progress');
      const isComplete = !this.instance.state.includes('"place"');
      quiet = isComplete ? quiet + 1 : quiet;
      if (pulls > 2000) throw new Error('the pulls come to no end');
    }
  }

  private check(): void {
    const externalIds = [...this.tickets.all.values()].flatMap(({ comments }) =>
      comments.map(({ externalId }) => externalId ?? ''),
    );
    const counts = new Map<string, number>();
    for (const id of externalIds) counts.set(id, (counts.get(id) ?? 0) + 1);
    const from = (this.account.connectedAt ?? 0) - this.account.backfillDays * DAY_MS;
    for (const { id, mediaId, createdAt } of this.instagram.comments.values()) {
      if (createdAt < from) continue;
      const count = counts.get(`comment:${mediaId}:${id}`) ?? 0;
      if (count !== 1) throw new Error(`comment ${id} became ${String(count)} resources`);
    }
    for (const [id, count] of counts) {
      if (count > 1) throw new Error(`${id} became ${String(count)} resources`);
    }
    this.checkReplies();
  }

  private checkReplies(): void {
    const posted = [...this.instagram.comments.values()].filter(({ text }) =>
      text.startsWith('Reply'),
    );
    for (const text of new Set(this.replies.map((reply) => reply.text))) {
      const wanted = this.replies.filter((reply) => reply.text === text);
      const acknowledged = wanted.filter((reply) => reply.acknowledged !== undefined).length;
      const count = posted.filter((comment) => comment.text === text).length;
      if (count > wanted.length) throw new Error(`"${text}" was posted ${String(count)} times`);
      if (count < acknowledged) throw new Error(`"${text}" was acknowledged and is not there`);
    }
    for (const { id, acknowledged } of this.replies) {
      const commentId = acknowledged?.split(':')[2];
      if (commentId !== undefined && !this.instagram.comments.has(commentId)) {
        throw new Error(`${id} was acknowledged as a comment that is not there`);
      }
    }
    const claimed = this.replies.flatMap(({ acknowledged }) => acknowledged ?? []);
    if (new Set(claimed).size < claimed.length) throw new Error('two replies are one comment');
  }
}
