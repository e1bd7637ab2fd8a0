import type { LinkedAccount } from '../../instagram/linked-accounts.js';
import { html, type Html } from '../../common/http/html.js';
import type { Messages } from '../messages.js';
import type { Setup } from '../setup.js';
import { SETUP_PATHS } from '../setup-paths.js';
import type { Notice } from './notice.js';
import { noticeBox, setupField } from './parts.js';

/** The choice of an account, if the login covers several. */
export interface ChooseView {
  readonly kind: 'choose';
  /** Holds the login's token. */
  readonly setup: Setup;
  readonly accounts: readonly LinkedAccount[];
  readonly notice: Notice | undefined;
}

export function renderChoose(
  { accounts, notice }: ChooseView,
  sealed: string,
  messages: Messages,
): Html {
  const { t } = messages;
  return html`${noticeBox(notice, messages)}
    <p>${t('accounts.intro')}</p>
    <form method="post" action="${SETUP_PATHS.chooseAccount}">
      ${setupField(sealed)}
      <fieldset>
        <legend>${t('accounts.legend')}</legend>
        ${accounts.map(
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
              <span class="c-field__hint">${t('accounts.page', { page: pageName })}</span>
            </div>`,
        )}
      </fieldset>
      <button class="c-btn c-btn--primary">${t('accounts.choose')}</button>
    </form>`;
}
