import pg from 'pg';
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
import {
  type Action,
  type Choice,
  choose,
  type Click,
  type EarlierWriting,
  type Halt,
  type ReplyAction,
  type Schedule,
  type Writing,
} from './schedule.js';
import { installVirtualGlobals } from './virtual-globals.js';
import { VirtualTime } from './virtual-time.js';
import { WatchedLog } from './watched-log.js';
import { isReply, type Parent, Zendesk } from './zendesk.js';

const START = Date.UTC(2026, 10, 23, 9);
const ACCOUNTS = ['17841405309211841', '17841405309211842'] as const;
const DAY_MS = 86_400_000;
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
        log: new WatchedLog((error) => {
          time.fail(error);
        }),
      },
      skews: schedule.skews,
      random: new Random(schedule.replicas),
      lostAnswers: schedule.lostAnswers,
      trace: this.trace,
      onCrashDuring: options.onCrashDuring ?? (() => undefined),
    });
    this.agents = new Agents(time, this.cluster, world, this.trace);
    const from = START - schedule.backfillDays * DAY_MS;
    this.zendesks = names.map((id) => new Zendesk(time, this.cluster, world, id, from));
    for (const account of names) this.addContent(account);
    const earlier = [...schedule.earlier].sort((one, other) => other.ageMs - one.ageMs);
    for (const writing of earlier) this.write(writing);
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
      case 'click':
        await this.click(action.heart, action.clicks, random);
        return;
      case 'stall':
        this.halt(action.click.replica, action.halt);
        await this.click(action.heart, [action.click, ...action.others], random);
        return;
      case 'rush':
        await this.rush(action.count, random);
        return;
      case 'read': {
        const heart = choose(this.hearts, action.heart);
        if (heart !== undefined) await agents.read(heart, action.replica, random);
        return;
      }
      case 'post': {
        const owner = choose(zendesks, action.account)?.account ?? '';
        this.world.addPost(owner, action.ageDays * DAY_MS);
        return;
      }
      case 'comment':
        for (let count = 0; count < action.count; count += 1) {
          const writing = choose(action.writings, count);
          if (writing !== undefined) this.write(writing);
        }
        return;
      case 'edit':
        this.edit(action);
        return;
      case 'reply':
        await this.reply(action, random);
        return;
      case 'pull': {
        const zendesk = choose(zendesks, action.account);
        if (zendesk === undefined) return;
        const pulls = action.replicas.map((replica) => zendesk.pull(replica, random));
        await Promise.all(pulls);
        return;
      }
      case 'crash':
        cluster.crashAfter(action.replica, action.afterEvents, action.noticedMs);
        return;
      case 'halt':
        this.halt(action.replica, action);
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
    const appearances = [...this.world.comments.values()].map(({ visibleFrom }) => visibleFrom);
    await this.time.sleep(Math.max(0, ...appearances) - this.time.elapsedMs);
    const pulled = this.zendesks.filter(({ hasPulled }) => hasPulled);
    for (const zendesk of pulled) await zendesk.settlePulls(random);
  }

  private async click(by: Choice, clicks: readonly Click[], random: Random): Promise<void> {
    const heart = choose(this.hearts, by);
    if (heart === undefined) return;
    const all = clicks.map(async ({ replica, liked, gapMs }) => {
      await this.time.sleep(gapMs);
      await this.agents.click(heart, liked, replica, random);
    });
    await Promise.all(all);
  }

  private halt(replica: Choice, halt: Halt): void {
    // A transaction that is halted keeps the others waiting, as a slow database does.
    this.hadDatabaseFault = true;
    this.cluster.haltAfter(replica, halt);
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

  private write({ post, replyTo, isOwn, ...time }: Writing | EarlierWriting): void {
    const { id: mediaId, owner } = choose(this.world.posts, post) ?? { id: '', owner: '' };
    const tops = [...this.world.comments.values()].filter(
      (each) => each.mediaId === mediaId && each.parentId === undefined,
    );
    const parent = replyTo % 2 === 0 ? undefined : choose(tops, replyTo >> 1);
    this.world.write({ mediaId, parentId: parent?.id }, isOwn ? owner : '7', 'Hi', time);
  }

  /** Edits or deletes a comment. Those with a heart or an agent's reply stay: they are checked. */
  private edit({ comment, deletes }: Extract<Action, { kind: 'edit' }>): void {
    const all = [...this.world.comments.values()];
    const chosen = choose(all, comment);
    if (chosen === undefined || this.hearts.some(({ target }) => target.id === chosen.id)) return;
    const group = all.filter(({ id, parentId }) => [id, parentId].includes(chosen.id));
    if (group.some(isReply)) return;
    if (deletes) this.world.remove(chosen);
    else chosen.text = 'Edited';
  }

  private async reply({ parent: by, isCommon, sends }: ReplyAction, random: Random): Promise<void> {
    const { comments, posts } = this.world;
    const written = [...comments.values()].filter((each) => !isReply(each));
    const parent = choose<Parent>([...written, ...posts], by);
    const mediaId = parent !== undefined && 'mediaId' in parent ? parent.mediaId : parent?.id;
    const owner = posts.find(({ id }) => id === mediaId)?.owner;
    const zendesk = this.zendesks.find(({ account }) => account === owner);
    if (parent === undefined) return;
    // A restored ledger takes a new reply for an earlier one with the same text.
    const hasRestore = this.schedule.steps.some(({ action }) => action.kind === 'restore');
    await zendesk?.answer(parent, { isCommon: isCommon && !hasRestore, sends }, random);
  }

  private addContent(account: string): void {
    for (const ageDays of this.schedule.postAges) {
      const { id } = this.world.addPost(account, ageDays * DAY_MS);
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

function toAccount(igUserId: string, { threads, backfillDays }: Schedule): Account {
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
    backfillDays,
    subdomain: 'omniwear',
  };
}
