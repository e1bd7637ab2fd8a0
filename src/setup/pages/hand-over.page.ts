import { html, type Html } from '../../common/http/html.js';
import type { Messages } from '../messages.js';

/** What Zendesk takes at the end (Zendesk, "Administrative interface"). */
export interface HandOver {
  readonly returnUrl: string;
  readonly name: string;
  readonly metadata: string;
  readonly state: string;
}

/** Sends the account to Zendesk by itself; by its button where there is no script. */
export function handOverBody(say: Messages, { returnUrl, ...fields }: HandOver): Html {
  return html`<p role="status">${say.say('hand_over.text')}</p>
    <form id="hand-over" method="post" action="${returnUrl}">
      ${Object.entries(fields).map(
        ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
      )}
      <button class="c-btn c-btn--primary">${say.say('hand_over.button')}</button>
    </form>`;
}
