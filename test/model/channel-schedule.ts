import { ServiceError } from '../../src/common/errors/service-error.js';
import { Secret } from '../../src/domain/secret.js';
import { ChannelbackService } from '../../src/channelback/channelback.service.js';
import type { Configuration } from '../../src/config/index.js';
import type { CredentialsService } from '../../src/credentials/credentials.service.js';
import type { Account } from '../../src/domain/account.js';
import type { InstagramClient } from '../../src/instagram/instagram-client.js';
import { ChannelbackLedger } from '../../src/ledger/channelback-ledger.js';
import { ConnectedAccounts } from '../../src/ledger/connected-accounts.js';
import { Database } from '../../src/ledger/database.js';
import { Permalinks } from '../../src/ledger/permalinks.js';
import { CommentAuthors } from '../../src/ledger/comment-authors.js';
import { KeyedLock } from '../../src/ledger/keyed-lock.js';
import { PullMemory } from '../../src/pull/pull-memory.js';
import type { PullAnswer } from '../../src/pull/pull-answer.dto.js';
import { PullService } from '../../src/pull/pull.service.js';
import type { IntegrationManifest } from '../../src/zendesk/integration-manifest.js';
import { type IntegrationInstance, type Resource, Tickets } from '../../sandbox/zendesk/tickets.js';
import { checkChannelbackAnswer, checkPullAnswer } from '../../sandbox/zendesk/rules.js';
import { CapturedLog } from '../support/capture.js';
import { settingsOf } from '../support/engines.js';
import {
  Life,
  ModelClient,
  ModelInstagram,
  type ModelTime,
  OWNER,
  type Trouble,
} from './model-instagram.js';
import type { Random } from './random.js';

const DAY_MS = 86_400_000;
const BUDGET_MS = 40_000;
/** How late a comment appears at most. */
const LATEST_MS = 3 * DAY_MS;

interface Service {
  readonly pulls: PullService;
  readonly channelbacks: ChannelbackService;
  readonly life: Life;
}

interface Reply {
  readonly id: string;
  readonly text: string;
  readonly parent: string;
  /** What the service answered with success, if it did and Zendesk heard of it. */
  acknowledged: string | undefined;
}

/**
 * One random course of things: customers write, edit and delete, Zendesk pulls and sends replies, Instagram fails, answers are lost, and the
 * service is killed and started again on its database. At the end all is well again for a while, and what must hold is checked.
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
  private sendings = 0;

  constructor(private readonly random: Random) {
    this.instagram = new ModelInstagram(
      random,
      this.time,
      random.integer(1, 5),
      random.pick([10, 2000, 12_000]),
    );
    this.account = {
      dialect: 'facebook_login',
      igUserId: OWNER,
      username: 'omniwear',
      pageId: undefined,
      userToken: new Secret('token'),
      pageToken: undefined,
      scopes: new Set(['instagram_manage_comments']),
      expiresAt: undefined,
      dataAccessExpiresAt: undefined,
      threads: random.pick(['media', 'comment']),
      connectedAt: this.time.now,
      backfillDays: random.pick([0, 1, 30]),
      subdomain: 'omniwear',
    };
    for (let count = random.integer(1, 6); count > 0; count -= 1) this.post();
    this.time.now -= 2 * DAY_MS;
    for (let count = random.integer(0, 60); count > 0; count -= 1) this.customerWrites();
    this.time.now = this.account.connectedAt ?? this.time.now;
    this.services = [this.startService(), this.startService()];
  }

  async run(): Promise<void> {
    // Budgets are counted in the time that the model's calls take, so that a seed repeats what it did.
    const realNow = performance.now.bind(performance);
    performance.now = () => this.time.spent;
    try {
      await this.database.onModuleInit();
      for (let steps = this.random.integer(10, 30); steps > 0; steps -= 1) await this.step();
      await this.recover();
      this.check();
    } finally {
      performance.now = realNow;
      await this.database.onApplicationShutdown();
    }
  }

  private async step(): Promise<void> {
    this.instagram.settle();
    switch (this.random.integer(0, 15)) {
      case 0:
      case 1:
      case 2:
      case 3:
        this.customerWrites();
        return;
      case 4:
        this.customerEditsOrDeletes();
        return;
      case 5:
        this.time.now += this.random.pick([1000, 60_000, 1_200_000, 7_200_000]);
        return;
      case 6:
        // More than one answer holds, now and then.
        if (this.random.chance(0.05))
          for (let count = 0; count < 210; count += 1) this.customerWrites();
        else this.post();
        return;
      case 7:
      case 8:
      case 9:
        await this.pull(this.random.chance(0.7));
        return;
      case 10:
        await this.pullTwiceAtOnce();
        return;
      case 11:
        if (this.random.chance(0.3)) this.restart(this.random.pick(this.services));
        return;
      default:
        await this.agentReplies();
    }
  }

  private post(): void {
    this.instagram.media.push({
      id: this.instagram.newId(),
      createdAt: this.time.now - this.random.integer(0, 40) * DAY_MS,
    });
  }

  private customerWrites(): void {
    const { id: mediaId } = this.random.pick(this.instagram.media);
    const parents = [...this.instagram.comments.values()].filter(
      (comment) => comment.mediaId === mediaId && comment.parentId === undefined,
    );
    const parentId =
      parents.length > 0 && this.random.chance(0.5) ? this.random.pick(parents).id : undefined;
    const late = this.random.chance(0.1)
      ? this.random.integer(0, this.random.pick([1_200_000, LATEST_MS]))
      : 0;
    this.instagram.write({ mediaId, parentId }, this.random.pick(['7', '8', OWNER]), 'Hi', late);
    this.time.now += this.random.pick([0, 500, 30_000]);
  }

  private customerEditsOrDeletes(): void {
    const comments = [...this.instagram.comments.values()];
    if (comments.length === 0) return;
    const comment = this.random.pick(comments);
    // The replies are counted at the end: nobody deletes those.
    if (this.random.chance(0.5))
      comment.text = comment.authorId === OWNER ? comment.text : 'Edited';
    else this.instagram.removeIfAllowed(comment.id);
  }

  private startService(): Service {
    const life = new Life();
    const { log } = new CapturedLog();
    const clock = { now: () => this.time.now };
    const credentials = {
      open: () => Promise.resolve(this.account),
      reseal: () => Promise.resolve(undefined),
      keyOf: () => 'key',
      sealedAt: () => undefined,
    } as unknown as CredentialsService;
    const client = new ModelClient(this.instagram, life) as unknown as InstagramClient;
    const configuration = { pullBudgetMs: BUDGET_MS, proxyDeadlineMs: BUDGET_MS } as Configuration;
    const pulls = new PullService(
      credentials,
      client,
      new Permalinks(this.database),
      new CommentAuthors(this.database, clock),
      new ConnectedAccounts(this.database, clock),
      new PullMemory(),
      { manifest: { id: 'manifest' } } as IntegrationManifest,
      configuration,
      clock,
      log,
    );
    const channelbacks = new ChannelbackService(
      credentials,
      client,
      new ChannelbackLedger(this.database, clock),
      new KeyedLock(this.database),
      configuration,
      clock,
      log,
    );
    return { pulls, channelbacks, life };
  }

  private troubles(share: number): void {
    const troubles = new Map<number, Trouble>();
    for (let count = this.random.integer(1, 3); count > 0; count -= 1)
      if (this.random.chance(share)) troubles.set(this.random.integer(0, 12), this.trouble());
    this.instagram.setTroubles(troubles);
  }

  private trouble(): Trouble {
    return this.random.pick<Trouble>([
      { kind: 'fails', code: 'platform_unavailable', effect: 'unknown' },
      { kind: 'fails', code: 'deadline_exceeded', effect: 'unknown' },
      { kind: 'fails', code: 'rate_limited', effect: 'none' },
      { kind: 'fails', code: 'auth_expired', effect: 'none' },
      { kind: 'fails', code: 'permission_missing', effect: 'none' },
      { kind: 'fails', code: 'target_unavailable', effect: 'none' },
      { kind: 'killed', acts: false },
      { kind: 'deletes' },
    ]);
  }

  private restart(service: Service): void {
    service.life.kill();
    const index = this.services.indexOf(service);
    if (index !== -1) this.services[index] = this.startService();
  }

  /** What the service answers; nothing where it refuses or is killed, in which case it is started again. */
  private async answerOf<T>(ask: (service: Service) => Promise<T>): Promise<T | undefined> {
    // Most often the first process is asked, so that what it remembers counts.
    const service = this.random.chance(0.8) ? this.services[0] : this.random.pick(this.services);
    if (service === undefined) throw new Error('no service runs');
    const { life } = service;
    const answer = await Promise.race([
      ask(service).catch((error: unknown) => {
        if (error instanceof ServiceError) return undefined;
        throw error;
      }),
      life.end.then(() => undefined),
    ]);
    if (!life.ended) return answer;
    this.restart(service);
    return undefined;
  }

  private ask(): Promise<PullAnswer | undefined> {
    const { metadata, state } = this.instance;
    return this.answerOf((service) => service.pulls.pull({ metadata, state }, () => undefined));
  }

  private async pull(arrives: boolean): Promise<void> {
    this.troubles(0.4);
    const answer = await this.ask();
    if (arrives) this.take(answer);
  }

  private async pullTwiceAtOnce(): Promise<void> {
    this.troubles(0.2);
    const answers = await Promise.all([this.ask(), this.ask()]);
    for (const answer of this.random.chance(0.5) ? answers : answers.reverse()) {
      if (this.random.chance(0.8)) this.take(answer);
    }
  }

  private take(answer: PullAnswer | undefined): void {
    if (answer === undefined) return;
    const faults = checkPullAnswer(JSON.parse(JSON.stringify(answer)));
    if (faults.length > 0) throw new Error(faults.join('; '));
    const resources = answer.external_resources as unknown as Resource[];
    const { orphans } = this.tickets.import(this.instance, resources, true);
    if (orphans.length > 0) throw new Error(`without parents: ${orphans.join(', ')}`);
    if (answer.state === undefined) return;
    this.instance.state = answer.state;
  }

  private async agentReplies(): Promise<void> {
    const answered = [...this.tickets.all.values()].flatMap(({ comments }) => comments);
    const open = this.replies.filter(({ acknowledged }) => acknowledged === undefined);
    let reply: Reply;
    if (open.length > 0 && this.random.chance(0.6)) {
      reply = this.random.pick(open);
    } else {
      const parent = answered.length === 0 ? undefined : this.random.pick(answered).externalId;
      if (parent === undefined) return;
      this.sendings += 1;
      const text = this.random.chance(0.3) ? 'Reply: thanks' : `Reply ${String(this.sendings)}`;
      reply = { id: `r${String(this.sendings)}`, text, parent, acknowledged: undefined };
      this.replies.push(reply);
    }
    const troubles = new Map<number, Trouble>();
    if (this.random.chance(0.6)) {
      troubles.set(
        this.random.integer(0, 2),
        this.random.pick<Trouble>([
          this.trouble(),
          { kind: 'killed', acts: true },
          { kind: 'acts_and_fails' },
          { kind: 'acts_later', afterMs: this.random.integer(0, 29_000) },
        ]),
      );
    }
    this.instagram.setTroubles(troubles);
    await (this.random.chance(0.2)
      ? Promise.all([this.send(reply), this.send(reply)])
      : this.send(reply));
    if (this.random.chance(0.5)) this.time.now += this.random.pick([1000, 31_000, 120_000]);
  }

  private async send(reply: Reply): Promise<void> {
    const answer = await this.answerOf((service) =>
      service.channelbacks.post(
        {
          metadata: 'sealed',
          message: reply.text,
          parent_id: reply.parent,
          request_unique_identifier: reply.id,
        },
        () => undefined,
      ),
    );
    if (answer === undefined || this.random.chance(0.3)) return;
    const faults = checkChannelbackAnswer(JSON.parse(JSON.stringify(answer)));
    if (faults.length > 0) throw new Error(faults.join('; '));
    if (reply.acknowledged !== undefined && reply.acknowledged !== answer.external_id) {
      throw new Error(`${reply.id} was acknowledged as two comments`);
    }
    reply.acknowledged = answer.external_id;
  }

  /** Nothing fails any more: after some pulls everything has arrived. */
  private async recover(): Promise<void> {
    this.instagram.setTroubles(new Map());
    this.time.now += LATEST_MS;
    for (let quiet = 0, pulls = 0; quiet < 3; pulls += 1) {
      this.time.now += 1_900_000;
      this.instagram.settle();
      const before = this.instance.state;
      const answer = await this.ask();
      this.take(answer);
      if (answer === undefined || before === this.instance.state) throw new Error('no progress');
      const isWhole = !this.instance.state.includes('"place"');
      quiet = isWhole ? quiet + 1 : quiet;
      if (pulls > 2000) throw new Error('it never comes to an end');
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
      const wished = this.replies.filter((reply) => reply.text === text);
      const acknowledged = wished.filter((reply) => reply.acknowledged !== undefined).length;
      const count = posted.filter((comment) => comment.text === text).length;
      if (count > wished.length) throw new Error(`"${text}" was posted ${String(count)} times`);
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
