import { element, icon } from './dom.js';
import { renderFailure } from './failure-view.js';
import type { Heart } from './heart.js';
import { SlowWatch } from './slow-watch.js';
import type { TextName, Texts } from './texts.js';
import type { LikeState } from './thread.js';

/** Notes that explain all unknown hearts of a kind at once. Each such heart refers to its note. */
export const SHARED_NOTES = [
  { source: 'none', id: 'unknown-note', text: 'is_unknown' },
  { source: 'restored', id: 'restored-note', text: 'is_restored' },
] as const;

const UNKNOWN_TEXTS: Readonly<Record<LikeState['source'], TextName>> = {
  confirmed: 'is_unknown',
  none: 'is_unknown',
  pending: 'is_lost',
  restored: 'is_restored',
};

export interface HeartLabels {
  /** Text for the action of a click. */
  readonly action: string;
  readonly username: string;
  readonly isPossible: boolean;
}

/** Shows a heart as a button with its count and notes. */
export class HeartView {
  readonly button: HTMLButtonElement;
  readonly count: HTMLElement;
  /** Says that a click failed, was lost or is slow. */
  readonly notes = element('div', { class: 'notes' });
  private readonly slow = new SlowWatch(() => {
    this.show();
  });

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

  /** Shows the current state of the heart. */
  show(): void {
    const { button, heart, labels, texts } = this;
    const { liked, isSending } = heart;
    this.slow.update(isSending);
    // If the account cannot like, no note explains a click.
    const isUnknown = liked === null && labels.isPossible;
    const isLost = isUnknown && heart.state.source === 'pending';
    const note = SHARED_NOTES.find(({ source }) => source === heart.state.source);
    button.replaceChildren(icon(liked === true ? 'heartFill' : 'heartStroke'));
    button.setAttribute('aria-label', labels.action);
    button.setAttribute('aria-pressed', liked === null ? 'mixed' : String(liked));
    button.setAttribute('title', isSending ? texts.get('sending') : this.describe());
    button.setAttribute('data-state', isSending ? 'sending' : liked === null ? 'unknown' : 'known');
    if (isUnknown && note !== undefined) button.setAttribute('aria-describedby', note.id);
    else button.removeAttribute('aria-describedby');
    this.showCount();
    this.notes.replaceChildren(
      ...(this.slow.isSlow ? [element('p', { class: 'note' }, texts.get('slow'))] : []),
      ...(isLost && !isSending && heart.failure?.details.effect !== 'none'
        ? [element('p', { class: 'note' }, texts.get('is_lost'))]
        : []),
      ...(heart.failure === undefined ? [] : [renderFailure(heart.failure, texts)]),
    );
  }

  /** Returns the state as a text. */
  describe(): string {
    const { username, isPossible } = this.labels;
    switch (this.heart.liked) {
      case true:
        return this.texts.get('is_liked', { username });
      case false:
        return this.texts.get('is_not_liked', { username });
      case null:
        if (!isPossible) return this.texts.get('not_possible');
        return this.texts.get(UNKNOWN_TEXTS[this.heart.state.source]);
    }
  }

  private showCount(): void {
    const { likeCount } = this.heart;
    if (likeCount === undefined) {
      this.count.replaceChildren();
      return;
    }
    const count = this.texts.formatNumber(likeCount);
    this.count.replaceChildren(
      element('span', { 'aria-hidden': 'true' }, count),
      element('span', { class: 'visually-hidden' }, this.texts.get('likes', { count })),
    );
  }
}
