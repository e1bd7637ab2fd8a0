import heartFill from '@zendeskgarden/svg-icons/src/16/heart-fill.svg';
import heartStroke from '@zendeskgarden/svg-icons/src/16/heart-stroke.svg';
import newWindow from '@zendeskgarden/svg-icons/src/16/new-window-stroke.svg';
import reload from '@zendeskgarden/svg-icons/src/16/reload-stroke.svg';

type Child = Node | string | undefined;

export interface Attributes {
  readonly class?: string | undefined;
  readonly [name: string]: string | undefined;
}

/** An element with its attributes and what is in it. Strings become text, whatever they hold. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** Garden's icons that the app uses. */
const ICONS = { heartFill, heartStroke, newWindow, reload } as const;

/** One of Garden's icons, which says nothing: the words stand beside it. */
export function icon(name: keyof typeof ICONS): Element {
  const { documentElement } = new DOMParser().parseFromString(ICONS[name], 'image/svg+xml');
  documentElement.setAttribute('aria-hidden', 'true');
  documentElement.setAttribute('class', 'c-btn__icon');
  return document.importNode(documentElement, true);
}
