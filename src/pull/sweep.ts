import type { Deadline } from '../common/deadline.js';
import type { ErrorCode } from '../common/errors/error-code.js';
import type { Account } from '../credentials/account.js';
import type { Comment, CommentWithReplies, Media, Page } from '../instagram/graph-objects.js';
import type { InstagramClient } from '../instagram/instagram-client.js';
import { InstagramError, isOfAccount } from '../instagram/instagram-error.js';
import type { ExternalResource } from '../zendesk/external-resource.js';
import { RESOURCES_MAX } from '../zendesk/limits.js';
import type { PullMemory } from './pull-memory.js';
import { LEFT_OUT_MAX, type Place, type PullState } from './pull-state.js';
import { idOfComment, type ResourceMapper } from './resources.js';

/**
 * How far before the last whole sweep's beginning a sweep looks again, in milliseconds: for comments that Instagram shows late, and
 * for those that the count of a remembered post hid (`POST_REMEMBERED_MS`, which must be shorter).
 */
export const OVERLAP_MS = 3_600_000;
/** A call to Instagram is not begun with less time than this left, as a share of the pull's time. */
const LAST_CALL_SHARE = 0.1;
/** A call that had this share of the pull's time and was not answered says something of its post, not of the time that was left. */
const FAIR_SHARE = 0.5;
/** After so many pulls that failed at the same post, the sweep goes on without it. */
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
  /** Told each post that was left out, and why. */
  readonly onLeftOut: (media: Media, code: ErrorCode) => void;
}

/** Ends a sweep in between: the batch is full or the time is up. */
class Pause extends Error {}

/**
 * Goes over the account's posts and their comments in Instagram's own order, newest first, from where the state says, and gathers what
 * is new since the last whole sweep. In that order, whatever is deleted or written meanwhile, everything up to a place has been met.
 */
export class Sweep {
  private readonly batch = new Map<string, ExternalResource>();
  private place: Place;
  /** Whether the last page of the last post was reached. */
  private whole = false;
  /** Posts and pages of comments that were got over with. */
  private steps = 0;
  /** Whether the list of posts was begun anew. */
  private restarted = false;
  /** Whether the comment that was handed out last is still looked for in its page. */
  private searching = false;
  /** Whether any post could be read. */
  private readable = false;
  /** Why the last post that was left out could not be read. */
  private lastObstacle: InstagramError | undefined;
  /** What was left of the time when the last call to Instagram began, in milliseconds. */
  private leftAtCall = 0;

  constructor(
    private readonly state: PullState,
    private readonly options: SweepOptions,
  ) {
    this.place = state.place ?? { startedAt: options.now, leftOut: {} };
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

  /** What was gathered, oldest first, so that a ticket reads in order and parents come before what stands under them. */
  get resources(): readonly ExternalResource[] {
    return [...this.batch.values()].sort(
      (one, other) => Date.parse(one.created_at) - Date.parse(other.created_at),
    );
  }

  /** What keeps every post from being read, as far as this pull can tell. */
  get obstacle(): InstagramError | undefined {
    return this.readable ? undefined : this.lastObstacle;
  }

  /** Whether anything was gathered or got over with. */
  get hasProgress(): boolean {
    return this.batch.size > 0 || this.steps > 0 || this.whole;
  }

  /** The state after what was gathered, for the answer with this name. */
  next(answer: string): PullState {
    const { place } = this;
    if (!this.whole) return { ...this.state, answer, place };
    const since = place.incomplete === true ? this.state.since : place.startedAt;
    return { ...this.state, answer, since, leftOut: place.leftOut, place: undefined };
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
      this.beginCall();
      return await instagram.listMedia(account, this.place.mediaAfter, deadline);
    } catch (error) {
      // The cursor of an earlier pull may have run out. The sweep begins anew; Zendesk passes over what it has.
      const isOld = isRefusal(error) && this.place.mediaAfter !== undefined;
      if (!isOld || this.restarted) throw error;
      this.restarted = true;
      this.place = { startedAt: this.options.now, leftOut: {} };
      return instagram.listMedia(account, undefined, deadline);
    }
  }

  /** Gathers what is new under a post. */
  private async scan(media: Media): Promise<void> {
    const { account, memory, now } = this.options;
    const { igUserId } = account;
    const threshold = this.thresholdOf(media);
    const wasLeftOut = media.id in this.state.leftOut;
    if (!wasLeftOut && memory.hasNothingSince(igUserId, media, threshold, now)) {
      this.readable ||= media.commentsCount !== 0;
      return;
    }
    const { commentsAfter, repliesOf, lastId } = this.place;
    const fromTheTop = [commentsAfter, repliesOf, lastId].every((each) => each === undefined);
    try {
      const newestAt = await this.scanPages(media, threshold);
      this.readable = true;
      if (fromTheTop && media.commentsCount !== undefined) {
        const { commentsCount } = media;
        memory.noteReading(igUserId, media.id, { commentsCount, newestAt, readAt: now });
      }
    } catch (error) {
      if (!(error instanceof InstagramError) || isOfAccount(error)) throw error;
      // Refused: it is gone, or a comment of it, or a cursor ran out. Anything else is tried again first.
      if (!isRefusal(error)) {
        const hadTime = this.leftAtCall >= this.options.budgetMs * FAIR_SHARE;
        if (error.code === 'deadline_exceeded' && !hadTime) throw error;
        if (memory.countFailure(igUserId, media.id) < FAILURES_MAX) throw error;
      }
      this.leaveOut(media, error);
    }
  }

  /** Comments from before this were handed out by earlier sweeps, in milliseconds since 1970. */
  private thresholdOf({ id }: Media): number {
    return Math.max(this.state.from, this.unreadSince(id) - OVERLAP_MS);
  }

  private unreadSince(mediaId: string): number {
    return this.state.leftOut[mediaId] ?? this.state.since;
  }

  /** Goes on without a post; the next sweep reads it from where it was left. */
  private leaveOut(media: Media, error: InstagramError): void {
    const leftOut = { ...this.place.leftOut, [media.id]: this.unreadSince(media.id) };
    this.place =
      Object.keys(leftOut).length <= LEFT_OUT_MAX
        ? { ...this.place, leftOut }
        : { ...this.place, incomplete: true };
    this.lastObstacle = error;
    this.options.onLeftOut(media, error.code);
  }

  /** Reads a post's comments to the end. Returns when the newest was written, in milliseconds since 1970. */
  private async scanPages(media: Media, threshold: number): Promise<number> {
    const { account, instagram, memory, deadline } = this.options;
    let newestAt = 0;
    for (;;) {
      this.beginCall();
      const { commentsAfter } = this.place;
      const page = await instagram.listComments(account, media.id, commentsAfter, deadline);
      memory.forgetFailures(account.igUserId, media.id);
      newestAt = Math.max(newestAt, await this.gather(media, page, threshold));
      this.steps += 1;
      if (page.after === undefined) return newestAt;
      this.moveTo({ mediaId: media.id, commentsAfter: page.after });
    }
  }

  /** Gathers what is new of a page, from behind the comment that was handed out last, if it is still there. */
  private async gather(
    media: Media,
    page: Page<CommentWithReplies>,
    threshold: number,
  ): Promise<number> {
    let newestAt = 0;
    const { lastId } = this.place;
    this.searching = lastId !== undefined;
    const skipped: [Comment, Comment | undefined][] = [];
    const take = (comment: Comment, parent: Comment | undefined): void => {
      if (comment.createdAt >= threshold) this.take(media, comment, parent);
    };
    try {
      for await (const [comment, parent] of this.newestFirst(page)) {
        newestAt = Math.max(newestAt, comment.createdAt);
        if (this.searching) skipped.push([comment, parent]);
        else take(comment, parent);
        if (comment.id === lastId) {
          this.searching = false;
          skipped.length = 0;
        }
      }
    } finally {
      // It was deleted meanwhile: the page is handed out again, and Zendesk passes over what it has.
      if (this.searching) this.place = { ...this.place, lastId: undefined };
    }
    for (const [comment, parent] of skipped) take(comment, parent);
    return newestAt;
  }

  /** Each comment of a page followed by its replies, with the comment that a reply stands under; from the place on. */
  private async *newestFirst(
    page: Page<CommentWithReplies>,
  ): AsyncGenerator<[Comment, Comment | undefined]> {
    const { account, instagram, deadline } = this.options;
    const { repliesOf, repliesAfter } = this.place;
    const resumeAt =
      repliesAfter === undefined ? -1 : page.items.findIndex(({ id }) => id === repliesOf);
    for (const [index, comment] of page.items.entries()) {
      if (index < resumeAt) continue;
      let { replies } = comment;
      if (index === resumeAt) replies = { items: [], after: repliesAfter };
      else yield [comment, undefined];
      for (;;) {
        for (const reply of replies.items) yield [reply, comment];
        if (replies.after === undefined) break;
        this.beginCall();
        const { after } = replies;
        replies = await instagram.listReplies(account, comment.id, after, deadline);
        // Everything before that page was met, unless the comment that was handed out last is still looked for.
        if (!this.searching) this.moveToReplies(comment.id, after);
      }
    }
  }

  /** Puts a comment that is new into the batch, with its post and the comment it answers. */
  private take(media: Media, comment: Comment, parent: Comment | undefined): void {
    const { account, mapper } = this.options;
    if (!this.isNew(idOfComment(media, comment))) return;
    const group = [
      ...(account.threads === 'media' ? [mapper.ofMedia(media)] : []),
      ...(parent === undefined ? [] : [mapper.ofComment(parent, { media })]),
      mapper.ofComment(comment, { media, parent }),
    ].filter((each) => this.isNew(each.external_id));
    if (this.batch.size + group.length > RESOURCES_MAX) throw new Pause();
    for (const each of group) this.batch.set(each.external_id, each);
    this.place = { ...this.place, lastId: comment.id };
  }

  private isNew(externalId: string): boolean {
    const { memory } = this.options;
    return !this.batch.has(externalId) && !memory.wasDelivered(this.state.series, externalId);
  }

  private moveTo({
    mediaAfter = this.place.mediaAfter,
    ...rest
  }: Omit<Place, 'startedAt' | 'leftOut'>): void {
    const { startedAt, leftOut, incomplete } = this.place;
    this.place = { startedAt, leftOut, incomplete, mediaAfter, ...rest };
  }

  private moveToReplies(repliesOf: string, repliesAfter: string): void {
    this.place = { ...this.place, repliesOf, repliesAfter, lastId: undefined };
    this.steps += 1;
  }

  private beginCall(): void {
    const { deadline, budgetMs } = this.options;
    this.leftAtCall = deadline.remainingMs;
    if (this.leftAtCall < budgetMs * LAST_CALL_SHARE) throw new Pause();
  }
}

/** Whether Instagram refused because of what was asked for, rather than because of who asks or of a fault. */
function isRefusal(error: unknown): boolean {
  return error instanceof InstagramError && error.code === 'target_unavailable';
}
