import heartFill from '@zendeskgarden/svg-icons/src/16/heart-fill.svg';
import heartStroke from '@zendeskgarden/svg-icons/src/16/heart-stroke.svg';
import newWindow from '@zendeskgarden/svg-icons/src/16/new-window-stroke.svg';
import overflow from '@zendeskgarden/svg-icons/src/16/overflow-vertical-stroke.svg';
import reload from '@zendeskgarden/svg-icons/src/16/reload-stroke.svg';

type Child = Node | string | undefined;

export interface Attributes {
  readonly class?: string | undefined;
  readonly [name: string]: string | undefined;
}

/** Creates an element. String children become text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) created.setAttribute(key, value);
  }
  created.append(...children.filter((child) => child !== undefined));
  return created;
}

const ICONS = { heartFill, heartStroke, newWindow, overflow, reload } as const;

/** Creates an icon that screen readers skip; a text or label next to it names its meaning. */
export function icon(name: keyof typeof ICONS): Element {
  const { documentElement } = new DOMParser().parseFromString(ICONS[name], 'image/svg+xml');
  documentElement.setAttribute('aria-hidden', 'true');
  documentElement.setAttribute('class', 'c-btn__icon');
  return document.importNode(documentElement, true);
}
