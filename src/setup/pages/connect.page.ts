import { html, type Html } from '../../common/http/html.js';
import type { Messages } from '../messages.js';
import { loginForms, type Notice, noticeBox, tokenForm } from './parts.js';

/** The first step: log in, or bring a token. */
export function connectBody(
  say: Messages,
  view: {
    readonly sealed: string;
    readonly canLogin: boolean;
    readonly notice?: Notice | undefined;
  },
): Html {
  return html`${noticeBox(view.notice)}
    <p>${say.say('connect.intro')}</p>
    <p>${say.say('connect.needs')}</p>
    ${
      view.canLogin
        ? loginForms(view.sealed, say.say('connect.log_in'), true, say)
        : html`<div class="c-callout c-callout--info">
            <p class="c-callout__paragraph">${say.say('connect.not_possible')}</p>
          </div>`
    }
    ${tokenForm(view.sealed, !view.canLogin, say)}`;
}
