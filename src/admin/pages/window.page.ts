import { html, type Html } from '../html.js';
import type { MessageKey, Messages } from '../messages.js';

/** The log-in's window, when the person is logged in: hands the code to the page that opened it, or shows it to be copied. */
export function loggedInBody(say: Messages, confirmation: string): Html {
  return html`<p>${say.say('window.done')}</p>
    <p>${say.say('window.code')}</p>
    <p>
      <output class="code" data-confirmation="${confirmation}">${inTwo(confirmation)}</output>
    </p>`;
}

/** A code is copied more easily in two halves. */
function inTwo(code: string): string {
  const half = code.length / 2;
  return `${code.slice(0, half)}-${code.slice(half)}`;
}

/** The log-in's window, when there is no log-in. */
export function noLogInBody(say: Messages, key: MessageKey): Html {
  return html`<div class="c-callout c-callout--error" role="alert">
    <p class="c-callout__paragraph">${say.say(key)}</p>
  </div>`;
}

/** The log-in's window at its start: leads to Facebook by itself, or by its link. */
export function moveOnBody(say: Messages, dialogUrl: URL): Html {
  return html`<p>${say.say('window.move_on')}</p>
    <p><a id="move-on" href="${dialogUrl.href}">${say.say('window.move_on_link')}</a></p>`;
}
