import { element } from './dom.js';
import { renderOriginal } from './failure-view.js';
import { toServiceSentences } from './service-sentences.js';
import type { Texts } from './texts.js';
import type { Obstacle } from './thread.js';

/** Shows why the account cannot like anything, and what an administrator must do. */
export function renderObstacle(obstacle: Obstacle, texts: Texts): HTMLElement {
  const { message, fix, isEnglish, original } = toServiceSentences(texts, obstacle);
  const paragraph = {
    class: 'c-callout__paragraph',
    ...(isEnglish ? { lang: 'en', dir: 'ltr' } : {}),
  };
  const { code } = obstacle;
  return element(
    'div',
    { class: 'c-callout c-callout--warning', role: 'note' },
    element('strong', { class: 'c-callout__title' }, texts.get('not_possible')),
    element('p', paragraph, message),
    fix === undefined ? undefined : element('p', paragraph, fix),
    code === undefined
      ? undefined
      : element('p', { class: 'c-callout__paragraph code' }, texts.get('error_code', { code })),
    renderOriginal(original, texts),
  );
}
