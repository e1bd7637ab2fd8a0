import { element } from './dom.js';
import { renderFailure } from './failure-view.js';
import { MenuButton, type MenuEntry } from './menu-button.js';
import type { CommentAction, Moderation } from './moderation.js';
import { isTooOld } from './private-reply.js';
import { ReplyForm } from './reply-form.js';
import { toServiceSentences } from './service-sentences.js';
import { SlowWatch } from './slow-watch.js';
import type { TextName, Texts } from './texts.js';
import type { AbilityName, Comment, Thread } from './thread.js';

/** What a view needs to know about its comment. A reload of the thread renews it. */
export interface ModerationContext {
  readonly comment: Comment;
  /** The author and the start of the text. */
  readonly name: string;
  readonly thread: Thread;
}

/** The label of an action, and its name with the comment. */
const LABELS = {
  hide: ['hide', 'hide_comment'],
  show: ['show', 'show_comment'],
  delete: ['delete', 'delete_comment'],
  reply: ['reply', 'reply_comment'],
} as const satisfies Record<CommentAction, readonly [TextName, TextName]>;

const ABILITIES: Readonly<Record<CommentAction, AbilityName>> = {
  hide: 'hide',
  show: 'hide',
  delete: 'delete',
  reply: 'private_reply',
};

/**
 * The menu of a comment, with the forms that it opens and notes about the results. It outlives a
 * reload of the thread, so no text and no focus is lost.
 */
export class ModerationView {
  readonly menu: MenuButton;
  /** What appears under the comment. */
  readonly root: HTMLElement;
  private readonly panel = element('div');
  private readonly notes = element('div', { class: 'notes' });
  private readonly form: ReplyForm;
  private opened: 'delete' | 'reply' | undefined;
  private readonly slow = new SlowWatch(() => {
    this.show();
  });

  constructor(
    readonly moderation: Moderation,
    private readonly texts: Texts,
    private context: ModerationContext,
  ) {
    const id = `menu-${moderation.commentId}`;
    this.menu = new MenuButton(id, () => this.buildEntries());
    this.form = new ReplyForm(`reply-${moderation.commentId}`, texts, {
      send: (message) => void moderation.perform('reply', message),
      cancel: () => {
        this.closePanel();
      },
    });
    this.root = element('div', { class: 'moderation' }, this.menu.menu, this.panel, this.notes);
    this.panel.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      this.closePanel();
    });
    this.update(context);
  }

  /** Whether it holds something that a reload of the thread would lose. */
  get mustStay(): boolean {
    return this.moderation.mustStay || this.opened !== undefined || this.form.hasText;
  }

  update(context: ModerationContext): void {
    this.context = context;
    const { texts } = this;
    const { name, thread } = context;
    this.menu.setName(texts.get('menu', { name }));
    this.form.setLabels(
      texts.get('reply_comment', { name }),
      texts.get('reply_hint', { username: thread.username }),
    );
    this.show();
  }

  /** Shows the current state. */
  show(): void {
    const { moderation, texts, menu } = this;
    const { sending, failure } = moderation;
    this.slow.update(sending !== undefined);
    menu.button.setAttribute('aria-disabled', String(sending !== undefined));
    menu.button.setAttribute('data-state', sending === undefined ? 'known' : 'sending');
    menu.button.title = sending === undefined ? '' : texts.get('sending');
    this.form.setOpen(sending === undefined && this.explainReply() === undefined);
    if (moderation.reply === 'sent' && this.opened === 'reply') this.closePanel();
    if (this.opened === 'delete' && !moderation.isShown) this.closePanel();
    this.notes.replaceChildren(
      ...[...this.describeAll(), ...(this.slow.isSlow ? [texts.get('slow')] : [])].map((text) =>
        element('p', { class: 'note' }, text),
      ),
      ...(failure === undefined ? [] : [renderFailure(failure, texts)]),
    );
  }

  /** Returns the state as a text. */
  describe(): string {
    if (this.moderation.sending !== undefined) return this.texts.get('sending');
    const notes = this.describeAll();
    return notes.length === 0 ? this.texts.get('shown') : notes.join(' ');
  }

  private describeAll(): string[] {
    const { moderation, texts } = this;
    const { existence, hidden, reply } = moderation;
    if (existence === 'deleted') return [texts.get('deleted')];
    if (existence === 'gone') return [texts.get('gone')];
    return [
      hidden === true ? texts.get('hidden') : undefined,
      hidden === null ? texts.get('hide_unknown') : undefined,
      existence === 'unknown' ? texts.get('delete_unknown') : undefined,
      reply === 'unknown' ? texts.get('reply_unknown') : undefined,
      reply === 'sent' || reply === 'closed' ? this.explainReply() : undefined,
    ].filter((text) => text !== undefined);
  }

  private buildEntries(): MenuEntry[] {
    const { hidden } = this.moderation;
    // Instagram does not hide an account's own comments.
    const forOthers: CommentAction[] = [
      'reply',
      ...(hidden === true ? [] : ['hide' as const]),
      ...(hidden === false ? [] : ['show' as const]),
    ];
    const actions = [...(this.context.comment.isOwn ? [] : forOthers), 'delete' as const];
    return actions.map((action) => {
      const [label, name] = LABELS[action];
      return {
        label: this.texts.get(label),
        name: this.texts.get(name, { name: this.context.name }),
        reason: this.explain(action),
        onSelect: () => {
          this.select(action);
        },
      };
    });
  }

  /** Why an action is not possible; undefined if it is. */
  private explain(action: CommentAction): string | undefined {
    const reason = action === 'reply' ? this.explainReply() : undefined;
    if (reason !== undefined) return reason;
    const obstacle = this.context.thread.obstacles[ABILITIES[action]];
    if (obstacle === undefined) return undefined;
    const { message, fix } = toServiceSentences(this.texts, obstacle);
    return fix ?? message;
  }

  /** Why Instagram accepts no private reply; undefined if it does. */
  private explainReply(): string | undefined {
    const { moderation, texts } = this;
    if (moderation.reply === 'sent') return texts.get('reply_sent');
    if (moderation.reply === 'closed') {
      return texts.get(moderation.hadLostReply ? 'reply_closed_after_lost' : 'reply_closed');
    }
    const isLate = isTooOld(this.context.comment.createdAt, Date.now());
    return isLate ? texts.get('reply_late') : undefined;
  }

  private select(action: CommentAction): void {
    if (action === 'reply') {
      this.openPanel('reply', this.form.root);
      this.form.focus();
    } else if (action === 'delete') {
      this.askBeforeDelete();
    } else {
      void this.moderation.perform(action);
    }
  }

  /** Asks once, with the focus on the harmless answer. */
  private askBeforeDelete(): void {
    const { texts, moderation } = this;
    const { name } = this.context;
    const id = `delete-${moderation.commentId}`;
    const button = { type: 'button', class: 'c-btn c-btn--sm' };
    const remove = element(
      'button',
      {
        ...button,
        class: `${button.class} c-btn--primary c-btn--danger`,
        'aria-label': texts.get('delete_comment', { name }),
      },
      texts.get('delete'),
    );
    const cancel = element('button', button, texts.get('cancel'));
    remove.addEventListener('click', () => {
      this.closePanel();
      void moderation.perform('delete');
    });
    cancel.addEventListener('click', () => {
      this.closePanel();
    });
    const question = element(
      'div',
      { class: 'panel', role: 'group', 'aria-labelledby': `${id}-question ${id}-name` },
      element('p', { class: 'label', id: `${id}-question` }, texts.get('delete_question')),
      element('p', { class: 'quote', id: `${id}-name`, dir: 'auto' }, name),
      element('p', { class: 'note' }, texts.get('delete_hint')),
      element('div', { class: 'buttons' }, cancel, remove),
    );
    this.openPanel('delete', question);
    cancel.focus();
  }

  private openPanel(opened: 'delete' | 'reply', content: HTMLElement): void {
    this.opened = opened;
    this.panel.replaceChildren(content);
    this.panel.scrollIntoView({ block: 'nearest' });
  }

  private closePanel(): void {
    const hadFocus = this.panel.contains(document.activeElement);
    this.opened = undefined;
    this.panel.replaceChildren();
    if (hadFocus) this.menu.button.focus();
  }
}
