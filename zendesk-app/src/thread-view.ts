import { element, icon } from './dom.js';
import type { Heart } from './heart.js';
import { HeartView, SHARED_NOTES } from './heart-view.js';
import type { TextName, Texts } from './texts.js';
import type { Comment, Photo, Thread } from './thread.js';

/** Longer texts are cut off until the agent expands them. */
const SHORT_TEXT_MAX_CHARS = 280;
const SHORT_TEXT_MAX_LINES = 6;

const KINDS: Readonly<Record<string, TextName | undefined>> = {
  VIDEO: 'video',
  CAROUSEL_ALBUM: 'carousel',
};

export interface ThreadViewOptions {
  readonly texts: Texts;
  /** Returns the heart of a post or comment. Every view of it gets the same heart. */
  readonly getHeart: (likeable: Photo | Comment) => Heart;
  readonly onRefresh: () => void;
  readonly onOlder: () => void;
}

/** Shows the account, the photo and the comments, with a heart for each. */
export class ThreadView {
  readonly root: HTMLElement;
  private readonly hearts = new Map<Heart, HeartView>();
  /** The notes of `SHARED_NOTES`, in their order. */
  private readonly notes: readonly HTMLElement[];

  constructor(
    private readonly thread: Thread,
    private readonly options: ThreadViewOptions,
  ) {
    const { texts } = options;
    const { username, comments } = thread;
    this.notes = SHARED_NOTES.map(({ id, text }) =>
      element('p', { class: 'note legend', id }, icon('heartStroke'), texts.get(text)),
    );
    this.root = element(
      'div',
      {},
      element(
        'header',
        { class: 'bar' },
        element('p', { class: 'acting-as' }, texts.get('acting_as', { username })),
        this.renderRefreshButton(),
      ),
      this.renderObstacle(),
      this.renderPhoto(),
      ...this.notes,
      element('h2', { class: 'heading' }, texts.get('comments')),
      this.renderCommentsError(),
      comments.length === 0
        ? this.renderNoComments()
        : element('ul', { class: 'comments' }, ...comments.map((each) => this.renderComment(each))),
      this.renderOlderButton(),
    );
    this.updateNotes();
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

  private updateNotes(): void {
    const unknown = [...this.hearts.keys()].filter(({ liked }) => liked === null);
    for (const [index, { source }] of SHARED_NOTES.entries()) {
      const isNeeded = unknown.some(({ state }) => state.source === source);
      const note = this.notes[index];
      if (note !== undefined) note.hidden = !isNeeded || this.thread.obstacle !== undefined;
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

  private renderObstacle(): HTMLElement | undefined {
    const { obstacle } = this.thread;
    if (obstacle === undefined) return undefined;
    const { message, fix, code } = obstacle;
    const { texts } = this.options;
    const english = { class: 'c-callout__paragraph', lang: 'en', dir: 'ltr' };
    return element(
      'div',
      { class: 'c-callout c-callout--warning', role: 'note' },
      element('strong', { class: 'c-callout__title' }, texts.get('not_possible')),
      element('p', english, message),
      fix === undefined ? undefined : element('p', english, fix),
      code === undefined
        ? undefined
        : element('p', { class: 'c-callout__paragraph code' }, texts.get('error_code', { code })),
    );
  }

  private renderCommentsError(): HTMLElement | undefined {
    const { commentsError } = this.thread;
    if (commentsError === undefined) return undefined;
    return element('p', { class: 'note', role: 'note', lang: 'en', dir: 'ltr' }, commentsError);
  }

  private renderNoComments(): HTMLElement | undefined {
    if (this.thread.commentsError !== undefined) return undefined;
    return element('p', { class: 'note' }, this.options.texts.get('no_comments'));
  }

  private createHeartView(likeable: Photo | Comment, action: string): HeartView {
    const { username, obstacle } = this.thread;
    const heart = this.options.getHeart(likeable);
    const view = new HeartView(heart, this.options.texts, {
      action,
      username,
      isPossible: obstacle === undefined,
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
      this.renderUserText(photo.caption, texts.get('no_caption'), 'caption'),
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

  private renderComment(comment: Comment): HTMLElement {
    const { texts } = this.options;
    const { username } = this.thread;
    const author = comment.author ?? texts.get('unknown_author');
    const heart = this.createHeartView(comment, texts.get('like_comment', { author, username }));
    const time = texts.formatTime(comment.createdAt);
    return element(
      'li',
      { class: comment.isReply ? 'comment is-reply' : 'comment' },
      element(
        'div',
        { class: 'comment-body' },
        element(
          'p',
          { class: 'author' },
          element('bdi', {}, author),
          element('time', { class: 'time', datetime: comment.createdAt }, time),
        ),
        this.renderUserText(comment.text, texts.get('no_text'), 'comment-text'),
        comment.isHidden ? element('p', { class: 'note' }, texts.get('hidden')) : undefined,
      ),
      element('div', { class: 'actions' }, heart.button, heart.count),
      heart.notes,
    );
  }

  /** Shows a text that a person wrote, in its own direction. A long one can be expanded. */
  private renderUserText(text: string, placeholder: string, name: string): HTMLElement {
    if (text.trim() === '') return element('p', { class: `${name} note` }, placeholder);
    const paragraph = element('p', { class: name, dir: 'auto' }, text);
    const isLong =
      text.length > SHORT_TEXT_MAX_CHARS || text.split('\n').length > SHORT_TEXT_MAX_LINES;
    if (!isLong) return paragraph;
    const { texts } = this.options;
    const button = element(
      'button',
      { type: 'button', class: 'c-btn c-btn--sm', 'aria-expanded': 'false' },
      texts.get('more'),
    );
    paragraph.classList.add('is-cut');
    button.addEventListener('click', () => {
      const isCut = paragraph.classList.toggle('is-cut');
      button.setAttribute('aria-expanded', String(!isCut));
      button.textContent = texts.get(isCut ? 'more' : 'less');
    });
    return element('div', {}, paragraph, button);
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
