import { element } from './dom.js';
import type { Texts } from './texts.js';

/** Longer texts are cut off until the agent expands them. */
const SHORT_TEXT_MAX_CHARS = 280;
const SHORT_TEXT_MAX_LINES = 6;

/** Shows a text that a person wrote, in its own direction. A long one can be expanded. */
export function renderUserText(
  text: string,
  texts: Texts,
  { placeholder, name }: { placeholder: string; name: string },
): HTMLElement {
  if (text.trim() === '') return element('p', { class: `${name} note` }, placeholder);
  const paragraph = element('p', { class: name, dir: 'auto' }, text);
  const isLong =
    text.length > SHORT_TEXT_MAX_CHARS || text.split('\n').length > SHORT_TEXT_MAX_LINES;
  if (!isLong) return paragraph;
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
