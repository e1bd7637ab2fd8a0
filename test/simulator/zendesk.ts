import { checkChannelbackAnswer, checkPullAnswer } from '../../sandbox/zendesk/rules.js';
import { type IntegrationInstance, type Resource, Tickets } from '../../sandbox/zendesk/tickets.js';
import type { PullAnswer } from '../../src/pull/pull-answer.dto.js';
import type { Cluster } from './cluster.js';
import type { InstagramWorld, WorldComment } from './instagram-world.js';
import type { Random } from './random.js';
import { choose, type Send } from './schedule.js';
import type { VirtualTime } from './virtual-time.js';

/** Text of an agent's reply, and of no other comment. */
const REPLY = 'Reply ';
/** Pulls that must bring every comment once nothing fails. */
const PULLS_MAX = 60;
/** Requests that a reply may need once nothing fails, and the time between two. */
const SENDS_MAX = 4;
const REPEAT_MS = 140_000;
/** Between two pulls at the end. After this time no count of comments is trusted any more. */
const PULL_GAP_MS = 1_900_000;

interface Reply {
  readonly id: string;
  readonly text: string;
  readonly parent: string;
  acknowledged: string | undefined;
}

/** A Zendesk with one connected account: it pulls, sends replies, and repeats what failed. */
export class Zendesk {
  private readonly tickets = new Tickets(1);
  private readonly instance: IntegrationInstance;
  private readonly replies: Reply[] = [];
  private isPulling = false;

  constructor(
    private readonly time: VirtualTime,
    private readonly cluster: Cluster,
    private readonly world: InstagramWorld,
    readonly account: string,
    readonly metadata: string,
  ) {
    this.instance = {
      id: account,
      subdomain: 'omniwear',
      name: 'Omniwear',
      metadata,
      state: '',
      active: true,
      needsUpdate: false,
    };
  }

  async pull(replica: number, random: Random): Promise<boolean> {
    if (this.isPulling) return false;
    this.isPulling = true;
    const { metadata, state } = this.instance;
    const { answer } = await this.cluster.call({ kind: 'pull', replica, random }, (service) =>
      service.pull(metadata, state),
    );
    this.isPulling = false;
    if (answer === undefined) return false;
    this.receive(answer);
    return true;
  }

  /** Answers a comment and repeats the request as scheduled, until it is acknowledged. */
  async answer(parent: WorldComment, sends: readonly Send[], random: Random): Promise<void> {
    const number = String(this.replies.length + 1);
    const reply: Reply = {
      id: `${this.account}-${number}`,
      text: `${REPLY}${this.account}-${number}.`,
      parent: `comment:${parent.mediaId}:${parent.id}`,
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
    for (const reply of this.replies) {
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
    for (let pulls = 0, whole = 0; whole < 2; pulls += 1) {
      await this.time.sleep(PULL_GAP_MS);
      if (pulls >= PULLS_MAX) throw new Error('liveness: the pulls come to no end');
      if (!(await this.pull(random.below(9), random))) throw new Error('liveness: a pull fails');
      if (!this.instance.state.includes('"place"')) whole += 1;
    }
    this.checkComments();
    this.assertNoDouble();
  }

  /** How often Instagram has a reply must never exceed 1. */
  assertNoDouble(): void {
    const texts = [...this.world.comments.values()]
      .map(({ text }) => text)
      .filter((text) => text.startsWith(`${REPLY}${this.account}-`));
    const double = texts.find((text, index) => texts.indexOf(text) !== index);
    if (double !== undefined) throw new Error(`replies: "${double}" was posted twice`);
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
      service.reply(this.metadata, reply),
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
    const delivered = new Set(
      [...this.tickets.all.values()].flatMap(({ comments }) =>
        comments.map(({ externalId }) => externalId),
      ),
    );
    const own = new Set(
      this.world.posts.filter(({ owner }) => owner === this.account).map(({ id }) => id),
    );
    for (const { id, mediaId } of this.world.comments.values()) {
      if (!own.has(mediaId) || delivered.has(`comment:${mediaId}:${id}`)) continue;
      throw new Error(`pulls: comment ${id} was not delivered`);
    }
  }

  private checkReplies(): void {
    this.assertNoDouble();
    for (const { id, text, acknowledged } of this.replies) {
      const comment = this.world.comments.get(acknowledged?.split(':')[2] ?? '');
      if (comment?.text !== text) throw new Error(`replies: ${id} is not on Instagram`);
    }
  }
}

/** A comment that an agent may answer. */
export function chooseParent(
  comments: readonly WorldComment[],
  by: number,
): WorldComment | undefined {
  return choose(
    comments.filter(({ text }) => !text.startsWith(REPLY)),
    by,
  );
}
