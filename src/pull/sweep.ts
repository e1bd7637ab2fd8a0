import type { Deadline } from '../common/deadline.js';
import type { Account } from '../domain/account.js';
import type { ErrorCode } from '../domain/error-codes.js';
import type { Media } from '../instagram/graph-objects.js';
import { blocksWholeAccount, InstagramError } from '../instagram/instagram-error.js';
import type { InstagramSession } from '../instagram/instagram-session.js';
import type { ExternalResource } from '../zendesk/external-resource.js';
import { AccountReadability } from './account-readability.js';
import { Batch } from './batch.js';
import { CallBudget } from './call-budget.js';
import { CommentReader, type ReadPost } from './comment-reader.js';
import { walkPosts } from './post-walk.js';
import { Progress } from './progress.js';
import { POST_REMEMBERED_MS, type PullMemory } from './pull-memory.js';
import type { Place, Position, PullState } from './pull-state.js';
import type { ResourceMapper } from './resource-mapper.js';
import { SkippedPosts } from './skipped-posts.js';

/**
 * How far a sweep looks back before the start of the last whole sweep, to find comments that
 * Instagram shows late. It is longer than the time for which an unchanged count of comments is
 * trusted, so it also finds a comment that the count hid.
 */
export const OVERLAP_MS = 2 * POST_REMEMBERED_MS;
/**
 * The greatest age of a comment that Instagram shows late. Comments of restricted people and of
 * age-gated posts appear after an approval, with the time at which they were written.
 */
export const LATE_MS = 7 * 86_400_000;

export interface SweepOptions {
  readonly account: Account;
  readonly instagram: InstagramSession;
  readonly memory: PullMemory;
  readonly mapper: ResourceMapper;
  readonly deadline: Deadline;
  readonly budgetMs: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Notified of each post. */
  readonly onMedia: (media: Media) => void;
  /** Notified of each post that Instagram refused, and why. */
  readonly onLeftOut: (media: Media, code: ErrorCode) => void;
}

/** How a sweep ended in this pull: at the last post, when it was full or out of time, or failed. */
type SweepEnd = 'whole' | 'paused' | InstagramError;

export interface SweepOutcome {
  /** The gathered resources, oldest first. */
  readonly resources: readonly ExternalResource[];
  /** The state of the next pull, but for the name of the answer. */
  readonly state: Omit<PullState, 'answer'>;
  /** The error that ended the sweep early. */
  readonly failure: ErrorCode | undefined;
  /** Why no post of the account can be read. */
  readonly obstacle: ErrorCode | undefined;
  /** Whether Instagram counts comments and returns none; undefined if the sweep cannot know. */
  readonly hidesComments: boolean | undefined;
}

/**
 * Reads the account's posts and their comments in Instagram's own order, newest first, from the
 * state's position on. It gathers the comments that are new since the last whole sweep. With this
 * order, deletions and new comments never put an unread comment before the position.
 */
export class Sweep {
  private readonly batch: Batch;
  private readonly calls: CallBudget;
  private readonly progress: Progress;
  private readonly skipped: SkippedPosts;
  private readonly readability: AccountReadability;
  private startedAt: number;

  constructor(
    private readonly state: PullState,
    private readonly options: SweepOptions,
  ) {
    const { account, memory, mapper, deadline, budgetMs, now, onLeftOut } = options;
    const { series, from, place } = state;
    this.batch = new Batch({ account, mapper, memory, series, from, now });
    this.calls = new CallBudget(deadline, budgetMs);
    this.progress = new Progress(toPosition(place));
    this.skipped = new SkippedPosts(state, { account, memory, now, onLeftOut });
    this.readability = new AccountReadability(place?.readable === true);
    this.startedAt = place?.startedAt ?? now;
  }

  /**
   * Reads until nothing is left, the batch is full or the time is up.
   *
   * @throws {InstagramError} if a call fails before anything is gathered or finished.
   */
  async run(): Promise<SweepOutcome> {
    const end = await this.readPosts();
    const failure = end instanceof InstagramError ? end : undefined;
    const hasProgress = this.batch.size > 0 || this.progress.hasAdvanced;
    if (failure !== undefined && !hasProgress) throw failure;
    return {
      resources: this.batch.sorted,
      state: this.toNextState(end),
      failure: failure?.code,
      obstacle: this.findObstacle(end),
      hidesComments: this.readability.hidesComments,
    };
  }

  private async readPosts(): Promise<SweepEnd> {
    const { instagram } = this.options;
    try {
      for await (const step of walkPosts(instagram, this.progress.position)) {
        switch (step.kind) {
          case 'call':
            if (!this.calls.beginCall()) return 'paused';
            break;
          case 'restarted':
            this.restart();
            break;
          case 'page_finished':
            this.progress.moveTo(step.position);
            break;
          case 'post':
            this.progress.moveTo(step.position);
            if ((await this.readPost(step.media)) === 'paused') return 'paused';
            this.progress.advance();
        }
      }
      await this.settleReadability();
      return 'whole';
    } catch (error) {
      if (error instanceof InstagramError) return error;
      throw error;
    }
  }

  /** Starts again at the first post. Zendesk skips the comments that it has. */
  private restart(): void {
    this.startedAt = this.options.now;
    this.progress.moveTo({});
    this.skipped.restart();
    this.readability.restart();
  }

  private async readPost(media: Media): Promise<'finished' | 'paused'> {
    const { account, memory, now, onMedia } = this.options;
    const { skipped, batch, readability } = this;
    onMedia(media);
    if (skipped.leaveOutResting(media)) return 'finished';
    const since = Math.max(this.state.from, skipped.readUnreadSince(media) - OVERLAP_MS);
    if (!skipped.wasLeftOut(media) && memory.hasNothingSince(account, media, since, now, batch)) {
      readability.notePostSkipped(media);
      return 'finished';
    }
    try {
      return await this.readComments(media, since);
    } catch (error) {
      if (!(error instanceof InstagramError)) throw error;
      if (!skipped.leaveOutFailed(media, error, this.calls.callHadTime)) throw error;
      return 'finished';
    }
  }

  private async readComments(media: Media, since: number): Promise<'finished' | 'paused'> {
    const { account, instagram, memory, now } = this.options;
    const { calls, progress, batch, skipped } = this;
    const { commentsAfter, repliesOf, lastId } = progress.position;
    const isFromTop = [commentsAfter, repliesOf, lastId].every((each) => each === undefined);
    const late = Math.max(this.state.from, now - LATE_MS);
    const onFurther = (): void => {
      memory.forgetFailures(account.igUserId, media.id);
    };
    const reader = new CommentReader(
      media,
      { since, late },
      { instagram, calls, progress, batch, skipped, onFurther },
    );
    const post = await reader.read();
    if (post === undefined) return 'paused';
    this.readability.notePostRead();
    onFurther();
    memory.forgetRefusals(account, media.id);
    if (isFromTop && post.isComplete) this.noteReading(media, post);
    return 'finished';
  }

  /** Remembers a post that was read completely. */
  private noteReading(
    { id, commentsCount }: Media,
    { hasComments, newestAt, hasLate }: ReadPost,
  ): void {
    if (commentsCount === undefined) return;
    const { account, memory, now } = this.options;
    this.readability.noteList(commentsCount, hasComments);
    memory.noteReading(account.igUserId, id, { commentsCount, newestAt, readAt: now, hasLate });
  }

  /** Remembers whether the account's posts can be read, and tests it if in doubt. */
  private async settleReadability(): Promise<void> {
    const { account, instagram, memory } = this.options;
    const { readability, calls } = this;
    const { lastRefusal } = this.skipped;
    if (lastRefusal === undefined) return;
    const testPost = readability.pickTestPost(lastRefusal);
    if (testPost !== undefined && calls.beginCall()) {
      try {
        await instagram.listComments(testPost.id, undefined, { comments: 1, replies: 1 });
        readability.notePostRead();
      } catch (error) {
        // The posts stay unreadable.
        if (!(error instanceof InstagramError)) throw error;
      }
    }
    memory.noteReadable(account, readability.isReadable);
  }

  private findObstacle(end: SweepEnd): ErrorCode | undefined {
    if (end instanceof InstagramError && blocksWholeAccount(end)) return end.code;
    if (end === 'paused' || this.readability.isReadable) return undefined;
    return end === 'whole' ? this.skipped.lastRefusal : end.code;
  }

  private toNextState(end: SweepEnd): SweepOutcome['state'] {
    const { startedAt } = this;
    const { leftOut, incomplete } = this.skipped.record;
    if (end === 'whole') {
      const since = incomplete === true ? this.state.since : startedAt;
      return { ...this.state, since, leftOut, place: undefined };
    }
    const readable = this.readability.isReadable ? true : undefined;
    const place: Place = { startedAt, leftOut, incomplete, readable, ...this.progress.position };
    return { ...this.state, place };
  }
}

function toPosition(place: Position = {}): Position {
  const { mediaAfter, mediaId, commentsAfter, repliesOf, repliesAfter, lastId } = place;
  return { mediaAfter, mediaId, commentsAfter, repliesOf, repliesAfter, lastId };
}
