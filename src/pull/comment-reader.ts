import type { Comment, CommentWithReplies, Media, Page } from '../instagram/graph-objects.js';
import type { InstagramSession } from '../instagram/instagram-session.js';
import { InstagramError, blocksTarget } from '../instagram/instagram-error.js';
import { PageWalk } from '../instagram/page-walk.js';
import type { Batch, FoundComment } from './batch.js';
import { Pause, type Progress } from './progress.js';

/** Levels of comments above one in a page; Instagram has two. */
const LEVELS_MAX = 5;

export interface CommentReaderOptions {
  readonly instagram: InstagramSession;
  readonly progress: Progress;
  readonly batch: Batch;
  /** Called after each page of comments. */
  readonly onPage: () => void;
  /** Whether the further replies to a comment were refused again and again. */
  readonly skipsReplies: (commentId: string) => boolean;
  readonly onRefusedReplies: (commentId: string, error: InstagramError) => void;
}

/** Times from which on a post's comments are handed out. */
export interface Thresholds {
  /** Comments from before this were handed out by earlier sweeps, unless they appeared late. */
  readonly since: number;
  /** How far back comments are looked for that appeared late. */
  readonly late: number;
}

/** Gathers what is new among the comments of one post, from the place on. */
export class CommentReader {
  /** When the newest comment was written. */
  newestAt = 0;
  /** Whether Instagram returned any comment. */
  hasComments = false;
  /** Whether comments that appeared late did not fit. */
  hasLate = false;
  /** Whether no replies were refused. */
  isComplete = true;
  /** Whether the comment that was handed out last is still looked for in its page. */
  private searching = false;

  constructor(
    private readonly media: Media,
    private readonly thresholds: Thresholds,
    private readonly options: CommentReaderOptions,
  ) {}

  /** Reads the comments to the end. */
  async run(): Promise<void> {
    const { instagram, progress, onPage } = this.options;
    const { id: mediaId } = this.media;
    const walk = new PageWalk(progress.place.commentsAfter);
    for (;;) {
      progress.beginCall();
      const page = await instagram.listComments(mediaId, walk.cursor);
      onPage();
      this.hasComments ||= page.items.length > 0;
      await this.gather(page);
      progress.steps += 1;
      if (!walk.advance(page)) return;
      progress.moveTo({ mediaId, commentsAfter: walk.bookmark });
    }
  }

  /** Gathers the new comments of a page, from behind the one that was handed out last. */
  private async gather(page: Page<CommentWithReplies>): Promise<void> {
    const { progress } = this.options;
    const { lastId } = progress.place;
    this.searching = lastId !== undefined;
    const skipped: FoundComment[] = [];
    try {
      for await (const found of this.newestFirst(page)) {
        this.newestAt = Math.max(this.newestAt, found.comment.createdAt ?? 0);
        if (this.searching) skipped.push(found);
        else this.take(found);
        if (found.comment.id === lastId) {
          this.searching = false;
          skipped.length = 0;
        }
      }
    } finally {
      // It was deleted meanwhile: the page is handed out again, and Zendesk skips known comments.
      if (this.searching) progress.change({ lastId: undefined });
    }
    for (const found of skipped) this.take(found);
  }

  /** Each comment of a page followed by its replies, from the place on. */
  private async *newestFirst(page: Page<CommentWithReplies>): AsyncGenerator<FoundComment> {
    const { repliesOf, repliesAfter } = this.options.progress.place;
    const { media } = this;
    const resumeAt =
      repliesAfter === undefined ? -1 : page.items.findIndex(({ id }) => id === repliesOf);
    for (const [index, top] of page.items.entries()) {
      if (index < resumeAt) continue;
      const topId = topIdOf(top, page.items);
      if (index !== resumeAt) yield { media, comment: top, parent: undefined, topId };
      const replies =
        index === resumeAt ? this.repliesFrom(top, repliesAfter) : this.repliesOf(top);
      for await (const comment of replies) yield { media, comment, parent: top, topId };
    }
  }

  private async *repliesOf({ id, replies }: CommentWithReplies): AsyncGenerator<Comment> {
    yield* replies.items;
    const walk = new PageWalk();
    if (walk.advance(replies)) yield* this.repliesOn(id, walk);
  }

  private repliesFrom({ id }: Comment, bookmark: string | undefined): AsyncGenerator<Comment> {
    return this.repliesOn(id, new PageWalk(bookmark));
  }

  private async *repliesOn(commentId: string, walk: PageWalk): AsyncGenerator<Comment> {
    const { progress, skipsReplies } = this.options;
    if (skipsReplies(commentId)) return;
    for (;;) {
      progress.beginCall();
      const page = await this.repliesPage(commentId, walk.cursor);
      if (page === undefined) return;
      // Everything before that page was met, unless the last comment is still looked for.
      if (!this.searching) progress.moveToReplies(commentId, walk.bookmark);
      yield* page.items;
      if (!walk.advance(page)) return;
    }
  }

  /** A page of replies; undefined where Instagram refuses it, so that the other comments are read. */
  private async repliesPage(
    commentId: string,
    cursor: string | undefined,
  ): Promise<Page<Comment> | undefined> {
    const { instagram, onRefusedReplies } = this.options;
    try {
      return await instagram.listReplies(commentId, cursor);
    } catch (error) {
      if (!(error instanceof InstagramError) || !blocksTarget(error)) throw error;
      this.isComplete = false;
      onRefusedReplies(commentId, error);
      return undefined;
    }
  }

  /** Puts a comment into the batch if it is new, or appeared only now. */
  private take(found: FoundComment): void {
    const { batch, progress } = this.options;
    const { comment, media } = found;
    const { createdAt } = comment;
    const isSince = createdAt !== undefined && createdAt >= this.thresholds.since;
    // Of one without a time it is not known, so it counts as late.
    const isLate = !isSince && (createdAt ?? Infinity) >= this.thresholds.late;
    if (!(isSince || isLate) || !batch.isNew(media, comment)) return;
    if (isLate) {
      if (!batch.addLate(found)) this.hasLate = true;
      return;
    }
    if (!batch.add(found)) throw new Pause();
    progress.change({ lastId: comment.id });
  }
}

/** Id of the comment right under the post, where a list of comments has replies in it as well. */
function topIdOf(comment: Comment, page: readonly Comment[]): string {
  let { id, parentId } = comment;
  for (let level = 1; parentId !== undefined && level < LEVELS_MAX; level += 1) {
    id = parentId;
    parentId = page.find((each) => each.id === id)?.parentId;
  }
  return id;
}
