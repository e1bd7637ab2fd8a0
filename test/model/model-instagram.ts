import type {
  Comment,
  CommentWithReplies,
  Media,
  Page,
} from '../../src/instagram/graph-objects.js';
import { InstagramError } from '../../src/instagram/instagram-error.js';
import type { Target } from '../../src/domain/target.js';
import { type Choice, choose, OWNER, type Trouble, type Troubles } from './schedule.js';

interface ModelComment {
  id: string;
  mediaId: string;
  parentId: string | undefined;
  authorId: string;
  text: string;
  /** Milliseconds since 1970 in whole seconds, as the Graph API reports them. */
  createdAt: number;
  /** When Instagram starts to show it. */
  visibleAt: number;
}

export interface ModelTime {
  /** Milliseconds since 1970. */
  now: number;
  /** Milliseconds that all calls took so far; budgets are measured with it. */
  spent: number;
}

/** A service from its start until it is killed. */
export class Life {
  ended = false;
  /** Settled when the service is killed. */
  readonly end: Promise<void>;
  private settle: () => void = () => undefined;

  constructor() {
    this.end = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  kill(): void {
    this.ended = true;
    this.settle();
  }
}

/** Instagram's data. */
export class ModelInstagram {
  readonly comments = new Map<string, ModelComment>();
  readonly media: { id: string; createdAt: number }[] = [];
  private troubles: ReadonlyMap<number, Trouble> = new Map();
  private calls = 0;
  private callsInAll = 0;
  private lastId = 17_000_000_000_000_000n;
  private awaited: { at: number; act: () => void }[] = [];

  /** @param durations how long the calls take, used in turn. */
  constructor(
    readonly time: ModelTime,
    readonly pageSize: number,
    private readonly durations: readonly number[],
  ) {}

  newId(): string {
    this.lastId += 1n;
    return String(this.lastId);
  }

  write(
    place: { mediaId: string; parentId?: string | undefined },
    authorId: string,
    text: string,
    visibleAfterMs = 0,
  ): ModelComment {
    const comment = {
      id: this.newId(),
      mediaId: place.mediaId,
      parentId: place.parentId,
      authorId,
      text,
      createdAt: Math.floor(this.time.now / 1000) * 1000,
      visibleAt: this.time.now + visibleAfterMs,
    };
    this.comments.set(comment.id, comment);
    return comment;
  }

  remove(id: string): void {
    this.comments.delete(id);
    for (const comment of [...this.comments.values()]) {
      if (comment.parentId === id) this.comments.delete(comment.id);
    }
  }

  /** Deletes a comment unless it holds an agent's reply: replies are counted at the end. */
  removeIfAllowed(id: string): void {
    const holdsReply = [...this.comments.values()].some(
      (comment) =>
        (comment.id === id || comment.parentId === id) && comment.text.startsWith('Reply'),
    );
    if (!holdsReply) this.remove(id);
  }

  removeAnyIfAllowed(choice: Choice): void {
    const id = choose(['', ...this.comments.keys()], choice);
    if (id !== undefined) this.removeIfAllowed(id);
  }

  /** Sets the troubles of the next calls, numbered from here on. */
  setTroubles(troubles: Troubles): void {
    this.troubles = new Map(troubles);
    this.calls = 0;
  }

  nextDuration(): number {
    return choose(this.durations, this.callsInAll++) ?? 0;
  }

  nextTrouble(): Trouble | undefined {
    return this.troubles.get(this.calls++);
  }

  later(afterMs: number, act: () => void): void {
    this.awaited.push({ at: this.time.now + afterMs, act });
  }

  /** Carries out the delayed writes that are due. */
  settle(): void {
    const due = this.awaited.filter(({ at }) => at <= this.time.now);
    this.awaited = this.awaited.filter(({ at }) => at > this.time.now);
    for (const { act } of due) act();
  }

  visible(): ModelComment[] {
    return [...this.comments.values()].filter(({ visibleAt }) => visibleAt <= this.time.now);
  }

  repliesTo(commentId: string): ModelComment[] {
    return this.visible().filter(({ parentId }) => parentId === commentId);
  }
}

/**
 * The methods of `InstagramClient` that pull and channelback use: short pages, newest first, with
 * cursors that outlive deletions. Other work goes on between any two calls; calls of a killed
 * service never end.
 */
export class ModelClient {
  constructor(
    private readonly instagram: ModelInstagram,
    private readonly life: Life,
  ) {}

  assertCan(): void {
    // The account has every permission.
  }

  as(): this {
    return this;
  }

  knownAccount(): Promise<object> {
    return Promise.resolve({ username: 'omniwear', pictureUrl: undefined });
  }

  readAccount(): Promise<object> {
    return this.knownAccount();
  }

  async listMedia(after: string | undefined): Promise<Page<Media>> {
    await this.call();
    const all = [...this.instagram.media].sort((a, b) => b.createdAt - a.createdAt || order(a, b));
    return this.page(all, after, ({ id, createdAt }) => ({
      id,
      caption: 'A photo',
      mediaType: 'IMAGE',
      permalink: undefined,
      thumbnailUrl: undefined,
      createdAt,
      commentsCount: this.instagram.visible().filter(({ mediaId }) => mediaId === id).length,
      likeCount: 0,
      commentsEnabled: true,
    }));
  }

  async listComments(
    mediaId: string,
    after: string | undefined,
  ): Promise<Page<CommentWithReplies>> {
    await this.call();
    const all = this.instagram
      .visible()
      .filter((comment) => comment.mediaId === mediaId && comment.parentId === undefined);
    return this.page(all, after, (comment) => ({
      ...this.shown(comment),
      replies: this.page(this.instagram.repliesTo(comment.id), undefined, (reply) =>
        this.shown(reply),
      ),
    }));
  }

  async listReplies(commentId: string, after: string | undefined): Promise<Page<Comment>> {
    await this.call();
    if (!this.instagram.comments.has(commentId)) throw gone();
    return this.page(this.instagram.repliesTo(commentId), after, (reply) => this.shown(reply));
  }

  async listSiblings(commentId: string, after: string | undefined): Promise<Page<Comment>> {
    const comment = this.instagram.comments.get(commentId);
    if (comment === undefined) throw gone();
    return this.listReplies(comment.parentId ?? commentId, after);
  }

  /** The model has no gate. */
  awaitCommentTurn(): Promise<{ end: () => void }> {
    return Promise.resolve({ end: () => undefined });
  }

  async addComment(parent: Target, message: string): Promise<string> {
    const act = (): string => {
      if (parent.kind === 'media')
        return this.instagram.write({ mediaId: parent.id }, OWNER, message).id;
      const comment = this.instagram.comments.get(parent.id);
      if (comment === undefined) throw gone();
      const { mediaId } = comment;
      return this.instagram.write(
        { mediaId, parentId: comment.parentId ?? comment.id },
        OWNER,
        message,
      ).id;
    };
    await this.call(act);
    return act();
  }

  /** One call: it takes its time, lets other work go on, and meets its trouble. */
  private async call(act?: () => unknown): Promise<void> {
    this.instagram.time.spent += this.instagram.nextDuration();
    await new Promise((resolve) => setImmediate(resolve));
    if (this.life.ended) return never();
    const trouble = this.instagram.nextTrouble();
    if (trouble === undefined) return;
    const quietly = (): void => {
      try {
        act?.();
      } catch {
        // Its parent was deleted meanwhile.
      }
    };
    switch (trouble.kind) {
      case 'fails':
        throw new InstagramError(trouble.code, 'A trouble.', { effect: trouble.effect });
      case 'acts_and_fails':
        quietly();
        throw new InstagramError('platform_unavailable', 'Cut.', { effect: 'unknown' });
      case 'acts_later':
        this.instagram.later(trouble.afterMs, quietly);
        throw new InstagramError('deadline_exceeded', 'Late.', { effect: 'unknown' });
      case 'deletes':
        this.instagram.removeAnyIfAllowed(trouble.comment);
        return;
      case 'killed':
        if (trouble.acts) quietly();
        this.life.kill();
        return never();
    }
  }

  private shown({ id, text, createdAt, authorId, parentId }: ModelComment): Comment {
    return {
      id,
      parentId,
      text,
      createdAt,
      authorId,
      username: `user${authorId}`,
      hidden: false,
      likeCount: 0,
    };
  }

  private page<T extends { id: string; createdAt: number }, S>(
    all: T[],
    after: string | undefined,
    show: (entry: T) => S,
  ): Page<S> {
    const sorted = [...all].sort((a, b) => b.createdAt - a.createdAt || order(a, b));
    const [time = '', id = ''] = after?.split('_') ?? [];
    const rest =
      after === undefined
        ? sorted
        : sorted.filter(
            (each) =>
              each.createdAt < Number(time) ||
              (each.createdAt === Number(time) && BigInt(each.id) < BigInt(id)),
          );
    const items = rest.slice(0, this.instagram.pageSize);
    const last = items.at(-1);
    return {
      items: items.map(show),
      after:
        last !== undefined && rest.length > items.length
          ? `${String(last.createdAt)}_${last.id}`
          : undefined,
    };
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function order(a: { id: string }, b: { id: string }): number {
  return BigInt(b.id) > BigInt(a.id) ? 1 : -1;
}

function gone(): InstagramError {
  return new InstagramError('target_unavailable', 'Gone.', { effect: 'none' });
}
