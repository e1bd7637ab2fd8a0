/** A selector that finds the focused element again after the thread is replaced. */
export function toSelector(focused: Element | null): string | undefined {
  if (!(focused instanceof HTMLElement)) return undefined;
  const { target, key } = focused.dataset;
  if (target !== undefined) return `[data-target="${CSS.escape(target)}"]`;
  if (key === 'retry') return '[data-key="refresh"]';
  return key === undefined ? undefined : `[data-key="${CSS.escape(key)}"]`;
}

/** Whether the element is in the content again. It has lost the focus by the way. */
export function isIn(content: HTMLElement, focused: Element | null): focused is HTMLElement {
  return focused instanceof HTMLElement && content.contains(focused);
}
