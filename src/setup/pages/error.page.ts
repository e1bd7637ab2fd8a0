import { html, type Html } from '../../common/http/html.js';
import type { MessageKey, Messages } from '../messages.js';

/** Why the set-up cannot go on. Nothing on it can be sent anywhere. */
export function errorBody(
  say: Messages,
  { key, details }: { readonly key: MessageKey; readonly details: readonly string[] },
): Html {
  return html`<div class="c-callout c-callout--error" role="alert">
      <p class="c-callout__paragraph">${say.say(key)}</p>
      ${
        details.length > 0 &&
        html`<ul>
          ${details.map((detail) => html`<li>${detail}</li>`)}
        </ul>`
      }
    </div>
    <p>${say.say('error.what_to_do')}</p>`;
}
