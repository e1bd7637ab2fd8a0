import type { Media } from '../instagram/graph-objects.js';
import type { InstagramSession } from '../instagram/instagram-session.js';
import type { Batch, FoundComment } from './batch.js';
import type { CallBudget } from './call-budget.js';
import { CommentWalk } from './comment-walk.js';
import type { Progress } from './progress.js';
import type { Position } from './pull-state.js';
import type { SkippedPosts } from './skipped-posts.js';

export interface CommentReaderOptions {
  readonly instagram: Pick<InstagramSession, 'listComments' | 'listReplies'>;
  readonly calls: CallBudget;
  readonly progress: Progress;
  readonly batch: Batch;
  readonly skipped: Pick<SkippedPosts, 'areRepliesResting' | 'leaveOutReplies'>;
  /** Notified after each page. */
  readonly onPage: () => void;
}

/** Times from which on a post's comments are handed out. */
export interface Thresholds {
  /** Earlier sweeps handed out the comments before this, except those that appeared late. */
  readonly since: number;
  /** Comments that appeared late are handed out from this time on. */
  readonly late: number;
}

/** A post whose comments were all read. */
export interface ReadPost {
  /** When the newest comment was written. */
  readonly newestAt: number;
  /** Whether Instagram returned any comment. */
  readonly hasComments: boolean;
  /** Whether comments that appeared late did not fit. */
  readonly hasLate: boolean;
  /** Whether no replies were refused. */
  readonly isComplete: boolean;
}

/** Gathers the new comments of one post. */
export class CommentReader {
  private newestAt = 0;
  private hasComments = false;
  private hasLate = false;
  private isComplete = true;

  constructor(
    private readonly media: Media,
    private readonly thresholds: Thresholds,
    private readonly options: CommentReaderOptions,
  ) {}

  /**
   * Reads from the position to the end of the comments.
   *
   * @returns undefined when the batch is full or the time is up.
   */
  async read(): Promise<ReadPost | undefined> {
    const { media } = this;
    const { instagram, calls, progress, skipped, onPage } = this.options;
    const walk = new CommentWalk(media, progress.position, {
      instagram,
      skipsReplies: (commentId) => skipped.areRepliesResting(media, commentId),
    });
    for await (const step of walk.steps()) {
      switch (step.kind) {
        case 'call':
          if (!calls.beginCall()) return undefined;
          break;
        case 'moved':
          onPage();
          if (step.isFurther) progress.advance(step.position);
          else progress.moveTo(step.position);
          break;
        case 'comment':
          if (!this.gather(step.found, step.position)) return undefined;
          break;
        case 'replies_refused':
          this.isComplete = false;
          skipped.leaveOutReplies(media, step.commentId, step.error);
      }
    }
    const { newestAt, hasComments, hasLate, isComplete } = this;
    return { newestAt, hasComments, hasLate, isComplete };
  }

  /**
   * Puts a comment into the batch if it is new or appeared late.
   *
   * @returns false when the batch is full.
   */
  private gather(found: FoundComment, position: Position): boolean {
    const { batch, progress } = this.options;
    const { comment, media } = found;
    const { createdAt } = comment;
    this.hasComments = true;
    this.newestAt = Math.max(this.newestAt, createdAt ?? 0);
    const isSince = createdAt !== undefined && createdAt >= this.thresholds.since;
    // A comment without a time counts as late.
    const isLate = !isSince && (createdAt ?? Infinity) >= this.thresholds.late;
    if (!(isSince || isLate) || !batch.isNew(media, comment)) return true;
    if (isLate) {
      if (!batch.addLate(found)) this.hasLate = true;
      return true;
    }
    if (!batch.add(found)) return false;
    progress.moveTo(position);
    return true;
  }
}
