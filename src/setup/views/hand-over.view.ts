import { html, type Html } from '../../common/http/html.js';
import type { Translate } from '../messages.js';
import type { Setup } from '../setup.js';
import { PAGE_IDS } from './page-ids.js';

/** Submits the account to Zendesk; without JavaScript, by its button. */
export interface HandOverView {
  readonly kind: 'hand_over';
  readonly setup: Setup;
  /** The fields that Zendesk accepts (Zendesk, "Administrative interface"). */
  readonly fields: { readonly name: string; readonly metadata: string; readonly state: string };
}

export function renderHandOver({ setup, fields }: HandOverView, t: Translate): Html {
  return html`<p role="status">${t('hand_over.text')}</p>
    <form id="${PAGE_IDS.handOverForm}" method="post" action="${setup.returnUrl}">
      ${Object.entries(fields).map(
        ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
      )}
      <button class="c-btn c-btn--primary">${t('hand_over.button')}</button>
    </form>`;
}
