import type { LinkedAccount } from '../../instagram/linked-accounts.js';
import { html, type Html } from '../../common/http/html.js';
import type { Messages } from '../messages.js';
import { type Notice, noticeBox, setupField } from './parts.js';

/** The second step, where the log-in gives several accounts: choose one. */
export function accountsBody(
  say: Messages,
  view: {
    readonly sealed: string;
    readonly accounts: readonly LinkedAccount[];
    readonly notice?: Notice | undefined;
  },
): Html {
  return html`${noticeBox(view.notice)}
    <p>${say.say('accounts.intro')}</p>
    <form method="post" action="/admin/account">
      ${setupField(view.sealed)}
      <fieldset>
        <legend>${say.say('accounts.legend')}</legend>
        ${view.accounts.map(
          ({ igUserId, username, pageName }, index) =>
            html`<div class="c-field">
              <input
                class="c-field__radio"
                type="radio"
                id="account-${igUserId}"
                name="ig_user_id"
                value="${igUserId}"
                required
                ${index === 0 && html`checked`}
              />
              <label class="c-field__label" for="account-${igUserId}">@${username}</label>
              <span class="c-field__hint">${say.say('accounts.page', { page: pageName })}</span>
            </div>`,
        )}
      </fieldset>
      <button class="c-btn c-btn--primary">${say.say('accounts.choose')}</button>
    </form>`;
}
