import { element } from './dom.js';
import { countBytes, isSendable, MESSAGE_MAX_BYTES } from './private-reply.js';
import type { Texts } from './texts.js';

/** A form for a private reply. It keeps the agent's text while it is closed. */
export class ReplyForm {
  readonly root: HTMLFormElement;
  private readonly label: HTMLElement;
  private readonly hint = element('p', { class: 'note' });
  private readonly field: HTMLTextAreaElement;
  private readonly counter: HTMLElement;
  private readonly sendButton: HTMLButtonElement;
  private isOpen = true;

  /** @param id unique in the page. */
  constructor(
    id: string,
    private readonly texts: Texts,
    on: { readonly send: (message: string) => void; readonly cancel: () => void },
  ) {
    const ids = { field: `${id}-field`, counter: `${id}-counter` };
    this.label = element('label', { class: 'label', for: ids.field });
    this.field = element('textarea', {
      id: ids.field,
      class: 'field',
      rows: '4',
      dir: 'auto',
      'aria-describedby': ids.counter,
    });
    this.counter = element('p', { class: 'note', id: ids.counter });
    this.sendButton = element(
      'button',
      { type: 'submit', class: 'c-btn c-btn--primary c-btn--sm' },
      texts.get('send'),
    );
    const cancel = element(
      'button',
      { type: 'button', class: 'c-btn c-btn--sm' },
      texts.get('cancel'),
    );
    const buttons = element('div', { class: 'buttons' }, this.sendButton, cancel);
    this.root = element(
      'form',
      { class: 'panel' },
      this.label,
      this.hint,
      this.field,
      this.counter,
      buttons,
    );
    this.field.addEventListener('input', () => {
      this.show();
    });
    cancel.addEventListener('click', on.cancel);
    this.root.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.canSend) on.send(this.field.value);
    });
  }

  get hasText(): boolean {
    return this.field.value.trim() !== '';
  }

  focus(): void {
    this.field.focus();
  }

  /** Says what the form is about. */
  setLabels(label: string, hint: string): void {
    this.label.textContent = label;
    this.hint.textContent = hint;
  }

  /** Accepts changes of the text, or not while it is being sent or can no longer be sent. */
  setOpen(isOpen: boolean): void {
    this.isOpen = isOpen;
    this.show();
  }

  private get canSend(): boolean {
    return this.isOpen && isSendable(this.field.value);
  }

  private show(): void {
    const { texts, field, counter } = this;
    const bytes = countBytes(field.value);
    const isTooLong = bytes > MESSAGE_MAX_BYTES;
    const values = {
      count: texts.formatNumber(isTooLong ? bytes - MESSAGE_MAX_BYTES : bytes),
      max: texts.formatNumber(MESSAGE_MAX_BYTES),
    };
    counter.textContent = texts.get(isTooLong ? 'too_long' : 'bytes', values);
    counter.classList.toggle('is-error', isTooLong);
    // Read aloud only if the agent must act: a count after each key would disturb.
    if (isTooLong) counter.setAttribute('role', 'alert');
    else counter.removeAttribute('role');
    if (isTooLong) field.setAttribute('aria-invalid', 'true');
    else field.removeAttribute('aria-invalid');
    field.readOnly = !this.isOpen;
    // Not `disabled`, which would take the focus from it.
    this.sendButton.setAttribute('aria-disabled', String(!this.canSend));
  }
}
