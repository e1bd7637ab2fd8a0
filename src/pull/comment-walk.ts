import type { Comment, CommentWithReplies, Media, Page } from '../instagram/graph-objects.js';
import { InstagramError, blocksTarget } from '../instagram/instagram-error.js';
import type { InstagramSession } from '../instagram/instagram-session.js';
import { PageWalk } from '../instagram/page-walk.js';
import type { FoundComment } from './batch.js';
import type { Position } from './pull-state.js';

/** Levels of comments above one in a page. Instagram has two. */
const LEVELS_MAX = 5;

interface CommentFoundStep {
  readonly kind: 'comment';
  readonly found: FoundComment;
  /** Where a later walk continues if this comment is handed out. */
  readonly position: Position;
}

/** A step of a walk over comments. */
export type CommentStep =
  /** A call to Instagram follows. */
  | { readonly kind: 'call' }
  /** A page was read, and a later walk continues at `position`. */
  | { readonly kind: 'moved'; readonly position: Position; readonly isFurther: boolean }
  | CommentFoundStep
  /** Instagram refuses the further replies to a comment. The walk continues behind them. */
  | {
      readonly kind: 'replies_refused';
      readonly commentId: string;
      readonly error: InstagramError;
    };

export interface CommentWalkOptions {
  readonly instagram: Pick<InstagramSession, 'listComments' | 'listReplies'>;
  /** Whether to skip the further replies to a comment, those that need a call of their own. */
  readonly skipsReplies: (commentId: string) => boolean;
}

/**
 * Walks over the comments of one post, newest first, each followed by its replies. It knows the
 * order and the cursors only.
 */
export class CommentWalk {
  /** The pages that are being read, without the last comment. */
  private pages: Position;

  constructor(
    private readonly media: Media,
    private readonly from: Position,
    private readonly options: CommentWalkOptions,
  ) {
    this.pages = { ...from, lastId: undefined };
  }

  async *steps(): AsyncGenerator<CommentStep> {
    const { id: mediaId } = this.media;
    const { mediaAfter, commentsAfter } = this.from;
    const walk = new PageWalk(commentsAfter);
    let { lastId } = this.from;
    for (;;) {
      yield { kind: 'call' };
      const page = await this.options.instagram.listComments(mediaId, walk.cursor);
      // An interrupted search for the last comment is not repeated: it might never end.
      yield { kind: 'moved', position: this.pages, isFurther: false };
      yield* lastId === undefined ? this.stepsOnPage(page) : this.stepsBehind(lastId, page);
      lastId = undefined;
      if (!walk.advance(page)) return;
      this.pages = { mediaAfter, mediaId, commentsAfter: walk.bookmark };
      yield { kind: 'moved', position: this.pages, isFurther: true };
    }
  }

  /**
   * The steps behind the comment that was handed out last. If it was deleted meanwhile, all
   * comments: Zendesk skips those that it has.
   */
  private async *stepsBehind(
    lastId: string,
    page: Page<CommentWithReplies>,
  ): AsyncGenerator<CommentStep> {
    const held: CommentFoundStep[] = [];
    let isFound = false;
    for await (const step of this.stepsOnPage(page)) {
      if (isFound || step.kind === 'call' || step.kind === 'replies_refused') {
        yield step;
      } else if (step.kind === 'comment') {
        held.push(step);
        isFound = step.found.comment.id === lastId;
        if (isFound) yield { kind: 'moved', position: step.position, isFurther: false };
      }
    }
    if (!isFound) yield* held;
  }

  /** Each comment of a page followed by its replies, from the position on. */
  private async *stepsOnPage(page: Page<CommentWithReplies>): AsyncGenerator<CommentStep> {
    const { media } = this;
    const { repliesOf, repliesAfter } = this.pages;
    const resumeAt =
      repliesAfter === undefined ? -1 : page.items.findIndex(({ id }) => id === repliesOf);
    for (const [index, top] of page.items.entries()) {
      if (index < resumeAt) continue;
      const topId = findTopId(top, page.items);
      if (index === resumeAt) {
        yield* this.stepsOnReplyPages(top, topId, new PageWalk(repliesAfter));
        continue;
      }
      yield this.toStep({ media, comment: top, parent: undefined, topId });
      yield* this.stepsOnReplies(top, topId, top.replies.items);
      const walk = new PageWalk();
      if (walk.advance(top.replies)) yield* this.stepsOnReplyPages(top, topId, walk);
    }
  }

  private async *stepsOnReplyPages(
    top: Comment,
    topId: string,
    walk: PageWalk,
  ): AsyncGenerator<CommentStep> {
    const { instagram, skipsReplies } = this.options;
    if (skipsReplies(top.id)) return;
    for (;;) {
      yield { kind: 'call' };
      let page: Page<Comment>;
      try {
        page = await instagram.listReplies(top.id, walk.cursor);
      } catch (error) {
        if (!(error instanceof InstagramError) || !blocksTarget(error)) throw error;
        yield { kind: 'replies_refused', commentId: top.id, error };
        return;
      }
      this.pages = { ...this.pages, repliesOf: top.id, repliesAfter: walk.bookmark };
      yield { kind: 'moved', position: this.pages, isFurther: true };
      yield* this.stepsOnReplies(top, topId, page.items);
      if (!walk.advance(page)) return;
    }
  }

  private *stepsOnReplies(
    top: Comment,
    topId: string,
    replies: readonly Comment[],
  ): Generator<CommentFoundStep> {
    const { media } = this;
    for (const comment of replies) yield this.toStep({ media, comment, parent: top, topId });
  }

  private toStep(found: FoundComment): CommentFoundStep {
    return { kind: 'comment', found, position: { ...this.pages, lastId: found.comment.id } };
  }
}

/** Id of the comment right under the post, where a list of comments also contains replies. */
function findTopId(comment: Comment, page: readonly Comment[]): string {
  let { id, parentId } = comment;
  for (let level = 1; parentId !== undefined && level < LEVELS_MAX; level += 1) {
    id = parentId;
    parentId = page.find((each) => each.id === id)?.parentId;
  }
  return id;
}
