import { html, type Html } from '../../common/http/html.js';
import type { Language, Translate } from '../messages.js';

/** The login window after Facebook: sends the code to the page that opened it, or shows it. */
export interface LoggedInView {
  readonly kind: 'logged_in';
  readonly language: Language;
  /** The host of the Zendesk. */
  readonly zendesk: string;
  readonly confirmation: string;
}

export function renderLoggedIn({ zendesk, confirmation }: LoggedInView, t: Translate): Html {
  return html`<p>${t('window.done', { zendesk })}</p>
    <p>${t('window.code', { zendesk })}</p>
    <p>
      <output class="code" data-confirmation="${confirmation}">${halve(confirmation)}</output>
    </p>`;
}

/** Two halves are easier to copy. */
function halve(code: string): string {
  const half = code.length / 2;
  return `${code.slice(0, half)}-${code.slice(half)}`;
}
