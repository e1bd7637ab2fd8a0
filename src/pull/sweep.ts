import type { Deadline } from '../common/deadline.js';
import type { Account } from '../credentials/account.js';
import type { Comment, CommentWithReplies, Media, Page } from '../instagram/graph-objects.js';
import type { InstagramClient } from '../instagram/instagram-client.js';
import { InstagramError } from '../instagram/instagram-error.js';
import type { ExternalResource } from '../zendesk/external-resource.js';
import { RESOURCES_MAX } from '../zendesk/limits.js';
import type { PullMemory } from './pull-memory.js';
import type { Place, PullState } from './pull-state.js';
import type { ResourceMapper } from './resources.js';

/**
 * How far before the last whole sweep's beginning a sweep looks again, in milliseconds: for comments that Instagram shows late, and
 * for those that the count of a remembered post hid (`POST_REMEMBERED_MS`, which must be shorter).
 */
export const OVERLAP_MS = 3_600_000;
/** A call to Instagram is not begun with less time than this left, as a share of the pull's budget. */
const LAST_CALL_SHARE = 0.1;
/** After so many pulls that failed at the same post, the sweep goes on without it and does not count as whole. */
const FAILURES_MAX = 3;

export interface SweepOptions {
  readonly account: Account;
  readonly instagram: InstagramClient;
  readonly memory: PullMemory;
  readonly mapper: ResourceMapper;
  readonly deadline: Deadline;
  readonly budgetMs: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Told each post that was met. */
  readonly onMedia: (media: Media) => void;
}

/** Ends a sweep in between: the batch is full or the time is up. */
class Pause extends Error {}

/**
 * Goes over the account's posts and their comments, newest post first, from where the state says, and gathers what is new since the
 * last whole sweep. Comments of one page are gathered oldest first, so that a ticket reads in order.
 */
export class Sweep {
  private readonly batch = new Map<string, ExternalResource>();
  private place: Place;
  /** Comments from before this were handed out by earlier sweeps. */
  private readonly threshold: number;
  /** Whether the last page of the last post was reached. */
  private whole = false;
  /** Posts and pages of comments that were got over with. */
  private steps = 0;

  constructor(
    private readonly state: PullState,
    private readonly options: SweepOptions,
  ) {
    this.place = state.place ?? { startedAt: options.now };
    this.threshold = Math.max(state.from, state.since - OVERLAP_MS);
  }

  /**
   * Works until nothing is left, the batch is full or the time is up.
   *
   * @returns what ended it before, if anything did.
   */
  async run(): Promise<InstagramError | undefined> {
    try {
      await this.sweep();
      this.whole = true;
      return undefined;
    } catch (error) {
      if (error instanceof Pause) return undefined;
      if (error instanceof InstagramError) return error;
      throw error;
    }
  }

  get resources(): readonly ExternalResource[] {
    return [...this.batch.values()];
  }

  /** Whether anything was gathered or got over with. */
  get hasProgress(): boolean {
    return this.batch.size > 0 || this.steps > 0 || this.whole;
  }

  /** The state after what was gathered, for the answer with this name. */
  next(answer: string): PullState {
    const { series, from, since } = this.state;
    if (!this.whole) return { series, answer, from, since, place: this.place };
    const { startedAt, incomplete } = this.place;
    return { series, answer, from, since: incomplete === true ? since : startedAt };
  }

  private async sweep(): Promise<void> {
    for (;;) {
      const page = await this.mediaPage();
      const resumeAt = page.items.findIndex(({ id }) => id === this.place.mediaId);
      for (const media of page.items.slice(Math.max(0, resumeAt))) {
        if (media.id !== this.place.mediaId) this.moveTo({ mediaId: media.id });
        this.options.onMedia(media);
        await this.scan(media);
        this.steps += 1;
      }
      if (page.after === undefined) return;
      this.moveTo({ mediaAfter: page.after });
    }
  }

  private async mediaPage(): Promise<Page<Media>> {
    const { account, instagram, deadline } = this.options;
    try {
      this.assertTime();
      return await instagram.listMedia(account, this.place.mediaAfter, deadline);
    } catch (error) {
      // The cursor of an earlier pull may have run out. The sweep begins anew; Zendesk passes over what it has.
      if (!isRefusal(error) || this.place.mediaAfter === undefined) throw error;
      this.place = { startedAt: this.place.startedAt, incomplete: this.place.incomplete };
      return instagram.listMedia(account, undefined, deadline);
    }
  }

  /** Gathers what is new under a post. */
  private async scan(media: Media): Promise<void> {
    const { account, memory, now } = this.options;
    if (memory.hasNothingSince(account.igUserId, media, this.threshold, now)) return;
    const fromTheTop = this.place.commentsAfter === undefined && this.place.lastId === undefined;
    try {
      const newestAt = await this.scanPages(media);
      if (fromTheTop && media.commentsCount !== undefined) {
        const { commentsCount } = media;
        memory.noteReading(account.igUserId, media.id, { commentsCount, newestAt, readAt: now });
      }
    } catch (error) {
      if (!(error instanceof InstagramError)) throw error;
      if (isRefusal(error)) {
        // Gone, or its cursor ran out: in that case the next sweep reads it from the top.
        if (!fromTheTop) this.place = { ...this.place, incomplete: true };
        return;
      }
      if (!isFault(error) || memory.countFailure(account.igUserId, media.id) < FAILURES_MAX) {
        throw error;
      }
      this.place = { ...this.place, incomplete: true };
    }
  }

  /** Reads a post's comments to the end. Returns when the newest was written, in milliseconds since 1970. */
  private async scanPages(media: Media): Promise<number> {
    const { account, instagram, memory, deadline } = this.options;
    let newestAt = 0;
    for (;;) {
      this.assertTime();
      const { commentsAfter } = this.place;
      const page = await instagram.listComments(account, media.id, commentsAfter, deadline);
      memory.forgetFailures(account.igUserId, media.id);
      newestAt = Math.max(newestAt, await this.gather(media, page));
      this.steps += 1;
      if (page.after === undefined) return newestAt;
      this.moveTo({ mediaId: media.id, commentsAfter: page.after });
    }
  }

  /** Gathers what is new of a page, from behind the comment that was handed out last, if it is still there. */
  private async gather(media: Media, page: Page<CommentWithReplies>): Promise<number> {
    let newestAt = 0;
    const { lastId } = this.place;
    let isBehind = lastId === undefined;
    const skipped: [Comment, Comment | undefined][] = [];
    for await (const [comment, parent] of this.oldestFirst(page)) {
      newestAt = Math.max(newestAt, comment.createdAt);
      if (isBehind) this.take(media, comment, parent);
      else skipped.push([comment, parent]);
      if (comment.id === lastId) {
        isBehind = true;
        skipped.length = 0;
      }
    }
    // It was deleted meanwhile: the page is handed out again, and Zendesk passes over what it has.
    for (const [comment, parent] of skipped) this.take(media, comment, parent);
    return newestAt;
  }

  /** Each comment of a page followed by its replies, with the comment that a reply stands under. */
  private async *oldestFirst(
    page: Page<CommentWithReplies>,
  ): AsyncGenerator<[Comment, Comment | undefined]> {
    const { account, instagram, deadline } = this.options;
    for (const comment of [...page.items].reverse()) {
      yield [comment, undefined];
      let replies = comment.replies;
      for (;;) {
        for (const reply of [...replies.items].reverse()) yield [reply, comment];
        if (replies.after === undefined) break;
        this.assertTime();
        replies = await instagram.listReplies(account, comment.id, replies.after, deadline);
      }
    }
  }

  /** Puts a comment that is new into the batch, behind its post and the comment it answers. */
  private take(media: Media, comment: Comment, parent: Comment | undefined): void {
    const { account, mapper } = this.options;
    const resource = mapper.ofComment(comment, { media, parent });
    if (comment.createdAt < this.threshold || !this.isNew(resource)) return;
    const group = [
      ...(account.threads === 'media' ? [mapper.ofMedia(media)] : []),
      ...(parent === undefined ? [] : [mapper.ofComment(parent, { media })]),
      resource,
    ].filter((each) => this.isNew(each));
    if (this.batch.size + group.length > RESOURCES_MAX) throw new Pause();
    for (const each of group) this.batch.set(each.external_id, each);
    this.place = { ...this.place, lastId: comment.id };
  }

  private isNew({ external_id: externalId }: ExternalResource): boolean {
    const { memory } = this.options;
    return !this.batch.has(externalId) && !memory.wasDelivered(this.state.series, externalId);
  }

  private moveTo({ mediaAfter = this.place.mediaAfter, ...rest }: Omit<Place, 'startedAt'>): void {
    const { startedAt, incomplete } = this.place;
    this.place = { startedAt, incomplete, mediaAfter, ...rest };
  }

  private assertTime(): void {
    const { deadline, budgetMs } = this.options;
    if (deadline.remainingMs < budgetMs * LAST_CALL_SHARE) throw new Pause();
  }
}

/** Whether Instagram failed, perhaps at this one post for ever. */
function isFault(error: InstagramError): boolean {
  return error.code === 'platform_unavailable' || error.code === 'deadline_exceeded';
}

/** Whether Instagram refused because of what was asked for, rather than because of who asks or of a fault. */
function isRefusal(error: unknown): boolean {
  return error instanceof InstagramError && error.code === 'target_unavailable';
}
