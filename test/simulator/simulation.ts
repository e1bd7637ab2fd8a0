import pg from 'pg';
import { EventLog } from '../../src/common/logging/event-log.js';
import type { Account } from '../../src/domain/account.js';
import { Secret } from '../../src/domain/secret.js';
import { Agents, type Heart } from './agents.js';
import { Cluster } from './cluster.js';
import { runIn } from './context.js';
import { GraphNetwork } from './graph-network.js';
import { GateRules } from './gate-rules.js';
import { GraphServer } from './graph-server.js';
import { InstagramWorld } from './instagram-world.js';
import type { DatabaseFaults } from './postgres-pool.js';
import { PostgresServer } from './postgres-server.js';
import { Random } from './random.js';
import { type Action, choose, type Schedule } from './schedule.js';
import { installVirtualGlobals } from './virtual-globals.js';
import { VirtualTime } from './virtual-time.js';
import { chooseParent, Zendesk } from './zendesk.js';

const START = Date.UTC(2026, 10, 23, 9);
const ACCOUNTS = ['17841405309211841', '17841405309211842'] as const;
const POSTS = 2;
/**
 * How long after it was sent a like or reply may take effect. With the time from the attempt's
 * start to the request, this stays below the service's two minutes.
 */
const LATEST_MS = 100_000;
/**
 * Until then every effect has happened, and the service tries each account again. Zendesk repeats
 * replies within an hour, so no pause of an hour is simulated.
 */
const SETTLED_MS = 1_000_000;
/** The latest time at which a comment appears. */
const LATEST_COMMENT_MS = 3_000_000;

export interface SimulationOptions {
  /** The rows of a database after all migrations. */
  readonly template: Buffer;
  readonly trace?: (line: string) => void;
  readonly onCrashDuring?: (point: string) => void;
}

/** Runs one schedule. The same schedule has the same course every time. */
export class Simulation {
  private readonly time = new VirtualTime(START);
  private readonly world = new InstagramWorld(this.time);
  private readonly rules = new GateRules(this.time);
  private readonly server: PostgresServer;
  private readonly network: GraphNetwork;
  private readonly cluster: Cluster;
  private readonly agents: Agents;
  private readonly zendesks: Zendesk[];
  private readonly hearts: Heart[] = [];
  private readonly databaseFaults: { -readonly [Key in keyof DatabaseFaults]: number };
  private readonly trace: (line: string) => void;
  private backup: Buffer | undefined;
  /** Each replica keeps its own pace while the database fails. */
  private hadDatabaseFault = false;

  constructor(
    private readonly schedule: Schedule,
    options: SimulationOptions,
  ) {
    const { time, world } = this;
    const write = options.trace;
    this.trace =
      write === undefined
        ? () => undefined
        : (line) => {
            write(`${(time.elapsedMs / 1000).toFixed(4).padStart(10)} ${line}`);
          };
    this.server = new PostgresServer(time, options.template);
    this.databaseFaults = { ...schedule.database };
    const { breaksBefore, breaksAfter, slowCommits, delayMs } = schedule.database;
    this.hadDatabaseFault = breaksBefore + breaksAfter + slowCommits > 0 || delayMs > 30;
    const names = ACCOUNTS.slice(0, schedule.accounts);
    this.network = new GraphNetwork(
      time,
      new GraphServer(world, new Map(names.map((id) => [id, `name${id}`])), schedule.pageSize),
      schedule.network,
      LATEST_MS,
      {
        onAsked: (question, context) => {
          if (!this.hadDatabaseFault) this.rules.onAsked(question, context);
        },
        onSent: (question, context) => {
          this.rules.onSent(question, this.hadDatabaseFault ? schedule.replicas : 1);
          return this.agents.onSent(question, context);
        },
        onAnswer: (question, reply, context) => {
          this.rules.onAnswer(question, reply, context);
        },
        onEffect: (_question, sentNumber) => {
          this.onEffect(sentNumber);
        },
      },
    );
    this.cluster = new Cluster(schedule.replicas, {
      time,
      server: this.server,
      surroundings: {
        database: { time, server: this.server, faults: this.databaseFaults },
        network: this.network,
        accounts: new Map(names.map((id) => [id, toAccount(id, schedule)])),
        log: new EventLog('silent'),
      },
      skews: schedule.skews,
      random: new Random(schedule.replicas),
      lostAnswers: schedule.lostAnswers,
      trace: this.trace,
      onCrashDuring: options.onCrashDuring ?? (() => undefined),
    });
    this.agents = new Agents(time, this.cluster, world, this.trace);
    this.zendesks = names.map((id) => new Zendesk(time, this.cluster, world, id, id));
    for (const account of names) this.addContent(account);
  }

  /** @throws the first broken rule. */
  async run(): Promise<void> {
    const { Pool } = pg;
    const uninstall = installVirtualGlobals(this.time);
    const onRejection = (error: unknown): void => {
      this.time.fail(error);
    };
    process.on('unhandledRejection', onRejection);
    try {
      await this.time.run(() => this.play());
    } finally {
      process.off('unhandledRejection', onRejection);
      uninstall();
      pg.Pool = Pool;
      this.server.close();
    }
  }

  private async play(): Promise<void> {
    await this.cluster.ready();
    const running: Promise<void>[] = [];
    for (const { gapMs, salt, action } of this.schedule.steps) {
      await this.time.sleep(gapMs);
      const random = new Random(salt);
      const context = { life: undefined, call: undefined, random };
      running.push(runIn(context, () => this.act(action, random)));
    }
    await Promise.all(running);
    await this.settle();
  }

  private async act(action: Action, random: Random): Promise<void> {
    const { time, cluster, agents, zendesks } = this;
    switch (action.kind) {
      case 'click': {
        const heart = choose(this.hearts, action.heart);
        if (heart === undefined) return;
        const clicks = action.clicks.map(async ({ replica, liked, gapMs }) => {
          await time.sleep(gapMs);
          await agents.click(heart, liked, replica, random);
        });
        await Promise.all(clicks);
        return;
      }
      case 'rush':
        await this.rush(action.count, random);
        return;
      case 'read': {
        const heart = choose(this.hearts, action.heart);
        if (heart !== undefined) await agents.read(heart, action.replica, random);
        return;
      }
      case 'comment':
        for (let count = 0; count < action.count; count += 1) this.comment(action);
        return;
      case 'reply': {
        const parent = chooseParent([...this.world.comments.values()], action.parent);
        const owner = this.world.posts.find(({ id }) => id === parent?.mediaId)?.owner;
        const zendesk = zendesks.find(({ account }) => account === owner);
        if (parent !== undefined) await zendesk?.answer(parent, action.sends, random);
        return;
      }
      case 'pull':
        await choose(zendesks, action.account)?.pull(action.replica, random);
        return;
      case 'crash':
        cluster.crashAfter(action.replica, action.afterEvents, action.noticedMs);
        return;
      case 'halt':
        // A transaction that is halted keeps the others waiting, as a slow database does.
        this.hadDatabaseFault = true;
        cluster.haltAfter(action.replica, action.afterEvents, action.ms);
        return;
      case 'hang_database':
        this.trace(`the database hangs for ${String(action.ms)} ms`);
        this.hadDatabaseFault = true;
        this.server.hungUntil = time.elapsedMs + action.ms;
        return;
      case 'hang_instagram':
        this.trace(`Instagram hangs for ${String(action.ms)} ms`);
        this.network.downUntil = time.elapsedMs + action.ms;
        return;
      case 'back_up':
        this.backup = this.server.copy() ?? this.backup;
        return;
      case 'restore':
        if (this.backup === undefined) return;
        this.trace('the database is restored from a copy');
        this.hadDatabaseFault = true;
        cluster.crashAll();
        this.server.restore(this.backup);
    }
  }

  /** Nothing fails any more. After some time everything works, and nothing is lost or double. */
  private async settle(): Promise<void> {
    this.trace('from here on nothing fails');
    this.network.isCalm = true;
    this.cluster.calm();
    Object.assign(this.databaseFaults, { breaksBefore: 0, breaksAfter: 0, slowCommits: 0 });
    await this.time.sleep(SETTLED_MS);
    await this.cluster.ready();
    const random = new Random(7);
    await this.agents.settle(random);
    for (const zendesk of this.zendesks) await zendesk.settleReplies(random);
    await this.time.sleep(LATEST_COMMENT_MS);
    for (const zendesk of this.zendesks) await zendesk.settlePulls(random);
  }

  /** Agents click many hearts of one account at once. */
  private async rush(count: number, random: Random): Promise<void> {
    const [post] = this.world.posts;
    if (post === undefined) return;
    const place = { mediaId: post.id, parentId: undefined };
    const clicks = Array.from({ length: count }, async () => {
      const { id } = this.world.write(place, '9', 'Wow');
      const heart = { metadata: post.owner, account: post.owner };
      const target = { kind: 'comment', id } as const;
      await this.agents.click({ ...heart, target, isRushed: true }, true, random.below(9), random);
    });
    await Promise.all(clicks);
  }

  private onEffect(sentNumber: number): void {
    this.agents.onEffect(sentNumber);
    for (const zendesk of this.zendesks) zendesk.assertNoDouble();
  }

  private comment({ post, replyTo, lateMs }: Extract<Action, { kind: 'comment' }>): void {
    const mediaId = choose(this.world.posts, post)?.id ?? '';
    const tops = [...this.world.comments.values()].filter(
      (each) => each.mediaId === mediaId && each.parentId === undefined,
    );
    const parent = replyTo % 2 === 0 ? undefined : choose(tops, replyTo >> 1);
    this.world.write({ mediaId, parentId: parent?.id }, '7', 'Hi', lateMs);
  }

  private addContent(account: string): void {
    for (let index = 0; index < POSTS; index += 1) {
      const { id } = this.world.addPost(account, (index + 1) * 3_600_000);
      const comment = this.world.write({ mediaId: id, parentId: undefined }, '8', 'Nice');
      for (const target of [
        { kind: 'media', id } as const,
        { kind: 'comment', id: comment.id } as const,
      ]) {
        this.hearts.push({ metadata: account, account, target });
      }
    }
  }
}

function toAccount(igUserId: string, { threads }: Schedule): Account {
  return {
    dialect: 'facebook_login',
    igUserId,
    username: `name${igUserId}`,
    pageId: undefined,
    userToken: new Secret(igUserId),
    pageToken: undefined,
    scopes: new Set(['instagram_manage_comments', 'instagram_manage_engagement']),
    expiresAt: undefined,
    dataAccessExpiresAt: undefined,
    threads,
    connectedAt: START,
    backfillDays: 7,
    subdomain: 'omniwear',
  };
}
