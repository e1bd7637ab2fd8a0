import { html, type Html } from '../../common/http/html.js';
import type { MessageKey, Messages } from '../messages.js';

/** The login's window after Facebook: hands the code to the page that opened it, or shows it to be copied. */
export function loggedInBody(say: Messages, zendesk: string, confirmation: string): Html {
  return html`<p>${say.say('window.done', { zendesk })}</p>
    <p>${say.say('window.code', { zendesk })}</p>
    <p>
      <output class="code" data-confirmation="${confirmation}">${inTwo(confirmation)}</output>
    </p>`;
}

/** A code is copied more easily in two halves. */
function inTwo(code: string): string {
  const half = code.length / 2;
  return `${code.slice(0, half)}-${code.slice(half)}`;
}

/** The login's window where there is no login. */
export function noLoginBody(
  say: Messages,
  key: MessageKey,
  values: Readonly<Record<string, string>>,
): Html {
  return html`<div class="c-callout c-callout--error" role="alert">
    <p class="c-callout__paragraph">${say.say(key, values)}</p>
  </div>`;
}

/** The login's window before Facebook: names the Zendesk, and asks for one click. */
export function moveOnBody(say: Messages, zendesk: string, dialogUrl: URL): Html {
  return html`<p>${say.say('window.move_on', { zendesk })}</p>
    <p>${say.say('window.move_on_warning', { zendesk })}</p>
    <p>
      <a class="c-btn c-btn--primary" id="move-on" href="${dialogUrl.href}"
        >${say.say('window.move_on_link')}</a
      >
    </p>`;
}
