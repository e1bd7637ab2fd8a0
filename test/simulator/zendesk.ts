import { checkChannelbackAnswer, checkPullAnswer } from '../../sandbox/zendesk/rules.js';
import { type IntegrationInstance, type Resource, Tickets } from '../../sandbox/zendesk/tickets.js';
import type { PullAnswer } from '../../src/pull/pull-answer.dto.js';
import type { Cluster } from './cluster.js';
import type { InstagramWorld, Post, WorldComment } from './instagram-world.js';
import type { Random } from './random.js';
import type { Send } from './schedule.js';
import type { VirtualTime } from './virtual-time.js';

/** Text of an agent's reply, and of no other comment. */
const REPLY = 'Reply ';
/** Pulls that must bring every comment once nothing fails, and sweeps that must be whole. */
const PULLS_MAX = 100;
const SWEEPS = 3;
/** Requests that a reply may need once nothing fails, and the time between two. */
const SENDS_MAX = 4;
const REPEAT_MS = 140_000;
/** Between two pulls at the end. After this time no count of comments is trusted any more. */
const PULL_GAP_MS = 1_900_000;

/** A comment or post that an agent answers. */
export type Parent = WorldComment | Post;

interface Reply {
  readonly id: string;
  readonly text: string;
  readonly parent: string;
  /** The comment or post that it answers. */
  readonly to: Parent;
  acknowledged: string | undefined;
}

/** A Zendesk with one connected account: it pulls, sends replies, and repeats what failed. */
export class Zendesk {
  private readonly tickets = new Tickets(1);
  private readonly instance: IntegrationInstance;
  private readonly replies: Reply[] = [];
  /** Otherwise nothing can be lost. */
  hasPulled = false;

  constructor(
    private readonly time: VirtualTime,
    private readonly cluster: Cluster,
    private readonly world: InstagramWorld,
    readonly account: string,
    /** Comments from before this time may be left out. Milliseconds since 1970. */
    private readonly from: number,
  ) {
    this.instance = {
      id: account,
      subdomain: 'omniwear',
      name: 'Omniwear',
      metadata: account,
      state: '',
      active: true,
      needsUpdate: false,
    };
  }

  async pull(replica: number, random: Random): Promise<boolean> {
    this.hasPulled = true;
    const { metadata, state } = this.instance;
    const { answer } = await this.cluster.call({ kind: 'pull', replica, random }, (service) =>
      service.pull(metadata, state),
    );
    if (answer === undefined) return false;
    this.receive(answer);
    return true;
  }

  /** Answers a comment or post and repeats the request as scheduled, until it is acknowledged. */
  async answer(
    to: Parent,
    { isCommon, sends }: { readonly isCommon: boolean; readonly sends: readonly Send[] },
    random: Random,
  ): Promise<void> {
    const number = String(this.replies.length + 1);
    const reply: Reply = {
      id: `${this.account}-${number}`,
      text: `${REPLY}${this.account}-${isCommon ? 'common' : number}.`,
      parent: 'mediaId' in to ? `comment:${to.mediaId}:${to.id}` : `media:${to.id}`,
      to,
      acknowledged: undefined,
    };
    this.replies.push(reply);
    const requests = sends.map(async ({ replica, gapMs }) => {
      await this.time.sleep(gapMs);
      if (reply.acknowledged === undefined) await this.send(reply, replica, random);
    });
    await Promise.all(requests);
  }

  /** Once nothing fails, each reply is acknowledged, and Instagram has it once. */
  async settleReplies(random: Random): Promise<void> {
    for (const reply of this.replies.filter((each) => this.isAnswerable(each))) {
      for (let sends = 0; reply.acknowledged === undefined; sends += 1) {
        if (sends >= SENDS_MAX) throw new Error(`liveness: ${reply.id} is not acknowledged`);
        if (sends > 0) await this.time.sleep(REPEAT_MS);
        await this.send(reply, random.below(9), random);
      }
    }
    this.checkReplies();
  }

  /** Once nothing fails, each comment arrives. */
  async settlePulls(random: Random): Promise<void> {
    for (let pulls = 0, whole = 0; whole < SWEEPS; pulls += 1) {
      await this.time.sleep(PULL_GAP_MS);
      if (pulls >= PULLS_MAX) throw new Error('liveness: the pulls come to no end');
      if (!(await this.pull(random.below(9), random))) throw new Error('liveness: a pull fails');
      const { state } = this.instance;
      // A post that Instagram refused rests for hours.
      if (state.includes('"leftOut":{}') && !state.includes('"place"')) whole += 1;
    }
    this.checkComments();
    this.assertNoDouble();
  }

  /** How often Instagram has a text must never exceed how often agents wrote it. */
  assertNoDouble(): void {
    const posted = this.countTexts();
    const wanted = count(this.replies.map(({ text }) => text));
    for (const [text, times] of posted) {
      if (times <= (wanted.get(text) ?? 0)) continue;
      throw new Error(`replies: "${text}" was posted ${String(times)} times`);
    }
  }

  private countTexts(): ReadonlyMap<string, number> {
    const texts = [...this.world.comments.values()].map(({ text }) => text);
    return count(texts.filter((text) => text.startsWith(`${REPLY}${this.account}-`)));
  }

  private isAnswerable({ to }: Reply): boolean {
    return !('mediaId' in to) || this.world.comments.has(to.id);
  }

  private receive(answer: PullAnswer): void {
    const faults = checkPullAnswer(JSON.parse(JSON.stringify(answer)));
    if (faults.length > 0) throw new Error(`pulls: ${faults.join('; ')}`);
    const resources = answer.external_resources as unknown as Resource[];
    const { orphans } = this.tickets.import(this.instance, resources, true);
    if (orphans.length > 0) throw new Error(`pulls: ${orphans.join(', ')} came before the parent`);
    this.instance.state = answer.state ?? this.instance.state;
  }

  private async send(reply: Reply, replica: number, random: Random): Promise<void> {
    const { answer } = await this.cluster.call({ kind: 'reply', replica, random }, (service) =>
      service.reply(this.instance.metadata, reply),
    );
    if (answer === undefined) return;
    const faults = checkChannelbackAnswer(JSON.parse(JSON.stringify(answer)));
    if (faults.length > 0) throw new Error(`replies: ${faults.join('; ')}`);
    const before = reply.acknowledged;
    if (before !== undefined && before !== answer.external_id) {
      throw new Error(`replies: ${reply.id} was acknowledged as two comments`);
    }
    reply.acknowledged = answer.external_id;
  }

  private checkComments(): void {
    const delivered = count(
      [...this.tickets.all.values()].flatMap(({ comments }) =>
        comments.map(({ externalId = '' }) => externalId),
      ),
    );
    const own = new Set(
      this.world.posts.filter(({ owner }) => owner === this.account).map(({ id }) => id),
    );
    for (const { id, mediaId, createdAt } of this.world.comments.values()) {
      if (!own.has(mediaId) || createdAt < this.from) continue;
      if (delivered.has(`comment:${mediaId}:${id}`)) continue;
      throw new Error(`pulls: comment ${id} was not delivered`);
    }
    for (const [id, times] of delivered) {
      if (times > 1) throw new Error(`pulls: ${id} became ${String(times)} comments`);
    }
  }

  private checkReplies(): void {
    this.assertNoDouble();
    const acknowledged = this.replies.flatMap((reply) => reply.acknowledged ?? []);
    if (new Set(acknowledged).size < acknowledged.length) {
      throw new Error('replies: two replies were acknowledged as one comment');
    }
    for (const { id, text, acknowledged: comment } of this.replies) {
      if (comment === undefined) continue;
      if (this.world.comments.get(comment.split(':')[2] ?? '')?.text === text) continue;
      throw new Error(`replies: ${id} is not on Instagram`);
    }
  }
}

/** Whether an agent wrote a comment. */
export function isReply({ text }: WorldComment): boolean {
  return text.startsWith(REPLY);
}

function count(all: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const each of all) counts.set(each, (counts.get(each) ?? 0) + 1);
  return counts;
}
