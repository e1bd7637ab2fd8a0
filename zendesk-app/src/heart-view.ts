import { element, icon } from './dom.js';
import { failureView } from './failure-view.js';
import type { Heart } from './heart.js';
import type { Texts } from './texts.js';

/** A click that takes longer than this is called slow, in milliseconds. */
export const SLOW_MS = 3_000;

/** The note that says why a heart is not known; every such heart points to it. */
export const NOT_KNOWN_NOTE = 'not-known';

export interface HeartLabels {
  /** What a click does, in words. */
  readonly action: string;
  readonly username: string;
  readonly isPossible: boolean;
}

/** A heart as a button, its count, and what there is to say of it. */
export class HeartView {
  readonly button: HTMLButtonElement;
  readonly count: HTMLElement;
  /** What went wrong, or that it takes its time. */
  readonly notes = element('div', { class: 'notes' });
  private slowTimer: number | undefined;
  private isSlow = false;

  constructor(
    private readonly heart: Heart,
    private readonly texts: Texts,
    private readonly labels: HeartLabels,
  ) {
    const { kind, id } = heart.target;
    this.button = element('button', {
      type: 'button',
      class: 'c-btn c-btn--basic c-btn--icon c-btn--sm heart',
      'data-target': `${kind}/${id}`,
    });
    this.button.disabled = !labels.isPossible;
    this.button.addEventListener('click', () => {
      heart.click();
    });
    this.count = element('span', { class: 'count' });
    this.show();
  }

  /** Shows what the heart is now. */
  show(): void {
    const { button, heart, labels, texts } = this;
    const { liked, isSending } = heart;
    this.watchTime(isSending);
    // Where no click is possible, nothing is said of what one would do.
    const isUnknown = liked === null && labels.isPossible;
    const isLost = isUnknown && heart.known.source === 'pending';
    button.replaceChildren(icon(liked === true ? 'heartFill' : 'heartStroke'));
    button.setAttribute('aria-label', labels.action);
    button.setAttribute('aria-pressed', liked === null ? 'mixed' : String(liked));
    button.setAttribute('title', isSending ? texts.say('sending') : this.state());
    button.setAttribute('data-state', isSending ? 'sending' : liked === null ? 'unknown' : 'known');
    if (isUnknown && !isLost) button.setAttribute('aria-describedby', NOT_KNOWN_NOTE);
    else button.removeAttribute('aria-describedby');
    const { likeCount } = heart;
    this.count.replaceChildren(
      ...(likeCount === undefined
        ? []
        : [
            element('span', { 'aria-hidden': 'true' }, texts.number(likeCount)),
            element(
              'span',
              { class: 'visually-hidden' },
              texts.say('likes', { count: texts.number(likeCount) }),
            ),
          ]),
    );
    this.notes.replaceChildren(
      ...(isSending && this.isSlow ? [element('p', { class: 'note' }, texts.say('slow'))] : []),
      ...(isLost && !isSending ? [element('p', { class: 'note' }, texts.say('is_lost'))] : []),
      ...(heart.failure === undefined ? [] : [failureView(heart.failure, texts)]),
    );
  }

  /** In words, what the heart shows. */
  state(): string {
    const { username, isPossible } = this.labels;
    switch (this.heart.liked) {
      case true:
        return this.texts.say('is_liked', { username });
      case false:
        return this.texts.say('is_not_liked', { username });
      case null:
        if (!isPossible) return this.texts.say('not_possible');
        return this.texts.say(this.heart.known.source === 'pending' ? 'is_lost' : 'is_not_known');
    }
  }

  private watchTime(isSending: boolean): void {
    if (!isSending) {
      window.clearTimeout(this.slowTimer);
      this.slowTimer = undefined;
      this.isSlow = false;
      return;
    }
    this.slowTimer ??= window.setTimeout(() => {
      this.isSlow = true;
      this.show();
    }, SLOW_MS);
  }
}
