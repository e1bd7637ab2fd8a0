import { html, type Html } from '../../common/http/html.js';
import type { Language, MessageKey, Translate, Values } from '../messages.js';

/** The login window without a login. */
export interface NoLoginView {
  readonly kind: 'no_login';
  readonly language: Language;
  readonly title: 'window.void_title' | 'window.refused_title';
  readonly text: MessageKey;
  readonly values?: Values;
}

export function renderNoLogin({ text, values }: NoLoginView, t: Translate): Html {
  return html`<div class="c-callout c-callout--error" role="alert">
    <p class="c-callout__paragraph">${t(text, values)}</p>
  </div>`;
}
