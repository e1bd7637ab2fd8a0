import { html, type Html } from '../../common/http/html.js';
import type { Messages } from '../messages.js';

/** What happened, in a sentence. */
export interface Notice {
  readonly kind: 'error' | 'success' | 'warning' | 'info';
  readonly text: string;
}

/** A box that says what happened. A screen reader says it when the page has loaded. */
export function noticeBox(notice: Notice | undefined): Html | undefined {
  if (notice === undefined) return undefined;
  return html`<div
    class="c-callout c-callout--${notice.kind}"
    role="${notice.kind === 'error' ? 'alert' : 'status'}"
    tabindex="-1"
    data-focus
  >
    <p class="c-callout__paragraph">${notice.text}</p>
  </div>`;
}

/** The set-up itself, in each of its forms. */
export function setupField(sealed: string): Html {
  return html`<input type="hidden" name="set_up" value="${sealed}" />`;
}

/**
 * Logging in: the form that opens Facebook's window, and what waits for it. Without a script the waiting part is always there.
 *
 * @param label of the button.
 */
export function loginForms(sealed: string, label: string, primary: boolean, say: Messages): Html {
  return html`<form id="log-in" method="post" action="/admin/log-in" target="instagram-log-in">
      ${setupField(sealed)}
      <button class="c-btn${primary ? ' c-btn--primary' : ''}" aria-describedby="new-window">
        ${label}
      </button>
      <span id="new-window" class="quiet">${say.say('connect.new_window')}</span>
    </form>
    <div id="blocked" class="c-callout c-callout--warning" role="alert" hidden>
      <p class="c-callout__paragraph">${say.say('waiting.blocked')}</p>
    </div>
    <section id="waiting" aria-labelledby="waiting-title">
      <h2 id="waiting-title" tabindex="-1">${say.say('waiting.title')}</h2>
      <p role="status">${say.say('waiting.text')}</p>
      <form id="continue" method="post" action="/admin/log-in/continue">
        ${setupField(sealed)}
        <div id="code" class="c-field">
          <label class="c-field__label" for="confirmation">${say.say('waiting.code')}</label>
          <span class="c-field__hint" id="confirmation-hint">${say.say('waiting.code_hint')}</span>
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
          <button class="c-btn">${say.say('waiting.continue')}</button>
        </div>
      </form>
    </section>`;
}

/** Bringing a token. */
export function tokenForm(sealed: string, open: boolean, say: Messages): Html {
  return html`<details ${open && html`open`}>
    <summary>${say.say('token.summary')}</summary>
    <form method="post" action="/admin/token">
      ${setupField(sealed)}
      <div class="c-field">
        <label class="c-field__label" for="token">${say.say('token.label')}</label>
        <span class="c-field__hint" id="token-hint">${say.say('token.hint')}</span>
        <input
          class="c-field__input"
          id="token"
          name="token"
          type="password"
          maxlength="3000"
          autocomplete="off"
          spellcheck="false"
          required
          aria-describedby="token-hint"
        />
      </div>
      <button class="c-btn">${say.say('token.use')}</button>
    </form>
  </details>`;
}
