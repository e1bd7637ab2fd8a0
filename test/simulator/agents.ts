import type { Target } from '../../src/domain/target.js';
import type { Cluster } from './cluster.js';
import type { Context } from './context.js';
import type { GraphQuestion } from './graph-server.js';
import { type InstagramWorld, toHeart } from './instagram-world.js';
import type { Random } from './random.js';
import type { VirtualTime } from './virtual-time.js';

/** A like that agents can set. */
export interface Heart {
  readonly metadata: string;
  readonly account: string;
  readonly target: Target;
  /** One of many: it is not checked again at the end. */
  readonly isRushed?: boolean;
}

/** A request for a like on its way. */
interface SentLike {
  readonly heart: string;
  readonly liked: boolean;
  readonly sentAt: number;
  readonly call: string;
}

/** A definite state that an agent saw. Virtual times. */
interface DefiniteRead {
  readonly liked: boolean;
  readonly from: number;
  readonly until: number;
  readonly call: string;
}

/** Clicks that the service may need before a like works again. */
const CLICKS_MAX = 3;

/**
 * Agents who click and read hearts, and the rule that they check: a definite answer is true at some
 * moment between the call and its answer, and no request that was sent before the call changes it
 * after the answer.
 */
export class Agents {
  private readonly sent: (SentLike | undefined)[] = [];
  private readonly reads = new Map<string, DefiniteRead[]>();
  private readonly used = new Set<Heart>();

  constructor(
    private readonly time: VirtualTime,
    private readonly cluster: Cluster,
    private readonly world: InstagramWorld,
    private readonly trace: (line: string) => void,
  ) {}

  /** @returns whether the service confirmed the click. */
  async click(heart: Heart, liked: boolean, replica: number, random: Random): Promise<boolean> {
    if (heart.isRushed !== true) this.used.add(heart);
    const { metadata, target } = heart;
    this.trace(`an agent sets ${toName(heart)} to ${String(liked)}`);
    const { answer, from, until } = await this.cluster.call(
      { kind: 'like', replica, random },
      (service) => service.like(metadata, target, liked),
    );
    if (answer === undefined) return false;
    this.assertTrue(heart, answer, from, until);
    return true;
  }

  /** @returns the reported state; undefined if there was no answer. */
  async read(heart: Heart, replica: number, random: Random): Promise<boolean | null | undefined> {
    const { metadata, target } = heart;
    const { answer, from, until } = await this.cluster.call(
      { kind: 'state', replica, random },
      (service) => service.readLike(metadata, target),
    );
    if (answer === undefined || answer.liked === null) return answer?.liked;
    const name = toName(heart);
    this.assertTrue(heart, answer.liked, from, until);
    const reads = this.reads.get(name) ?? [];
    reads.push({ liked: answer.liked, from, until, call: `read at ${toSeconds(until)}` });
    this.reads.set(name, reads);
    return answer.liked;
  }

  /** Once nothing fails, a click works, and every replica reports it. */
  async settle(random: Random): Promise<void> {
    for (const heart of this.used) {
      await this.read(heart, random.below(9), random);
      const liked = random.chance(0.5);
      let clicks = 1;
      while (!(await this.click(heart, liked, random.below(9), random))) {
        clicks += 1;
        if (clicks > CLICKS_MAX) throw new Error(`liveness: no click on ${toName(heart)} works`);
      }
      for (let replica = 0; replica < this.cluster.size; replica += 1) {
        const state = await this.read(heart, replica, random);
        if (state === liked) continue;
        throw new Error(`liveness: ${toName(heart)} is ${String(state)} after a click`);
      }
    }
  }

  onSent({ method, path, parameters }: GraphQuestion, { call }: Context): number {
    const [, account = '', edge] = path.split('/');
    const { media_id: media, comment_id: comment } = parameters;
    const heart = toHeart(
      account,
      media === undefined ? 'comment' : 'media',
      String(media ?? comment),
    );
    const isLike = edge === 'likes';
    const liked = method === 'POST';
    const sentAt = this.time.elapsedMs;
    return (
      this.sent.push(isLike ? { heart, liked, sentAt, call: call?.name ?? '' } : undefined) - 1
    );
  }

  onEffect(sentNumber: number): void {
    const like = this.sent[sentNumber];
    if (like === undefined) return;
    this.trace(`${like.heart} becomes ${String(like.liked)} by ${like.call}`);
    const late = this.reads
      .get(like.heart)
      ?.find((read) => read.liked !== like.liked && like.sentAt < read.from);
    if (late === undefined) return;
    throw new Error(
      `truth: ${like.heart} was reported as ${String(late.liked)} (${late.call}) although a ` +
        `request from ${toSeconds(like.sentAt)} could still change it`,
    );
  }

  private assertTrue(heart: Heart, liked: boolean, from: number, until: number): void {
    if (this.world.hadLike(toName(heart), liked, from, until)) return;
    throw new Error(
      `truth: ${toName(heart)} was reported as ${String(liked)} between ${toSeconds(from)} and ` +
        `${toSeconds(until)} and was not`,
    );
  }
}

function toName({ account, target }: Heart): string {
  return toHeart(account, target.kind, target.id);
}

function toSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
