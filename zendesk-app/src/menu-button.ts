import { element, icon } from './dom.js';

/** An entry of a menu. */
export interface MenuEntry {
  readonly label: string;
  /** What screen readers say: the label and the comment that it is about. */
  readonly name: string;
  /** Why it is not possible now; undefined if it is. */
  readonly reason: string | undefined;
  readonly onSelect: () => void;
}

/**
 * A button that opens a menu, after the menu button pattern of the WAI-ARIA Authoring Practices.
 * The menu is in the flow of the page, because a frame cuts off what floats over its edge.
 */
export class MenuButton {
  readonly button: HTMLButtonElement;
  readonly menu: HTMLElement;
  private entries: readonly HTMLElement[] = [];

  /**
   * @param id unique in the page.
   * @param getEntries returns the entries when the menu opens.
   */
  constructor(
    private readonly id: string,
    private readonly getEntries: () => readonly MenuEntry[],
  ) {
    this.button = element(
      'button',
      {
        type: 'button',
        class: 'c-btn c-btn--basic c-btn--icon c-btn--sm menu-button',
        'aria-haspopup': 'menu',
        'aria-expanded': 'false',
        'aria-controls': id,
      },
      icon('overflow'),
    );
    this.menu = element('div', { id, class: 'menu', role: 'menu' });
    this.menu.hidden = true;
    // A click on the button must not take the focus out of the menu and so close it first.
    this.button.addEventListener('mousedown', (event) => {
      if (this.isOpen) event.preventDefault();
    });
    this.button.addEventListener('click', () => {
      if (this.isOpen) this.close(true);
      else this.open('first');
    });
    this.button.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      event.preventDefault();
      this.open(event.key === 'ArrowDown' ? 'first' : 'last');
    });
    this.menu.addEventListener('keydown', (event) => {
      this.handleKey(event);
    });
    this.menu.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.menu.contains(relatedTarget))) this.close(false);
    });
  }

  /** Names the button and its menu. */
  setName(name: string): void {
    this.button.setAttribute('aria-label', name);
    this.menu.setAttribute('aria-label', name);
  }

  private get isOpen(): boolean {
    return !this.menu.hidden;
  }

  private open(focused: 'first' | 'last'): void {
    if (this.button.getAttribute('aria-disabled') === 'true') return;
    const entries = this.getEntries();
    this.entries = entries.map((entry, index) => this.renderEntry(entry, index));
    this.menu.replaceChildren(
      ...this.entries.map((entry, index) => {
        const reason = entries[index]?.reason;
        // A span, because a menu may contain no paragraph.
        const note = { class: 'note', id: this.toReasonId(index) };
        const more = reason === undefined ? undefined : element('span', note, reason);
        return element('div', { role: 'none', class: 'menu-row' }, entry, more);
      }),
    );
    this.menu.hidden = false;
    this.button.setAttribute('aria-expanded', 'true');
    this.entries.at(focused === 'first' ? 0 : -1)?.focus();
    this.menu.scrollIntoView({ block: 'nearest' });
  }

  private close(returnsFocus: boolean): void {
    if (!this.isOpen) return;
    this.menu.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
    if (returnsFocus) this.button.focus();
  }

  private renderEntry({ label, name, reason, onSelect }: MenuEntry, index: number): HTMLElement {
    const reasonId = this.toReasonId(index);
    const entry = element(
      'button',
      {
        type: 'button',
        class: 'menu-entry',
        role: 'menuitem',
        tabindex: '-1',
        'aria-label': name,
        ...(reason === undefined ? {} : { 'aria-disabled': 'true', 'aria-describedby': reasonId }),
      },
      label,
    );
    if (reason === undefined) {
      entry.addEventListener('click', () => {
        this.close(true);
        onSelect();
      });
    }
    return entry;
  }

  private toReasonId(index: number): string {
    return `${this.id}-${String(index)}`;
  }

  private handleKey(event: KeyboardEvent): void {
    const { entries } = this;
    const index = entries.findIndex((entry) => entry === document.activeElement);
    const next = this.findEntry(event.key, index);
    if (next !== undefined) {
      event.preventDefault();
      next.focus();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      this.close(true);
    } else if (event.key === 'Tab') {
      // Closes before the browser moves the focus on from the button.
      this.close(true);
    }
  }

  /** The entry that a key leads to. */
  private findEntry(key: string, index: number): HTMLElement | undefined {
    const { entries } = this;
    switch (key) {
      case 'ArrowDown':
        return entries[(index + 1) % entries.length];
      case 'ArrowUp':
        return entries.at(index - 1);
      case 'Home':
        return entries[0];
      case 'End':
        return entries.at(-1);
      default:
        return [...entries.slice(index + 1), ...entries.slice(0, index + 1)].find(
          ({ textContent }) =>
            key.length === 1 &&
            key !== ' ' &&
            textContent.toLocaleLowerCase().startsWith(key.toLocaleLowerCase()),
        );
    }
  }
}
