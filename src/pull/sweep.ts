import type { Deadline } from '../common/deadline.js';
import { type ErrorCode, needsReconnection } from '../domain/error-codes.js';
import type { Account } from '../domain/account.js';
import type { Media, Page } from '../instagram/graph-objects.js';
import type { InstagramSession } from '../instagram/instagram-session.js';
import { InstagramError, blocksWholeAccount, blocksTarget } from '../instagram/instagram-error.js';
import { PageWalk } from '../instagram/page-walk.js';
import type { ExternalResource } from '../zendesk/external-resource.js';
import { Batch } from './batch.js';
import { CommentReader } from './comment-reader.js';
import { Pause, Progress } from './progress.js';
import type { PullMemory } from './pull-memory.js';
import { LEFT_OUT_MAX, type PullState } from './pull-state.js';
import type { ResourceMapper } from './resources.js';

/**
 * How far before the last whole sweep's beginning a sweep looks again, in milliseconds: for comments that Instagram shows late, and
 * for those that the count of a remembered post hid (`POST_REMEMBERED_MS`, which must be shorter).
 */
export const OVERLAP_MS = 3_600_000;
/**
 * The greatest age of a comment that Instagram shows late. Comments of restricted people and of
 * age-gated posts appear after an approval, with the time at which they were written.
 */
export const LATE_MS = 7 * 86_400_000;
/** After so many pulls that failed at the same post, the sweep goes on without it. */
const FAILURES_MAX = 3;

export interface SweepOptions {
  readonly account: Account;
  readonly instagram: InstagramSession;
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

/**
 * Goes over the account's posts and their comments in Instagram's own order, newest first, from where the state says, and gathers what
 * is new since the last whole sweep. In that order, whatever is deleted or written meanwhile, everything up to a place has been met.
 */
export class Sweep {
  private readonly batch: Batch;
  private readonly progress: Progress;
  /** Whether the last page of the last post was reached. */
  private whole = false;
  /** Whether the list of posts was restarted. */
  private restarted = false;
  private failure: InstagramError | undefined;
  private hasSeenComments = false;
  /** Posts whose comments are counted and not returned. */
  private postsWithoutList = 0;
  /** Why the last post that was left out could not be read. */
  private lastRefusal: ErrorCode | undefined;
  /** Whether resting posts are read: the last sweep could read no post. */
  private readsResting: boolean;
  /** A post without comments, to find out whether any can be read. */
  private emptyPost: Media | undefined;

  constructor(
    private readonly state: PullState,
    private readonly options: SweepOptions,
  ) {
    const { account, memory, mapper, deadline, budgetMs, now } = options;
    const place = state.place ?? { startedAt: now, leftOut: {} };
    this.progress = new Progress(place, deadline, budgetMs);
    const { series, from } = state;
    this.batch = new Batch({ account, mapper, memory, series, from, now });
    this.readsResting = memory.wasUnreadable(account);
  }

  /**
   * Works until nothing is left, the batch is full or the time is up.
   *
   * @returns what ended it before, if anything did.
   */
  async run(): Promise<InstagramError | undefined> {
    try {
      await this.sweep();
      await this.settleReadable();
      this.whole = true;
    } catch (error) {
      if (error instanceof InstagramError) this.failure = error;
      else if (!(error instanceof Pause)) throw error;
    }
    return this.failure;
  }

  /** What was gathered, oldest first. */
  get resources(): readonly ExternalResource[] {
    return this.batch.sorted;
  }

  /** Why no post of the account can be read; undefined where this pull read one. */
  get obstacle(): ErrorCode | undefined {
    const { failure } = this;
    if (failure !== undefined && (blocksWholeAccount(failure) || !this.readable))
      return failure.code;
    return this.whole && !this.readable ? this.lastRefusal : undefined;
  }

  /**
   * Whether Instagram counts comments and returns none, as it does without Advanced Access;
   * undefined where no post with comments was read.
   */
  get hidesComments(): boolean | undefined {
    return this.postsWithoutList === 0 && !this.hasSeenComments ? undefined : !this.hasSeenComments;
  }

  /** Whether anything was gathered or got over with. */
  get hasProgress(): boolean {
    return this.batch.size > 0 || this.progress.steps > 0 || this.whole;
  }

  /** The state after what was gathered, for the answer with this name. */
  next(answer: string): PullState {
    const { place } = this.progress;
    if (!this.whole) return { ...this.state, answer, place };
    const since = place.incomplete === true ? this.state.since : place.startedAt;
    return { ...this.state, answer, since, leftOut: place.leftOut, place: undefined };
  }

  private get readable(): boolean {
    return this.progress.place.readable === true;
  }

  private noteReadable(): void {
    if (!this.readable) this.progress.change({ readable: true });
  }

  private async sweep(): Promise<void> {
    const { progress } = this;
    let walk = new PageWalk(progress.place.mediaAfter);
    for (;;) {
      const page = await this.mediaPage(walk.cursor);
      // The first page was read again.
      if (progress.place.mediaAfter === undefined) walk = new PageWalk();
      const resumeAt = page.items.findIndex(({ id }) => id === progress.place.mediaId);
      for (const media of page.items.slice(Math.max(0, resumeAt))) {
        if (media.id !== progress.place.mediaId) progress.moveTo({ mediaId: media.id });
        this.options.onMedia(media);
        await this.scan(media);
        progress.steps += 1;
      }
      if (!walk.advance(page)) return;
      progress.moveTo({ mediaAfter: walk.bookmark });
    }
  }

  private async mediaPage(cursor: string | undefined): Promise<Page<Media>> {
    const { instagram, now } = this.options;
    try {
      this.progress.beginCall();
      return await instagram.listMedia(cursor);
    } catch (error) {
      // The cursor of an earlier pull may have run out. The sweep begins anew; Zendesk passes over what it has.
      const isGone = error instanceof InstagramError && error.code === 'target_unavailable';
      if (!isGone || cursor === undefined || this.restarted) throw error;
      this.restarted = true;
      this.progress.place = { startedAt: now, leftOut: {} };
      return instagram.listMedia();
    }
  }

  /** Gathers what is new under a post. */
  private async scan(media: Media): Promise<void> {
    const { account, memory, now } = this.options;
    const since = Math.max(this.state.from, this.unreadSince(media.id) - OVERLAP_MS);
    const resting = memory.restingFor(account, media.id, now);
    if (resting !== undefined && !this.readsResting) {
      this.leaveOut(media, resting);
      return;
    }
    const { igUserId } = account;
    const wasLeftOut = media.id in this.state.leftOut;
    const takesLate = this.batch.takesLate;
    if (!wasLeftOut && memory.hasNothingSince(igUserId, media, since, now, takesLate)) {
      if (media.commentsCount === 0) this.emptyPost ??= media;
      else this.noteReadable();
      return;
    }
    try {
      await this.read(media, since);
    } catch (error) {
      if (!(error instanceof InstagramError) || !this.isOfPost(media, error)) throw error;
      memory.noteRefusal(account, media.id, error.code, now);
      this.readsResting = false;
      this.options.onLeftOut(media, error.code);
      this.leaveOut(media, error.code);
    }
  }

  private async read(media: Media, since: number): Promise<void> {
    const { account, instagram, memory, now } = this.options;
    const { progress, batch } = this;
    const { commentsAfter, repliesOf, lastId } = progress.place;
    const fromTheTop = [commentsAfter, repliesOf, lastId].every((each) => each === undefined);
    const late = Math.max(this.state.from, now - LATE_MS);
    const reader = new CommentReader(
      media,
      { since, late },
      {
        instagram,
        progress,
        batch,
        onPage: () => {
          memory.forgetFailures(account.igUserId, media.id);
        },
        skipsReplies: (id) => memory.restingFor(account, `${media.id}/${id}`, now) !== undefined,
        onRefusedReplies: (id, { code }) => {
          memory.noteRefusal(account, `${media.id}/${id}`, code, now);
          this.options.onLeftOut(media, code);
          this.leaveOut(media, code);
        },
      },
    );
    await reader.run();
    this.noteReadable();
    memory.forgetRefusals(account, media.id);
    if (!reader.isComplete || !fromTheTop || media.commentsCount === undefined) return;
    const { newestAt, hasLate, hasComments } = reader;
    if (hasComments) this.hasSeenComments = true;
    else if (media.commentsCount > 0) this.postsWithoutList += 1;
    const { commentsCount } = media;
    memory.noteReading(account.igUserId, media.id, {
      commentsCount,
      newestAt,
      readAt: now,
      hasLate,
    });
  }

  /**
   * Whether an error is about the post alone. A refusal is: the post or a comment is gone, a cursor
   * expired, or Instagram withholds the post. Other errors are retried first.
   */
  private isOfPost(media: Media, error: InstagramError): boolean {
    if (blocksWholeAccount(error)) return false;
    if (blocksTarget(error)) return true;
    if (error.code === 'deadline_exceeded' && !this.progress.callHadTime) return false;
    const { account, memory } = this.options;
    return memory.countFailure(account.igUserId, media.id) >= FAILURES_MAX;
  }

  private unreadSince(mediaId: string): number {
    return this.state.leftOut[mediaId] ?? this.state.since;
  }

  /** Goes on without a post; a later sweep reads it from where it was left. */
  private leaveOut(media: Media, code: ErrorCode): void {
    const { place } = this.progress;
    const leftOut = { ...place.leftOut, [media.id]: this.unreadSince(media.id) };
    this.progress.change(
      Object.keys(leftOut).length <= LEFT_OUT_MAX ? { leftOut } : { incomplete: true },
    );
    this.lastRefusal = code;
  }

  /**
   * Remembers whether the account's posts can be read. If all were refused for a missing
   * permission, a post without comments is read as well: one refused post says nothing about the
   * account.
   */
  private async settleReadable(): Promise<void> {
    const { account, instagram, memory } = this.options;
    const { lastRefusal, emptyPost } = this;
    if (lastRefusal !== undefined && !this.readable && needsReconnection(lastRefusal)) {
      try {
        this.progress.beginCall();
        if (emptyPost !== undefined) {
          await instagram.listComments(emptyPost.id, undefined, {
            comments: 1,
            replies: 1,
          });
          this.noteReadable();
        }
      } catch (error) {
        // The posts stay unreadable.
        if (!(error instanceof InstagramError || error instanceof Pause)) throw error;
      }
    }
    if (lastRefusal !== undefined) memory.noteReadable(account, this.readable);
  }
}
