import { element } from './dom.js';
import { asNotification, Failure, ownFailure } from './failure.js';
import { failureView } from './failure-view.js';
import { Heart, type Likes } from './heart.js';
import { SLOW_MS } from './heart-view.js';
import { ASK_MAX_MS, type Service } from './service.js';
import type { Texts } from './texts.js';
import { type Comment, fieldsOf, type Photo, type Thread, toKnown, toThread } from './thread.js';
import { ThreadView } from './thread-view.js';
import type { Ticket } from './ticket.js';
import { invokeQuietly, type ZafClient } from './zaf.js';

/** The app beside one ticket: loads what the ticket is about, and shows it. */
export class Sidebar {
  private readonly hearts = new Map<string, Heart>();
  /** The hearts of which a click was lost; a heart is told so again when it is made anew. */
  private readonly lost = new Set<string>();
  /** Hearts that stay, since a click of theirs may still arrive, and hear what the thread says of them. */
  private readonly waiting = new Set<Heart>();
  private thread: Thread | undefined;
  private view: ThreadView | undefined;
  private isLoading = false;
  /** What is said to people who do not see the page. */
  private readonly announcer = element('p', { class: 'visually-hidden', role: 'status' });
  private readonly content = element('div');

  constructor(
    root: HTMLElement,
    private readonly client: ZafClient,
    private readonly service: Service,
    private readonly subject: NonNullable<Ticket['subject']>,
    private readonly texts: Texts,
  ) {
    const heading = element('h1', { class: 'visually-hidden' }, texts.say('heading'));
    root.replaceChildren(heading, this.content, this.announcer);
  }

  /** Loads the thread, at first or anew. One call shows all. */
  async load(): Promise<void> {
    if (this.isLoading) return;
    this.isLoading = true;
    const slow = this.showLoading();
    try {
      const askedAt = performance.now();
      this.thread = this.read(await this.service.call('/media', this.subject));
      this.forgetHearts(askedAt);
      this.showThread();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.showFailure(error);
    } finally {
      window.clearTimeout(slow);
      this.isLoading = false;
    }
  }

  private async loadOlder(): Promise<void> {
    const { thread } = this;
    if (thread?.after === undefined || this.isLoading) return;
    this.isLoading = true;
    try {
      const data = { ...this.subject, after: thread.after };
      const { comments, after } = this.read(await this.service.call('/media', data));
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

  private read(answer: Parameters<typeof toThread>[0]): Thread {
    const thread = toThread(answer);
    if (thread !== undefined) return thread;
    throw ownFailure(this.texts, 'unreadable', 'unreadable_fix', 'none');
  }

  private showLoading(): number {
    const { texts } = this;
    const notes = element('p', { class: 'note' }, texts.say('loading'));
    if (this.view === undefined) {
      this.content.replaceChildren(
        element('div', { class: 'skeleton', 'aria-hidden': 'true' }),
        notes,
      );
    } else {
      this.content.prepend(notes);
    }
    this.content.setAttribute('aria-busy', 'true');
    this.announce(texts.say('loading'));
    return window.setTimeout(() => {
      notes.textContent = `${texts.say('loading')}… ${texts.say('slow')}`;
      this.announce(texts.say('slow'));
    }, SLOW_MS);
  }

  private showThread(): void {
    const { thread, texts } = this;
    if (thread === undefined) return;
    const focused = keyOf(document.activeElement);
    this.view = new ThreadView(thread, {
      texts,
      heartOf: (likeable) => this.heartOf(likeable),
      onRefresh: () => void this.load(),
      onOlder: () => void this.loadOlder(),
    });
    this.content.replaceChildren(this.view.root);
    this.content.removeAttribute('aria-busy');
    this.announce('');
    if (focused !== undefined) this.content.querySelector<HTMLElement>(focused)?.focus();
  }

  private showFailure(failure: Failure): void {
    const again = element(
      'button',
      { type: 'button', class: 'c-btn c-btn--sm', 'data-key': 'again' },
      this.texts.say('try_again'),
    );
    again.addEventListener('click', () => void this.load());
    const shown = failureView(failure, this.texts, again);
    // What was shown before stays, since it is still what was known last; the failure says that it is not fresh.
    this.content.replaceChildren(shown, ...(this.view === undefined ? [] : [this.view.root]));
    this.content.removeAttribute('aria-busy');
    this.announce(failure.message);
  }

  /** Drops hearts for fresh ones; not those that were clicked since, of which the answer may tell what was before. */
  private forgetHearts(askedAt: number): void {
    for (const [key, heart] of this.hearts) {
      if (heart.isSending || heart.settledAt >= askedAt) continue;
      if (heart.mayChange) {
        this.waiting.add(heart);
        continue;
      }
      if (heart.wasLost) this.lost.add(key);
      this.hearts.delete(key);
    }
  }

  /** The heart that stands for something; it outlives what is shown, so that no click is lost. */
  private heartOf(likeable: Photo | Comment): Heart {
    const key = `${likeable.target.kind}/${likeable.target.id}`;
    const existing = this.hearts.get(key);
    if (existing !== undefined) {
      if (this.waiting.delete(existing)) existing.hear(likeable.known);
      return existing;
    }
    const show = (changed: Heart): void => {
      this.showHeart(changed);
    };
    const heart = new Heart(likeable, this.likes, show, this.lost.has(key));
    this.hearts.set(key, heart);
    return heart;
  }

  private readonly likes: Likes = {
    set: async (target, liked) =>
      toKnown(await this.service.call('/like', { ...fieldsOf(target), liked })),
    ask: async (target) =>
      toKnown(await this.service.call('/like/state', fieldsOf(target), ASK_MAX_MS)),
  };

  private showHeart(heart: Heart): void {
    this.view?.show(heart);
    const { failure } = heart;
    if (heart.isSending) return;
    this.announce(failure?.message ?? this.view?.stateOf(heart) ?? '');
    if (failure === undefined) return;
    invokeQuietly(this.client, 'notify', asNotification(failure), 'error');
  }

  private announce(words: string): void {
    this.announcer.textContent = words;
  }
}

/** How to find an element again after the thread was shown anew. */
function keyOf(focused: Element | null): string | undefined {
  if (!(focused instanceof HTMLElement)) return undefined;
  const { target, key } = focused.dataset;
  if (target !== undefined) return `[data-target="${CSS.escape(target)}"]`;
  if (key === 'again') return '[data-key="refresh"]';
  return key === undefined ? undefined : `[data-key="${CSS.escape(key)}"]`;
}
