import { element } from './dom.js';
import { renderDetails, toLanguage } from './failure-view.js';
import { toServiceSentences } from './service-sentences.js';
import type { Texts } from './texts.js';
import type { Obstacle } from './thread.js';

/** Shows why the account cannot like anything, and what an administrator must do. */
export function renderObstacle(obstacle: Obstacle, texts: Texts): HTMLElement {
  const { message, fix, isEnglish, original } = toServiceSentences(texts, obstacle);
  const paragraph = { class: 'c-callout__paragraph', ...toLanguage(isEnglish) };
  return element(
    'div',
    { class: 'c-callout c-callout--warning', role: 'note' },
    element('strong', { class: 'c-callout__title' }, texts.get('not_possible')),
    element('p', paragraph, message),
    fix === undefined ? undefined : element('p', paragraph, fix),
    ...renderDetails({ code: obstacle.code, original }, texts),
  );
}
