import { html, type Html } from '../../common/http/html.js';
import type { Messages } from '../messages.js';
import type { Setup } from '../setup.js';
import type { Notice } from './notice.js';
import { loginForms, noticeBox, tokenForm } from './parts.js';

/** The first page: log in, or paste a token. */
export interface ConnectView {
  readonly kind: 'connect';
  readonly setup: Setup;
  readonly canLogin: boolean;
  readonly notice: Notice | undefined;
}

export function renderConnect(
  { canLogin, notice }: ConnectView,
  sealed: string,
  messages: Messages,
): Html {
  const { t } = messages;
  return html`${noticeBox(notice, messages)}
    <p>${t('connect.intro')}</p>
    <p>${t('connect.needs')}</p>
    ${
      canLogin
        ? loginForms({ sealed, label: t('connect.log_in'), isPrimary: true }, t)
        : html`<div class="c-callout c-callout--info">
            <p class="c-callout__paragraph">${t('connect.not_possible')}</p>
          </div>`
    }
    ${tokenForm({ sealed, isOpen: !canLogin }, t)}`;
}
