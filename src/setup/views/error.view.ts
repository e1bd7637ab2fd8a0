import { html, type Html } from '../../common/http/html.js';
import type { Language, MessageKey, Translate } from '../messages.js';

/** Says why the setup cannot continue. It has no form, so nothing can be sent from it. */
export interface ErrorView {
  readonly kind: 'error';
  /** Where the failed route answers. */
  readonly place: 'frame' | 'window';
  readonly language: Language;
  readonly key: MessageKey;
  readonly details: readonly string[];
  readonly status: number;
}

export function renderError({ key, details }: ErrorView, t: Translate): Html {
  return html`<div class="c-callout c-callout--error" role="alert">
      <p class="c-callout__paragraph">${t(key)}</p>
      ${
        details.length > 0 &&
        html`<ul>
          ${details.map((detail) => html`<li>${detail}</li>`)}
        </ul>`
      }
    </div>
    <p>${t('error.what_to_do')}</p>`;
}
