import { element, icon } from './dom.js';
import type { Heart } from './heart.js';
import { HeartView, NOT_KNOWN_NOTE } from './heart-view.js';
import type { TextName, Texts } from './texts.js';
import type { Comment, Photo, Thread } from './thread.js';

/** Texts longer than this, in characters or lines, are shown in part until the agent asks for all. */
const LONG_TEXT_CHARS = 280;
const LONG_TEXT_LINES = 6;

const KINDS: Readonly<Record<string, TextName | undefined>> = {
  VIDEO: 'video',
  CAROUSEL_ALBUM: 'carousel',
};

export interface ThreadViewOptions {
  readonly texts: Texts;
  /** The heart of something likeable; the same one whenever the thread is shown anew. */
  readonly heartOf: (likeable: Photo | Comment) => Heart;
  readonly onRefresh: () => void;
  readonly onOlder: () => void;
}

/** The photo, who acts, and the comments, each with its heart. */
export class ThreadView {
  readonly root: HTMLElement;
  private readonly hearts = new Map<Heart, HeartView>();
  private readonly note: HTMLElement;

  constructor(
    private readonly thread: Thread,
    private readonly options: ThreadViewOptions,
  ) {
    const { texts } = options;
    const { username, comments } = thread;
    this.note = element(
      'p',
      { class: 'note legend', id: NOT_KNOWN_NOTE },
      icon('heartStroke'),
      texts.say('is_not_known'),
    );
    this.root = element(
      'div',
      {},
      element(
        'header',
        { class: 'bar' },
        element('p', { class: 'acting-as' }, texts.say('acting_as', { username })),
        this.refreshButton(),
      ),
      this.obstacle(),
      this.photo(),
      this.note,
      element('h2', { class: 'heading' }, texts.say('comments')),
      this.commentsError(),
      comments.length === 0
        ? this.noComments()
        : element('ul', { class: 'comments' }, ...comments.map((each) => this.comment(each))),
      this.older(),
    );
    this.showNote();
  }

  /** Shows a heart that has changed. */
  show(heart: Heart): void {
    this.hearts.get(heart)?.show();
    this.showNote();
  }

  /** In words, what a heart shows. */
  stateOf(heart: Heart): string | undefined {
    return this.hearts.get(heart)?.state();
  }

  private showNote(): void {
    const isNeeded = [...this.hearts.keys()].some(
      (heart) => heart.liked === null && heart.known.source === 'none',
    );
    this.note.hidden = !isNeeded || this.thread.obstacle !== undefined;
  }

  private refreshButton(): HTMLElement {
    const name = this.options.texts.say('refresh');
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

  private obstacle(): HTMLElement | undefined {
    const { obstacle } = this.thread;
    if (obstacle === undefined) return undefined;
    const { message, fix, code } = obstacle;
    const { texts } = this.options;
    const speech = { class: 'c-callout__paragraph', lang: 'en', dir: 'ltr' };
    return element(
      'div',
      { class: 'c-callout c-callout--warning', role: 'note' },
      element('strong', { class: 'c-callout__title' }, texts.say('not_possible')),
      element('p', speech, message),
      fix === undefined ? undefined : element('p', speech, fix),
      code === undefined
        ? undefined
        : element('p', { class: 'c-callout__paragraph code' }, texts.say('error_code', { code })),
    );
  }

  private commentsError(): HTMLElement | undefined {
    const { commentsError } = this.thread;
    if (commentsError === undefined) return undefined;
    return element('p', { class: 'note', role: 'note', lang: 'en', dir: 'ltr' }, commentsError);
  }

  private noComments(): HTMLElement | undefined {
    if (this.thread.commentsError !== undefined) return undefined;
    return element('p', { class: 'note' }, this.options.texts.say('no_comments'));
  }

  private heart(likeable: Photo | Comment, action: string): HeartView {
    const { username, obstacle } = this.thread;
    const heart = this.options.heartOf(likeable);
    const view = new HeartView(heart, this.options.texts, {
      action,
      username,
      isPossible: obstacle === undefined,
    });
    this.hearts.set(heart, view);
    return view;
  }

  private photo(): HTMLElement {
    const { photo, username } = this.thread;
    const { texts } = this.options;
    const heart = this.heart(photo, texts.say('like_photo', { username }));
    const kind = texts.say(KINDS[photo.mediaType] ?? 'photo');
    return element(
      'section',
      { class: 'photo', 'aria-label': kind },
      this.thumbnail(photo, kind),
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
              texts.say('open'),
              icon('newWindow'),
            ),
      ),
      heart.notes,
      this.writing(photo.caption, texts.say('no_caption'), 'caption'),
    );
  }

  private thumbnail({ thumbnail }: Photo, kind: string): HTMLElement {
    const frame = element('div', { class: 'frame' });
    const without = (): void => {
      frame.replaceChildren(element('p', { class: 'no-picture' }, kind));
    };
    if (thumbnail === undefined) {
      without();
      return frame;
    }
    const picture = element('img', { alt: kind, referrerpolicy: 'no-referrer', src: thumbnail });
    picture.addEventListener('error', without);
    frame.append(picture);
    return frame;
  }

  private comment(comment: Comment): HTMLElement {
    const { texts } = this.options;
    const { username } = this.thread;
    const author = comment.author ?? texts.say('someone');
    const heart = this.heart(comment, texts.say('like_comment', { author, username }));
    const time = texts.time(comment.createdAt);
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
        this.writing(comment.text, texts.say('no_text'), 'comment-text'),
        comment.isHidden ? element('p', { class: 'note' }, texts.say('hidden')) : undefined,
      ),
      element('div', { class: 'actions' }, heart.button, heart.count),
      heart.notes,
    );
  }

  /** What somebody wrote: text, in its own direction, and in part where it is long. */
  private writing(words: string, without: string, name: string): HTMLElement {
    if (words.trim() === '') return element('p', { class: `${name} note` }, without);
    const paragraph = element('p', { class: name, dir: 'auto' }, words);
    const isLong = words.length > LONG_TEXT_CHARS || words.split('\n').length > LONG_TEXT_LINES;
    if (!isLong) return paragraph;
    const { texts } = this.options;
    const button = element(
      'button',
      { type: 'button', class: 'c-btn c-btn--sm', 'aria-expanded': 'false' },
      texts.say('more'),
    );
    paragraph.classList.add('is-cut');
    button.addEventListener('click', () => {
      const isCut = paragraph.classList.toggle('is-cut');
      button.setAttribute('aria-expanded', String(!isCut));
      button.textContent = texts.say(isCut ? 'more' : 'less');
    });
    return element('div', {}, paragraph, button);
  }

  private older(): HTMLElement | undefined {
    if (this.thread.after === undefined) return undefined;
    const button = element(
      'button',
      { type: 'button', class: 'c-btn c-btn--sm c-btn--full', 'data-key': 'older' },
      this.options.texts.say('older'),
    );
    button.addEventListener('click', this.options.onOlder);
    return button;
  }
}
