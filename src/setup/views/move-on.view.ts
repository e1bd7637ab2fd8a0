import { html, type Html } from '../../common/http/html.js';
import type { Language, Translate } from '../messages.js';

/** The login window before Facebook: names the Zendesk and asks for one click. */
export interface MoveOnView {
  readonly kind: 'move_on';
  readonly language: Language;
  /** The host of the Zendesk. */
  readonly zendesk: string;
  readonly dialogUrl: URL;
}

/** The link has no id in `PAGE_IDS`: no script may follow it. */
export function renderMoveOn({ zendesk, dialogUrl }: MoveOnView, t: Translate): Html {
  return html`<p>${t('window.move_on', { zendesk })}</p>
    <p>${t('window.move_on_warning', { zendesk })}</p>
    <p>
      <a class="c-btn c-btn--primary" id="move-on" href="${dialogUrl.href}"
        >${t('window.move_on_link')}</a
      >
    </p>`;
}
