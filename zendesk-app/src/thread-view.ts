import { nameComments } from './comment-names.js';
import { CommentView } from './comment-view.js';
import { element, icon } from './dom.js';
import type { Heart } from './heart.js';
import { HeartView, SHARED_NOTES } from './heart-view.js';
import type { Moderation } from './moderation.js';
import type { ModerationContext, ModerationView } from './moderation-view.js';
import { renderObstacle } from './obstacle-view.js';
import type { TextName, Texts } from './texts.js';
import type { Comment, Photo, Thread } from './thread.js';
import { renderUserText } from './user-text.js';

const KINDS: Readonly<Record<string, TextName | undefined>> = {
  VIDEO: 'video',
  CAROUSEL_ALBUM: 'carousel',
};

export interface ThreadViewOptions {
  readonly texts: Texts;
  /** Returns the heart of a post or comment. Every view of it gets the same heart. */
  readonly getHeart: (likeable: Photo | Comment) => Heart;
  /** Returns the menu of a comment, which outlives this view. */
  readonly getModeration: (context: ModerationContext) => ModerationView;
  readonly onRefresh: () => void;
  readonly onOlder: () => void;
}

/** Shows the account, the photo and the comments, with a heart for each. */
export class ThreadView {
  readonly root: HTMLElement;
  private readonly hearts = new Map<Heart, HeartView>();
  private readonly comments: CommentView[] = [];
  /** The notes of `SHARED_NOTES`, in their order. */
  private readonly notes: readonly HTMLElement[];

  constructor(
    private readonly thread: Thread,
    private readonly options: ThreadViewOptions,
  ) {
    const { texts } = options;
    const { username, comments, obstacles } = thread;
    this.notes = SHARED_NOTES.map(({ id, text }) =>
      element('p', { class: 'note legend', id }, icon('heartStroke'), texts.get(text)),
    );
    const names = this.nameComments();
    this.root = element(
      'div',
      {},
      element(
        'header',
        { class: 'bar' },
        element('p', { class: 'acting-as' }, texts.get('acting_as', { username })),
        this.renderRefreshButton(),
      ),
      obstacles.like === undefined ? undefined : renderObstacle(obstacles.like, texts),
      this.renderPhoto(),
      ...this.notes,
      element('h2', { class: 'heading' }, texts.get('comments')),
      this.renderCommentsError(),
      comments.length === 0
        ? this.renderNoComments()
        : element(
            'ul',
            { class: 'comments' },
            ...[...names].map((each) => this.renderComment(...each)),
          ),
      this.renderOlderButton(),
    );
    this.updateNotes();
    this.hideRepliesOfDeleted();
  }

  /** Shows the new state of a heart. */
  show(heart: Heart): void {
    this.hearts.get(heart)?.show();
    this.updateNotes();
  }

  /** Returns the state of a heart as a text. */
  describe(heart: Heart): string | undefined {
    return this.hearts.get(heart)?.describe();
  }

  /** Shows the new state of a comment. */
  showComment(moderation: Moderation): void {
    const view = this.comments.find((each) => each.moderation.moderation === moderation);
    view?.moderation.show();
    view?.show();
    this.hideRepliesOfDeleted();
  }

  /** Instagram deletes the replies to a comment with it. */
  private hideRepliesOfDeleted(): void {
    const deleted = this.comments
      .filter(({ moderation }) => !moderation.moderation.isShown)
      .map(({ comment }) => comment.target.id);
    for (const { comment, root } of this.comments) {
      root.hidden = comment.parentId !== undefined && deleted.includes(comment.parentId);
    }
  }

  private nameComments(): ReadonlyMap<Comment, string> {
    const { texts } = this.options;
    return nameComments(this.thread.comments, {
      author: texts.get('unknown_author'),
      noText: texts.get('no_text'),
      formatTime: (iso) => texts.formatTime(iso),
    });
  }

  private updateNotes(): void {
    const unknown = [...this.hearts.keys()].filter(({ liked }) => liked === null);
    for (const [index, { source }] of SHARED_NOTES.entries()) {
      const isNeeded = unknown.some(({ state }) => state.source === source);
      const note = this.notes[index];
      if (note !== undefined) note.hidden = !isNeeded || this.thread.obstacles.like !== undefined;
    }
  }

  private renderRefreshButton(): HTMLElement {
    const name = this.options.texts.get('refresh');
    const button = element(
      'button',
      {
        type: 'button',
        class: 'c-btn c-btn--basic c-btn--icon c-btn--sm',
        'aria-label': name,
        title: name,
        'data-key': 'refresh',
      },
      icon('reload'),
    );
    button.addEventListener('click', this.options.onRefresh);
    return button;
  }

  private renderCommentsError(): HTMLElement | undefined {
    if (!this.thread.isWithoutComments) return undefined;
    const text = this.options.texts.get('comments_refused');
    return element('p', { class: 'note', role: 'note' }, text);
  }

  private renderNoComments(): HTMLElement | undefined {
    if (this.thread.isWithoutComments) return undefined;
    return element('p', { class: 'note' }, this.options.texts.get('no_comments'));
  }

  private createHeartView(likeable: Photo | Comment, action: string): HeartView {
    const { username, obstacles } = this.thread;
    const heart = this.options.getHeart(likeable);
    const view = new HeartView(heart, this.options.texts, {
      action,
      username,
      isPossible: obstacles.like === undefined,
    });
    this.hearts.set(heart, view);
    return view;
  }

  private renderPhoto(): HTMLElement {
    const { photo, username } = this.thread;
    const { texts } = this.options;
    const heart = this.createHeartView(photo, texts.get('like_photo', { username }));
    const kind = texts.get(KINDS[photo.mediaType] ?? 'photo');
    return element(
      'section',
      { class: 'photo', 'aria-label': kind },
      this.renderThumbnail(photo, kind),
      element(
        'div',
        { class: 'actions' },
        heart.button,
        heart.count,
        photo.permalink === undefined
          ? undefined
          : element(
              'a',
              {
                class: 'link',
                href: photo.permalink,
                target: '_blank',
                rel: 'noopener noreferrer',
              },
              texts.get('open'),
              icon('newWindow'),
            ),
      ),
      heart.notes,
      renderUserText(photo.caption, texts, {
        placeholder: texts.get('no_caption'),
        name: 'caption',
      }),
    );
  }

  private renderThumbnail({ thumbnail }: Photo, kind: string): HTMLElement {
    const frame = element('div', { class: 'frame' });
    const showPlaceholder = (): void => {
      frame.replaceChildren(element('p', { class: 'no-picture' }, kind));
    };
    if (thumbnail === undefined) {
      showPlaceholder();
      return frame;
    }
    const picture = element('img', { alt: kind, referrerpolicy: 'no-referrer', src: thumbnail });
    picture.addEventListener('error', showPlaceholder);
    frame.append(picture);
    return frame;
  }

  private renderComment(comment: Comment, name: string): HTMLElement {
    const { texts, getModeration } = this.options;
    const heart = this.createHeartView(comment, texts.get('like_comment', { name }));
    const moderation = getModeration({ comment, name, thread: this.thread });
    const view = new CommentView(comment, heart, moderation, texts);
    this.comments.push(view);
    return view.root;
  }

  private renderOlderButton(): HTMLElement | undefined {
    if (this.thread.after === undefined) return undefined;
    const button = element(
      'button',
      { type: 'button', class: 'c-btn c-btn--sm c-btn--full', 'data-key': 'older' },
      this.options.texts.get('older'),
    );
    button.addEventListener('click', this.options.onOlder);
    return button;
  }
}
