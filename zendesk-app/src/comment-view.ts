import { element } from './dom.js';
import type { HeartView } from './heart-view.js';
import type { ModerationView } from './moderation-view.js';
import type { Texts } from './texts.js';
import { type Comment, toProfile } from './thread.js';
import { renderUserText } from './user-text.js';

/** Shows a comment with its heart and its menu. */
export class CommentView {
  readonly root: HTMLElement;
  private readonly text: HTMLElement;
  private readonly actions: HTMLElement;

  constructor(
    readonly comment: Comment,
    private readonly heart: HeartView,
    readonly moderation: ModerationView,
    private readonly texts: Texts,
  ) {
    this.text = renderUserText(comment.text, texts, {
      placeholder: texts.get('no_text'),
      name: 'comment-text',
    });
    this.actions = element(
      'div',
      { class: 'actions' },
      heart.button,
      moderation.menu.button,
      heart.count,
    );
    this.root = element(
      'li',
      {
        class: comment.parentId === undefined ? 'comment' : 'comment is-reply',
        'data-comment': comment.target.id,
      },
      element(
        'div',
        { class: 'comment-body' },
        element(
          'p',
          { class: 'author' },
          this.renderAuthor(),
          element(
            'time',
            { class: 'time', datetime: comment.createdAt },
            texts.formatTime(comment.createdAt),
          ),
        ),
        this.text,
      ),
      this.actions,
      heart.notes,
      moderation.root,
    );
    this.show();
  }

  /** Shows whether the comment still exists. */
  show(): void {
    const { root, moderation } = this;
    const { isShown } = moderation.moderation;
    const hadFocus = root.contains(document.activeElement);
    this.text.hidden = !isShown;
    this.actions.hidden = !isShown;
    this.heart.notes.hidden = !isShown;
    if (isShown) return;
    // The focused button is gone, so the note about it takes the focus.
    root.tabIndex = -1;
    if (hadFocus) root.focus();
  }

  private renderAuthor(): HTMLElement {
    const { author } = this.comment;
    const name = element('bdi', {}, author ?? this.texts.get('unknown_author'));
    const profile = toProfile(author);
    if (profile === undefined) return name;
    const link = { href: profile, target: '_blank', rel: 'noopener noreferrer' };
    return element('a', link, name);
  }
}
