import { buildCommentCalls } from './comment-calls.js';
import { element } from './dom.js';
import { buildAppFailure, Failure, toNotificationHtml } from './failure.js';
import { renderFailure } from './failure-view.js';
import { isIn, toSelector } from './focus.js';
import { Heart, type Likes } from './heart.js';
import { SLOW_MS } from './slow-watch.js';
import { type CommentCalls, Moderation } from './moderation.js';
import { type ModerationContext, ModerationView } from './moderation-view.js';
import { type ServiceClient, STATE_MAX_MS } from './service-client.js';
import type { Texts } from './texts.js';
import {
  type Comment,
  type Photo,
  type Thread,
  toFields,
  toLikeState,
  toThread,
} from './thread.js';
import { ThreadView } from './thread-view.js';
import type { Ticket } from './ticket.js';
import { invokeQuietly, type ZafClient } from './zaf.js';

/** Loads and shows the post and comments of one ticket. */
export class Sidebar {
  private readonly hearts = new Map<string, Heart>();
  /** The keys of hearts with a lost click. A new heart for the same target inherits the mark. */
  private readonly lostClicks = new Set<string>();
  /**
   * Hearts that stay after a reload because a call of theirs may still arrive. The new thread
   * updates them.
   */
  private readonly kept = new Set<Heart>();
  /** The menus of comments, by the ids of the comments. */
  private readonly moderations = new Map<string, ModerationView>();
  private readonly commentCalls: CommentCalls;
  /** When the shown thread was requested, by `performance.now()`. */
  private requestedAt = 0;
  private thread: Thread | undefined;
  private view: ThreadView | undefined;
  private isLoading = false;
  /** Speaks changes to screen readers. */
  private readonly announcer = element('p', { class: 'visually-hidden', role: 'status' });
  private readonly content = element('div');

  constructor(
    root: HTMLElement,
    private readonly client: ZafClient,
    private readonly service: ServiceClient,
    private readonly subject: NonNullable<Ticket['subject']>,
    private readonly texts: Texts,
  ) {
    this.commentCalls = buildCommentCalls(service);
    const heading = element('h1', { class: 'visually-hidden' }, texts.get('heading'));
    root.replaceChildren(heading, this.content, this.announcer);
  }

  /** Loads or reloads the thread with one call. */
  async load(): Promise<void> {
    if (this.isLoading) return;
    this.isLoading = true;
    const slowTimer = this.showLoading();
    try {
      const requestedAt = performance.now();
      this.thread = this.parse(await this.service.call('/media', this.subject));
      this.requestedAt = requestedAt;
      this.dropHearts(requestedAt);
      this.dropModerations(this.thread);
      this.showThread();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.showFailure(error);
    } finally {
      window.clearTimeout(slowTimer);
      this.isLoading = false;
    }
  }

  private async loadOlder(): Promise<void> {
    const { thread } = this;
    if (thread?.after === undefined || this.isLoading) return;
    this.isLoading = true;
    try {
      const data = { ...this.subject, after: thread.after };
      const { comments, after } = this.parse(await this.service.call('/media', data));
      const known = new Set(thread.comments.map(({ target }) => target.id));
      const older = comments.filter(({ target }) => !known.has(target.id));
      this.thread = { ...thread, comments: [...thread.comments, ...older], after };
      this.showThread();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.showFailure(error);
    } finally {
      this.isLoading = false;
    }
  }

  private parse(answer: Parameters<typeof toThread>[0]): Thread {
    const thread = toThread(answer);
    if (thread !== undefined) return thread;
    throw buildAppFailure(this.texts, 'unreadable', 'unreadable_fix', 'none');
  }

  private showLoading(): number {
    const { texts } = this;
    const notes = element('p', { class: 'note' }, texts.get('loading'));
    if (this.view === undefined) {
      this.content.replaceChildren(
        element('div', { class: 'skeleton', 'aria-hidden': 'true' }),
        notes,
      );
    } else {
      this.content.prepend(notes);
    }
    this.content.setAttribute('aria-busy', 'true');
    this.announce(texts.get('loading'));
    return window.setTimeout(() => {
      notes.textContent = `${texts.get('loading')}… ${texts.get('slow')}`;
      this.announce(texts.get('slow'));
    }, SLOW_MS);
  }

  private showThread(): void {
    const { thread, texts } = this;
    if (thread === undefined) return;
    const { activeElement } = document;
    const focused = toSelector(activeElement);
    this.view = new ThreadView(thread, {
      texts,
      getHeart: (likeable) => this.getHeart(likeable),
      getModeration: (context) => this.getModeration(context),
      onRefresh: () => void this.load(),
      onOlder: () => void this.loadOlder(),
    });
    this.content.replaceChildren(this.view.root);
    this.content.removeAttribute('aria-busy');
    this.announce('');
    if (isIn(this.content, activeElement)) activeElement.focus();
    else if (focused !== undefined) this.content.querySelector<HTMLElement>(focused)?.focus();
  }

  private showFailure(failure: Failure): void {
    const retry = element(
      'button',
      { type: 'button', class: 'c-btn c-btn--sm', 'data-key': 'retry' },
      this.texts.get('try_again'),
    );
    retry.addEventListener('click', () => void this.load());
    const shown = renderFailure(failure, this.texts, retry);
    // The previous thread stays visible. The failure above it shows that it may be outdated.
    this.content.replaceChildren(shown, ...(this.view === undefined ? [] : [this.view.root]));
    this.content.removeAttribute('aria-busy');
    this.announce(failure.message);
  }

  /**
   * Drops hearts, and the new thread creates them again. Hearts that were clicked after the request
   * stay, because its answer may be older than the click.
   */
  private dropHearts(requestedAt: number): void {
    for (const [key, heart] of this.hearts) {
      if (heart.isSending || heart.settledAt >= requestedAt) continue;
      if (heart.mayChange) {
        this.kept.add(heart);
        continue;
      }
      if (heart.hadLostClick) this.lostClicks.add(key);
      this.hearts.delete(key);
    }
  }

  /** Returns the heart of a post or comment. It outlives its view, so no click is lost. */
  private getHeart(likeable: Photo | Comment): Heart {
    const key = `${likeable.target.kind}/${likeable.target.id}`;
    const existing = this.hearts.get(key);
    if (existing !== undefined) {
      if (this.kept.delete(existing)) existing.update(likeable.state);
      return existing;
    }
    const show = (changed: Heart): void => {
      this.showHeart(changed);
    };
    const heart = new Heart(likeable, this.likes, show, this.lostClicks.has(key));
    this.hearts.set(key, heart);
    return heart;
  }

  /** Drops the menus of comments that are no longer shown, unless they hold something. */
  private dropModerations({ comments }: Thread): void {
    const shown = new Set(comments.map(({ target }) => target.id));
    for (const [id, view] of this.moderations) {
      if (!shown.has(id) && !view.mustStay) this.moderations.delete(id);
    }
  }

  /** Returns the menu of a comment. It outlives a reload, so no text and no result is lost. */
  private getModeration(context: ModerationContext): ModerationView {
    const { target, isHidden } = context.comment;
    const existing = this.moderations.get(target.id);
    if (existing !== undefined) {
      existing.moderation.update(isHidden, this.requestedAt);
      existing.update(context);
      return existing;
    }
    const show = (changed: Moderation): void => {
      this.showModeration(changed);
    };
    const moderation = new Moderation(target.id, isHidden, this.commentCalls, show);
    const view = new ModerationView(moderation, this.texts, context);
    this.moderations.set(target.id, view);
    return view;
  }

  private readonly likes: Likes = {
    set: async (target, liked) =>
      toLikeState(await this.service.call('/like', { ...toFields(target), liked })),
    get: async (target) =>
      toLikeState(await this.service.call('/like/state', toFields(target), STATE_MAX_MS)),
  };

  private showHeart(heart: Heart): void {
    this.view?.show(heart);
    if (!heart.isSending) this.report(heart.failure, this.view?.describe(heart) ?? '');
  }

  private showModeration(moderation: Moderation): void {
    this.view?.showComment(moderation);
    const view = this.moderations.get(moderation.commentId);
    this.report(moderation.failure, view?.describe() ?? '');
  }

  /** Speaks the result of a click. Zendesk also shows a failure outside the app. */
  private report(failure: Failure | undefined, state: string): void {
    this.announce([failure?.message ?? '', state].join(' ').trim());
    if (failure === undefined) return;
    invokeQuietly(this.client, 'notify', toNotificationHtml(failure), 'error');
  }

  private announce(message: string): void {
    this.announcer.textContent = message;
  }
}
