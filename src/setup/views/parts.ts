import { TOKEN_MAX_CHARS } from '../admin-ui.dto.js';
import { html, type Html } from '../../common/http/html.js';
import type { Messages, Translate } from '../messages.js';
import { SETUP_PATHS } from '../setup-paths.js';
import { type Notice, writeNotice } from './notice.js';
import { PAGE_IDS } from './page-ids.js';

/** Screen readers announce the box when the page has loaded. */
export function noticeBox(notice: Notice | undefined, messages: Messages): Html | undefined {
  if (notice === undefined) return undefined;
  return html`<div
    class="c-callout c-callout--${notice.kind}"
    role="${notice.kind === 'error' ? 'alert' : 'status'}"
    tabindex="-1"
    data-focus
  >
    <p class="c-callout__paragraph">${writeNotice(notice, messages)}</p>
  </div>`;
}

/** The sealed setup, which every form of it carries. */
export function setupField(sealed: string): Html {
  return html`<input type="hidden" name="set_up" value="${sealed}" />`;
}

/**
 * The form that opens the login window, and the part that waits for it. Without JavaScript the
 * waiting part is always visible.
 */
export function loginForms(
  { sealed, label, isPrimary }: { sealed: string; label: string; isPrimary: boolean },
  t: Translate,
): Html {
  const { loginForm, blocked } = PAGE_IDS;
  return html`<form
      id="${loginForm}"
      method="post"
      action="${SETUP_PATHS.startLogin}"
      target="instagram-log-in"
    >
      ${setupField(sealed)}
      <button class="c-btn${isPrimary ? ' c-btn--primary' : ''}" aria-describedby="new-window">
        ${label}
      </button>
      <span id="new-window" class="quiet">${t('connect.new_window')}</span>
    </form>
    <div id="${blocked}" class="c-callout c-callout--warning" role="alert" hidden>
      <p class="c-callout__paragraph">${t('waiting.blocked')}</p>
    </div>
    ${waitingSection(sealed, t)}`;
}

function waitingSection(sealed: string, t: Translate): Html {
  const { waiting, continueForm, code } = PAGE_IDS;
  return html`<section id="${waiting}" aria-labelledby="waiting-title">
    <h2 id="waiting-title" tabindex="-1">${t('waiting.title')}</h2>
    <p role="status">${t('waiting.text')}</p>
    <form id="${continueForm}" method="post" action="${SETUP_PATHS.continueLogin}">
      ${setupField(sealed)}
      <div id="${code}" class="c-field">
        <label class="c-field__label" for="confirmation">${t('waiting.code')}</label>
        <span class="c-field__hint" id="confirmation-hint">${t('waiting.code_hint')}</span>
        <input
          class="c-field__input c-field__input--short"
          id="confirmation"
          name="confirmation"
          maxlength="32"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          aria-describedby="confirmation-hint"
        />
        <button class="c-btn">${t('waiting.continue')}</button>
      </div>
    </form>
  </section>`;
}

export function tokenForm(
  { sealed, isOpen }: { sealed: string; isOpen: boolean },
  t: Translate,
): Html {
  return html`<details ${isOpen && html`open`}>
    <summary>${t('token.summary')}</summary>
    <form method="post" action="${SETUP_PATHS.useToken}">
      ${setupField(sealed)}
      <div class="c-field">
        <label class="c-field__label" for="token">${t('token.label')}</label>
        <span class="c-field__hint" id="token-hint">${t('token.hint')}</span>
        <input
          class="c-field__input"
          id="token"
          name="token"
          type="password"
          maxlength="${TOKEN_MAX_CHARS}"
          autocomplete="off"
          spellcheck="false"
          required
          aria-describedby="token-hint"
        />
      </div>
      <button class="c-btn">${t('token.use')}</button>
    </form>
  </details>`;
}
